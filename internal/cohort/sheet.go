package cohort

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/journal"
	"cadre/internal/people"
)

// The most that a sheet of nominations may be.
const (
	SheetBytes = 4 << 20
	SheetRows  = 2000
	sheetCell  = 500 // signs in a cell
)

// SheetKept is how long a sheet that was sent is kept for whoever looks at it.
const SheetKept = 24 * time.Hour

// Columns lists the columns of the template, in order. The first is the only one
// that is needed.
func Columns() []string {
	return []string{"name", "name_ur", "sex", "rank", "rank_group", "post", "station", "phone", "email", "needs"}
}

// Row is one row of a sheet, as sent, with what is wrong with it.
type Row struct {
	Number int               `json:"number"` // as the spreadsheet counts it
	Values map[string]string `json:"values"`
	// Problems are what has to be mended first, by column.
	Problems []fault.Field `json:"problems,omitempty"`
	// Known is somebody whom Cadre knows under this very name in this agency; the
	// row then proposes her, and no new person is entered.
	Known id.Person `json:"known,omitempty"`
	// Likely counts people with a name that is or sounds alike. They are shown,
	// never merged.
	Likely int `json:"likely,omitempty"`
	// LeftOut tells that whoever imports leaves the row out.
	LeftOut bool `json:"left_out,omitempty"`
}

// Ready reports whether the row can be taken.
func (r Row) Ready() bool { return len(r.Problems) == 0 }

// Preview is a sheet that was read and not taken yet.
type Preview struct {
	ID     id.Import
	Cohort id.Cohort
	Quota  id.Quota
	Agency id.Agency // proposes those on it
	Rows   []Row
	MadeAt time.Time
}

// Ready and Mend count the rows that can be taken and those that cannot.
func (p Preview) Ready() int { return p.count(true) }

// Mend counts the rows that have problems.
func (p Preview) Mend() int { return p.count(false) }

func (p Preview) count(ready bool) int {
	n := 0
	for _, r := range p.Rows {
		if r.Ready() == ready {
			n++
		}
	}
	return n
}

// ReadSheet reads a spreadsheet (XLSX, or CSV in UTF-8 with comma, semicolon or
// tab) into rows by column. The first row that has a cell named as a column is
// the heading; headings are the template's names or their titles in any language.
// It is safe on anything that anybody sends.
func ReadSheet(data []byte) ([]Row, error) {
	if len(data) > SheetBytes {
		return nil, fault.New(fault.Invalid, "cohort.sheet-large", fault.Args{"n": SheetRows})
	}
	cells, err := readCells(data)
	if err != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Key: "cohort.sheet-unreadable", Cause: err}
	}
	names := headings()
	var columns map[int]string
	var out []Row
	for i, line := range cells {
		if columns == nil {
			found := map[int]string{}
			for j, c := range line {
				if k := names[heading(c)]; k != "" && !contains(found, k) {
					found[j] = k
				}
			}
			if contains(found, "name") {
				columns = found
			}
			continue
		}
		r := Row{Number: i + 1, Values: map[string]string{}}
		for j, c := range line {
			if k, ok := columns[j]; ok {
				if c = strings.Join(strings.Fields(strings.ToValidUTF8(c, "")), " "); c != "" {
					if utf8.RuneCountInString(c) > sheetCell {
						c = string([]rune(c)[:sheetCell])
					}
					r.Values[k] = c
				}
			}
		}
		if len(r.Values) == 0 {
			continue
		}
		if len(out) == SheetRows {
			return nil, fault.New(fault.Invalid, "cohort.sheet-large", fault.Args{"n": SheetRows})
		}
		out = append(out, r)
	}
	switch {
	case columns == nil:
		return nil, fault.New(fault.Invalid, "cohort.sheet-headings", nil)
	case len(out) == 0:
		return nil, fault.New(fault.Invalid, "cohort.sheet-empty", nil)
	}
	return out, nil
}

func contains(m map[int]string, v string) bool {
	for _, x := range m {
		if x == v {
			return true
		}
	}
	return false
}

func heading(s string) string {
	return strings.ToLower(strings.Trim(strings.Join(strings.Fields(s), " "), " *:\ufeff"))
}

// headings maps what may stand above a column to its name.
func headings() map[string]string {
	out := map[string]string{}
	for _, l := range i18n.Shipped().Languages() {
		say := i18n.For(i18n.Prefs{Lang: l.Tag})
		for _, c := range Columns() {
			out[heading(say.T("cohort.column."+c))] = c
		}
	}
	for _, c := range Columns() {
		out[c] = c
		out[strings.ReplaceAll(c, "_", " ")] = c
	}
	return out
}

func readCells(data []byte) ([][]string, error) {
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		return readXLSX(data)
	}
	if !utf8.Valid(data) {
		return nil, errors.New("cohort: neither XLSX nor UTF-8 text")
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	start := data[:min(len(data), 4096)]
	comma := ','
	for _, c := range []rune{';', '\t'} {
		if bytes.Count(start, []byte(string(c))) > bytes.Count(start, []byte(string(comma))) {
			comma = c
		}
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = comma, -1, true
	var out [][]string
	for len(out) <= SheetRows+100 {
		line, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		out = append(out, line[:min(len(line), 64)])
	}
	return out, nil
}

func readXLSX(data []byte) (_ [][]string, err error) {
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: 64 << 20, UnzipXMLSizeLimit: 32 << 20})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	sheets := f.GetSheetList()
	if len(sheets) == 0 {
		return nil, errors.New("cohort: a workbook without sheets")
	}
	rows, err := f.Rows(sheets[0])
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var out [][]string
	for rows.Next() && len(out) <= SheetRows+100 {
		line, err := rows.Columns()
		if err != nil {
			return nil, err
		}
		out = append(out, line[:min(len(line), 64)])
	}
	return out, rows.Error()
}

// Template returns the sheet for an agency to fill in, as XLSX, with headings in
// the language of l.
func Template(l *i18n.Localizer) (_ []byte, err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	sheet := f.GetSheetName(0)
	if l.Dir() == "rtl" {
		yes := true
		if err := f.SetSheetView(sheet, 0, &excelize.ViewOptions{RightToLeft: &yes}); err != nil {
			return nil, err
		}
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return nil, err
	}
	for i, c := range Columns() {
		cell, err := excelize.CoordinatesToCellName(i+1, 1)
		if err != nil {
			return nil, err
		}
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return nil, err
		}
		if err := errors.Join(f.SetCellStr(sheet, cell, l.T("cohort.column."+c)), f.SetCellStyle(sheet, cell, cell, bold), f.SetColWidth(sheet, name, name, 22)); err != nil {
			return nil, err
		}
	}
	lists := map[string][]string{"sex": {l.T("cohort.sex.f"), l.T("cohort.sex.m")}}
	for i, c := range Columns() {
		choice := lists[c]
		if choice == nil {
			continue
		}
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return nil, err
		}
		dv := excelize.NewDataValidation(true)
		dv.Sqref = name + "2:" + name + strconv.Itoa(SheetRows)
		if err := errors.Join(dv.SetDropList(choice), f.AddDataValidation(sheet, dv)); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	_, err = f.WriteTo(&b)
	return b.Bytes(), err
}

// person is the row as a person to be entered.
func (r Row) person() people.NewPerson {
	v := r.Values
	n := people.NewPerson{Sex: sexFrom(v["sex"]), Affiliation: &people.Affiliation{
		Rank: v["rank"], RankGroup: rankGroupFrom(v["rank_group"]), Post: v["post"], Station: v["station"],
	}}
	for _, c := range []string{"name", "name_ur"} {
		if v[c] != "" {
			n.Names = append(n.Names, people.NewName{Form: people.Letter, Written: v[c]})
		}
	}
	if v["phone"] != "" {
		n.Contacts = append(n.Contacts, people.Contact{Kind: people.Phone, Value: v["phone"]})
	}
	if v["email"] != "" {
		n.Contacts = append(n.Contacts, people.Contact{Kind: people.Email, Value: v["email"]})
	}
	return n
}

func sexFrom(s string) people.Sex {
	s = heading(s)
	for _, l := range i18n.Shipped().Languages() {
		say := i18n.For(i18n.Prefs{Lang: l.Tag})
		for _, x := range []people.Sex{people.Female, people.Male} {
			if s == heading(say.T("cohort.sex."+string(x))) {
				return x
			}
		}
	}
	switch s {
	case "f", "female", "woman":
		return people.Female
	case "m", "male", "man":
		return people.Male
	}
	return people.NotSaid
}

func rankGroupFrom(s string) string {
	s = heading(s)
	if known(people.RankGroups(), s) {
		return s
	}
	for _, l := range i18n.Shipped().Languages() {
		say := i18n.For(i18n.Prefs{Lang: l.Tag})
		for _, g := range people.RankGroups() {
			if g != "" && s == heading(say.T("cohort.rank."+g)) {
				return g
			}
		}
	}
	return "?" // refused by the check, with what would be right
}

// check says what has to be mended in a row by itself.
func (r *Row) check() {
	bad := func(column, key string) {
		r.Problems = append(r.Problems, fault.Field{Name: column, Key: key})
	}
	v := r.Values
	name := v["name"]
	if name == "" {
		name = v["name_ur"]
	}
	switch {
	case name == "":
		bad("name", "cohort.row-name")
	case people.Normal(name) == "":
		bad("name", "cohort.row-letters")
	}
	if v["sex"] != "" && sexFrom(v["sex"]) == people.NotSaid {
		bad("sex", "cohort.row-sex")
	}
	if rankGroupFrom(v["rank_group"]) == "?" {
		bad("rank_group", "cohort.row-rank")
	}
	if p := v["phone"]; p != "" {
		digits := strings.Map(func(c rune) rune {
			if c >= '0' && c <= '9' {
				return c
			}
			return -1
		}, i18n.Plain(p))
		if len(digits) < 4 || len(digits) > 20 || strings.ContainsFunc(i18n.Plain(p), func(c rune) bool { return !strings.ContainsRune("0123456789+ ()-.", c) }) {
			bad("phone", "cohort.row-phone")
		}
	}
	if m := v["email"]; m != "" {
		user, host, ok := strings.Cut(m, "@")
		if !ok || user == "" || !strings.Contains(host, ".") || strings.ContainsAny(m, " ,;<>") {
			bad("email", "cohort.row-email")
		}
	}
}

// Importing a sheet of nominations.
type Importing struct {
	Cohort id.Cohort
	Quota  id.Quota
	Agency id.Agency // that of [Proposal]
	Data   []byte
	// Progress, if not nil, is told how many rows have been looked at, and taken.
	Progress Progress
}

// Progress is told how far a stage of long work is.
type Progress func(stage string, done, total int64)

func (p Progress) tell(stage string, done, total int) {
	if p != nil {
		p(stage, int64(done), int64(total))
	}
}

// ImportSheet reads a sheet, checks each row and keeps it for a day to be looked
// at. Nothing of it is taken; see [Service.TakeSheet].
func (s *Service) ImportSheet(ctx context.Context, op id.Operation, in Importing) (id.Import, error) {
	rows, err := ReadSheet(in.Data)
	if err != nil {
		return "", err
	}
	return once(ctx, s, op, "cohort.import-sheet", func(tx *db.Tx) (id.Import, error) {
		set, err := open(tx, in.Cohort)
		if err != nil {
			return "", err
		}
		c := set.cohort
		q, err := quotaByID(tx, in.Quota)
		if err != nil {
			return "", err
		}
		agency := proposing(tx, q, in.Agency)
		if err := allow(tx, access.Import, access.Nomination, c, agency, "", ""); err != nil {
			return "", err
		}
		if err := mayPropose(tx, set, q, agency); err != nil {
			return "", err
		}
		seen := map[string]int{}
		rows := slices.Clone(rows)
		for i := range rows {
			r := &rows[i]
			r.Problems = nil
			r.check()
			key := people.Normal(r.Values["name"]) + "\x00" + people.Normal(r.Values["phone"])
			if first, twice := seen[key]; twice && r.Values["name"] != "" {
				r.Problems = append(r.Problems, fault.Field{Name: "name", Key: "cohort.row-twice", Args: fault.Args{"row": first}})
			} else {
				seen[key] = r.Number
			}
			if err := r.match(ctx, tx, c.ID, agency); err != nil {
				return "", err
			}
			in.Progress.tell("rows", i+1, len(rows))
		}
		data, err := json.Marshal(rows)
		if err != nil {
			return "", err
		}
		if _, err := tx.Exec(`DELETE FROM cohort_imports WHERE made_at < ?1`, db.Micros(tx.Now().Add(-SheetKept))); err != nil {
			return "", err
		}
		im := id.New[id.Import]()
		_, err = tx.Exec(`INSERT INTO cohort_imports (id, cohort, quota, agency, actor, sheet, made_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
			im, c.ID, q.ID, agency, tx.Actor().ID(), data, db.Micros(tx.Now()))
		return im, err
	})
}

// match looks for people of the row's name.
func (r *Row) match(ctx context.Context, tx *db.Tx, cohort id.Cohort, agency id.Agency) error {
	var written []string
	for _, c := range []string{"name", "name_ur"} {
		if r.Values[c] != "" {
			written = append(written, r.Values[c])
		}
	}
	if !r.Ready() || len(written) == 0 {
		return nil
	}
	ls, err := people.LikelyIn(ctx, tx, written...)
	if err != nil {
		return err
	}
	r.Likely = len(ls)
	for _, l := range ls {
		if !l.Same || !slices.ContainsFunc(l.Affiliations, func(a people.Affiliation) bool { return a.Agency == agency && a.Until.IsZero() }) {
			continue
		}
		r.Known = l.ID
		var n int
		if err := tx.QueryRow(`SELECT COUNT(*) FROM cohort_nominations WHERE cohort = ?1 AND agency = ?2 AND person = ?3 AND ending = ''`,
			cohort, agency, l.ID).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			r.Problems = append(r.Problems, fault.Field{Name: "name", Key: "cohort.row-proposed"})
			return nil
		}
	}
	return nil
}

func previewOf(tx *db.Tx, im id.Import) (Preview, error) {
	p := Preview{ID: im}
	var data []byte
	var made int64
	var by string
	err := tx.QueryRow(`SELECT cohort, quota, agency, actor, sheet, made_at FROM cohort_imports WHERE id = ?1`, im).Scan(&p.Cohort, &p.Quota, &p.Agency, &by, &data, &made)
	if err != nil {
		return p, missing(err, "cohort.sheet-gone")
	}
	p.MadeAt = db.Time(made)
	if by != tx.Actor().ID() || tx.Now().Sub(p.MadeAt) > SheetKept {
		return p, fault.New(fault.NotFound, "cohort.sheet-gone", nil)
	}
	return p, json.Unmarshal(data, &p.Rows)
}

// Sheet returns a sheet that the actor sent, with what is wrong with each row.
func (s *Service) Sheet(ctx context.Context, im id.Import) (Preview, error) {
	var out Preview
	err := s.db.View(ctx, func(tx *db.Tx) error {
		var err error
		out, err = previewOf(tx, im)
		return err
	})
	return out, err
}

// Sheetful is a sheet to be taken.
type Sheetful struct {
	Import id.Import
	// LeaveOut names rows, by number, that are not taken.
	LeaveOut []int
	// Apart names rows that are not the person whom Cadre knows under that name:
	// they are entered as new people.
	Apart  []int
	Letter id.Letter // the nomination letter that covers them all, if filed
	// Progress, if not nil, is told how many rows have been taken.
	Progress Progress
}

// TakeSheet proposes everybody on a sheet, or nobody: a row that has a problem
// and is not left out stops it.
func (s *Service) TakeSheet(ctx context.Context, op id.Operation, in Sheetful) ([]Proposed, error) {
	return once(ctx, s, op, "cohort.take-sheet", func(tx *db.Tx) ([]Proposed, error) {
		p, err := previewOf(tx, in.Import)
		if err != nil {
			return nil, err
		}
		out := []Proposed{}
		for i, r := range p.Rows {
			in.Progress.tell("proposals", i, len(p.Rows))
			if slices.Contains(in.LeaveOut, r.Number) {
				continue
			}
			if !r.Ready() {
				return nil, fault.New(fault.Conflict, "cohort.sheet-mend", fault.Args{"n": p.Mend()})
			}
			prop := Proposal{Cohort: p.Cohort, Quota: p.Quota, Agency: p.Agency, Basis: Sheet, Letter: in.Letter}
			if r.Known != "" && !slices.Contains(in.Apart, r.Number) {
				prop.Person = r.Known
			} else {
				n := r.person()
				prop.New = &n
			}
			if r.Values["needs"] != "" {
				prop.Needs = []NeedInput{{Kind: "other", Note: r.Values["needs"]}}
			}
			done, err := propose(tx, prop, "")
			if err != nil {
				return nil, err
			}
			out = append(out, done)
		}
		if len(out) == 0 {
			return nil, fault.New(fault.Conflict, "cohort.sheet-empty", nil)
		}
		in.Progress.tell("proposals", len(p.Rows), len(p.Rows))
		if _, err := tx.Exec(`DELETE FROM cohort_imports WHERE id = ?1`, in.Import); err != nil {
			return nil, err
		}
		return out, journal.Append(tx, journal.Entry{
			Kind: "cohort.sheet-taken", Version: 1, Scope: actor.Scope{Cohort: p.Cohort}, Subject: string(p.Quota),
			Body: sheetTaken{len(out)},
		})
	})
}

// Imported is what an import of a sheet on the command line came to.
type Imported struct {
	Rows     []Row
	Proposed []Proposed // empty if any row has a problem, or if it was only checked
}

// ImportNominations checks a sheet and, unless onlyCheck is set, takes it if no
// row has a problem: `cadre nominations import`.
func (s *Service) ImportNominations(ctx context.Context, in Importing, onlyCheck bool) (Imported, error) {
	im, err := s.ImportSheet(ctx, id.New[id.Operation](), in)
	if err != nil {
		return Imported{}, err
	}
	p, err := s.Sheet(ctx, im)
	if err != nil || onlyCheck || p.Mend() > 0 {
		return Imported{Rows: p.Rows}, err
	}
	done, err := s.TakeSheet(ctx, id.New[id.Operation](), Sheetful{Import: im, Progress: in.Progress})
	return Imported{Rows: p.Rows, Proposed: done}, err
}

// Today is the date at the cohort's place.
func (c Cohort) Today(now time.Time) civil.Date {
	d, err := dayIn(now, c.Zone)
	if err != nil {
		return civil.Of(now, time.UTC)
	}
	return d
}
