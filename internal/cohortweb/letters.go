package cohortweb

import (
	"bytes"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"

	"cadre/internal/blob"
	"cadre/internal/civil"
	"cadre/internal/cohort"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

func letterForm(c id.Cohort) ui.Form {
	f := ui.NewForm("letter", "/cohorts/"+string(c)+"/letters")
	f.Files = true
	return f
}

// lettersOf draws the letters around the form for a new one, with the officers
// that it may cover.
func (p pages) lettersOf(r *http.Request) (func(ui.Form) templ.Component, id.Cohort, error) {
	o, papers, err := p.proposeSetting(r)
	if err != nil {
		return nil, "", err
	}
	in := cohort.Listing{Cohort: o.Cohort.ID, Lang: lang(r)}
	if in.Agency, err = id.Parse[id.Agency](r.URL.Query().Get("agency")); err != nil {
		in.Agency = ""
	}
	if in.Agency == "" && len(o.Agencies) == 1 {
		in.Agency = o.Agencies[0].ID
	}
	var ls []cohort.Line
	if in.Agency != "" {
		if ls, _, err = p.Cohort.Nominations(r.Context(), in); err != nil {
			return nil, "", err
		}
	}
	// A release letter is asked for with everybody on it whom it can free: the
	// letter that comes usually names them all.
	release := r.Method == http.MethodGet && r.URL.Query().Get("kind") == string(cohort.ReleaseLetter)
	return func(f ui.Form) templ.Component {
		if release {
			f = f.With("kind", string(cohort.ReleaseLetter)).With("covers", unreleased(ls)...)
		}
		return lettersPage(o, papers, ls, in.Agency, f)
	}, o.Cohort.ID, nil
}

func (p pages) letters(w http.ResponseWriter, r *http.Request) error {
	page, c, err := p.lettersOf(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, page(letterForm(c)))
}

type fileInput struct {
	Agency    id.Agency         `form:"agency"`
	Kind      cohort.LetterKind `form:"kind"`
	Number    string            `form:"number,max=80"`
	Date      string            `form:"date,max=10"`
	Signatory string            `form:"signatory,max=120"`
	Post      string            `form:"post,optional,max=120"`
	From      string            `form:"from,optional,max=10"`
	To        string            `form:"to,optional,max=10"`
	Covers    []string          `form:"covers,optional"`
	Scan      *web.Upload       `form:"scan,optional"`
}

func (p pages) file(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[fileInput](r)
	c, perr := parse[id.Cohort](r, "cohort")
	if perr != nil {
		return perr
	}
	if err == nil {
		err = p.fileLetter(r, c, in)
	}
	if err != nil {
		if in.Agency != "" {
			q := r.URL.Query()
			q.Set("agency", string(in.Agency))
			r.URL.RawQuery = q.Encode()
		}
		page, _, perr := p.lettersOf(r)
		if perr != nil {
			return perr
		}
		return web.Again(w, r, err, letterForm(c), page)
	}
	return web.Done(w, r, "/cohorts/"+string(c)+"/letters", "cohort.done.letter")
}

func (p pages) fileLetter(r *http.Request, c id.Cohort, in fileInput) error {
	days, err := daysFrom(in.From, in.To)
	if err != nil {
		return err
	}
	f := cohort.Filing{Cohort: c, Agency: in.Agency, Kind: in.Kind, Number: in.Number, Signatory: in.Signatory, Post: in.Post}
	if f.Date, err = civil.ParseDate(in.Date); err != nil {
		return fault.Bad("cohort.mend", fault.Field{Name: "date", Key: "fault.date"})
	}
	for _, n := range in.Covers {
		f.Covers = append(f.Covers, cohort.Cover{Nomination: id.Nomination(n), Days: days})
	}
	if f.Scan, err = p.stored(in.Scan); err != nil {
		return err
	}
	_, err = p.Cohort.FileLetter(r.Context(), web.Operation(r), f)
	return err
}

// stored puts a scan that was sent into the store; nil if none was sent.
func (p pages) stored(scan *web.Upload) (*blob.Stored, error) {
	if scan == nil {
		return nil, nil
	}
	data, err := all(scan, scanLimit)
	if err != nil {
		return nil, err
	}
	if kindOf(data) == "" {
		return nil, fault.Bad("cohort.mend", fault.Field{Name: "scan", Key: "fault.file-kind", Args: fault.Args{"kinds": "PDF, JPEG, PNG"}})
	}
	out, err := p.Files.PutUpload(bytes.NewReader(data), scanLimit)
	return &out, err
}

// kindOf returns the media type of a scan by its first bytes, whatever its name
// says; "" for anything else than PDF, JPEG and PNG.
func kindOf(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("%PDF-")):
		return "application/pdf"
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return "image/jpeg"
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return "image/png"
	}
	return ""
}

func (p pages) letter(w http.ResponseWriter, r *http.Request) error {
	l, err := parse[id.Letter](r, "letter")
	if err != nil {
		return err
	}
	paper, ls, err := p.Cohort.Letter(r.Context(), l, lang(r))
	if err != nil {
		return err
	}
	return web.Render(w, r, letterPage(paper, ls))
}

func (p pages) scan(w http.ResponseWriter, r *http.Request) error {
	l, err := parse[id.Letter](r, "letter")
	if err != nil {
		return err
	}
	data, err := p.Cohort.Scan(r.Context(), p.Files, l)
	if err != nil {
		return err
	}
	return serveScan(w, "letter", data)
}

// answerPaper serves the scan of the paper on which an officer's own answer came.
func (p pages) answerPaper(w http.ResponseWriter, r *http.Request) error {
	paper, err := parse[id.Paper](r, "paper")
	if err != nil {
		return err
	}
	data, err := p.Cohort.AnswerPaper(r.Context(), p.Files, paper)
	if err != nil {
		return err
	}
	return serveScan(w, "answer", data)
}

// serveScan answers a scan, to be saved, never to be shown as a page: it was made
// elsewhere.
func serveScan(w http.ResponseWriter, name string, data []byte) error {
	kind := kindOf(data)
	if kind == "" {
		kind = "application/octet-stream" // filed by a command, which takes any kind
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+"."+kind[strings.IndexByte(kind, '/')+1:]+`"`)
	_, err := w.Write(data)
	return err
}

func (p pages) callOf(r *http.Request) (func(ui.Form) templ.Component, cohort.CallView, error) {
	c, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return nil, cohort.CallView{}, err
	}
	a, err := parse[id.Agency](r, "agency")
	if err != nil {
		return nil, cohort.CallView{}, err
	}
	v, err := p.Cohort.Call(r.Context(), c, a)
	if err != nil {
		return nil, v, err
	}
	var papers []cohort.Letter
	if v.MayEdit {
		if papers, err = p.Cohort.Letters(r.Context(), c); err != nil {
			return nil, v, err
		}
	}
	return func(f ui.Form) templ.Component { return callPage(v, papers, f) }, v, nil
}

func callForm(v cohort.CallView) ui.Form {
	f := ui.NewForm("call", "/cohorts/"+string(v.Cohort.ID)+"/call/"+string(v.Agency.ID)).With("revision", itoa(v.Call.Revision))
	f.Page = f.Action
	if !v.Call.Deadline.IsZero() {
		f = f.With("date", v.Call.Deadline.Date.String()).With("time", v.Call.Deadline.Clock()).With("note", v.Call.Note).With("letter", string(v.Call.Letter))
	}
	return f
}

func (p pages) call(w http.ResponseWriter, r *http.Request) error {
	page, v, err := p.callOf(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, page(callForm(v)))
}

type callInput struct {
	Date   string    `form:"date,max=10"`
	Time   string    `form:"time,optional,max=5"`
	Letter id.Letter `form:"letter,optional"`
	Note   string    `form:"note,optional,max=1000"`
	// Revision is that of the call as it was read; 0 if there was none.
	Revision int `form:"revision"`
}

func (p pages) makeCall(w http.ResponseWriter, r *http.Request) error {
	page, v, err := p.callOf(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[callInput](r)
	if err == nil {
		var at civil.DateTime
		if at, err = momentOf(in.Date, in.Time, v.Cohort.Zone, "date"); err == nil {
			_, err = p.Cohort.MakeCall(r.Context(), web.Operation(r), cohort.Calling{
				Cohort: v.Cohort.ID, Agency: v.Agency.ID, Deadline: at, Letter: in.Letter, Note: in.Note, Revision: in.Revision,
			})
		}
	}
	if err != nil {
		return web.Again(w, r, err, callForm(v), page)
	}
	return web.Done(w, r, callForm(v).Action, "cohort.done.called")
}

// momentOf reads a date and a time of day; the end of the day if there is none.
func momentOf(date, clockTime, zone, field string) (civil.DateTime, error) {
	d, err := civil.ParseDate(date)
	if err != nil {
		return civil.DateTime{}, fault.Bad("cohort.mend", fault.Field{Name: field, Key: "fault.date"})
	}
	if clockTime == "" {
		return d.At(23, 59, zone), nil
	}
	t, err := time.Parse("15:04", clockTime)
	if err != nil {
		return civil.DateTime{}, fault.Bad("cohort.mend", fault.Field{Name: "time", Key: "cohort.time-of-day"})
	}
	return d.At(t.Hour(), t.Minute(), zone), nil
}
