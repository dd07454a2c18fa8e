package workshopweb

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"cadre/internal/blob"
	"cadre/internal/civil"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/people"
	"cadre/internal/web"
	"cadre/internal/web/ui"
	"cadre/internal/workshop"
)

func (p pages) near(w http.ResponseWriter, r *http.Request) error {
	hs, err := p.Workshop.Near(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, nearPage(hs))
}

// roll reads the register that the address names.
func (p pages) roll(r *http.Request) (workshop.Roll, error) {
	reg, err := pathID[id.Register](r, "register")
	if err != nil {
		return workshop.Roll{}, err
	}
	return p.Workshop.Roll(r.Context(), reg)
}

// line finds the line that the address names.
func (p pages) line(r *http.Request) (workshop.Roll, workshop.Line, error) {
	person, err := pathID[id.Person](r, "person")
	if err != nil {
		return workshop.Roll{}, workshop.Line{}, err
	}
	roll, err := p.roll(r)
	if err != nil {
		return roll, workshop.Line{}, err
	}
	i := slices.IndexFunc(roll.Lines, func(l workshop.Line) bool { return l.Person == person })
	if i < 0 {
		return roll, workshop.Line{}, fault.New(fault.NotFound, "workshop.person-unexpected", nil)
	}
	return roll, roll.Lines[i], nil
}

func (p pages) register(w http.ResponseWriter, r *http.Request) error {
	roll, err := p.roll(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, registerPage(roll))
}

func (p pages) markAll(w http.ResponseWriter, r *http.Request) error {
	reg, err := pathID[id.Register](r, "register")
	if err != nil {
		return err
	}
	if _, err := web.Decode[struct{}](r); err != nil {
		return err
	}
	if _, err := p.Workshop.MarkAll(r.Context(), web.Operation(r), reg); err != nil {
		return err
	}
	return web.Done(w, r, registerPath(reg), "workshop.done-all")
}

// markInput is what a line's form says.
type markInput struct {
	Verdict workshop.Verdict `form:"verdict"`
	From    string           `form:"from,optional,max=10"`
	Minutes int              `form:"minutes,optional"`
	Mode    workshop.Mode    `form:"mode,optional"`
	Cause   string           `form:"cause,optional"`
}

func (in markInput) of(reg id.Register, person id.Person) workshop.Mark {
	m := workshop.Mark{Register: reg, Person: person, Verdict: in.Verdict, Mode: in.Mode}
	if in.Verdict == workshop.Part {
		m.From, m.Minutes = in.From, in.Minutes
	}
	return m
}

func markForm(action string, l workshop.Line) ui.Form {
	f := ui.NewForm("mark", action).With("verdict", string(l.Verdict)).With("mode", string(l.Mode))
	if l.Verdict == workshop.Part {
		f = f.With("minutes", strconv.Itoa(l.Minutes))
	}
	return f
}

func (p pages) editMark(w http.ResponseWriter, r *http.Request) error {
	return p.markPage(w, r, nil, false)
}

func (p pages) editCorrection(w http.ResponseWriter, r *http.Request) error {
	return p.markPage(w, r, nil, true)
}

func (p pages) markPage(w http.ResponseWriter, r *http.Request, wrong error, correcting bool) error {
	roll, l, err := p.line(r)
	if err != nil {
		return err
	}
	page := func(f ui.Form) templ.Component { return markPage(roll, l, f, correcting) }
	f := markForm(r.URL.Path, l)
	if wrong != nil {
		return web.Again(w, r, wrong, f, page)
	}
	return web.Render(w, r, page(f))
}

func (p pages) mark(w http.ResponseWriter, r *http.Request) error {
	roll, l, err := p.line(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[markInput](r)
	if err == nil {
		_, err = p.Workshop.Mark(r.Context(), web.Operation(r), in.of(roll.ID, l.Person))
	}
	if err != nil {
		return p.markPage(w, r, err, false)
	}
	return web.DoneUndo(w, r, registerPath(roll.ID), "workshop.done-marked", registerPath(roll.ID)+"/people/"+string(l.Person)+"/back")
}

func (p pages) takeBack(w http.ResponseWriter, r *http.Request) error {
	roll, l, err := p.line(r)
	if err != nil {
		return err
	}
	if _, err := web.Decode[struct{}](r); err != nil {
		return err
	}
	if _, err := p.Workshop.TakeBack(r.Context(), web.Operation(r), workshop.TakeBack{Register: roll.ID, Person: l.Person}); err != nil {
		return err
	}
	return web.Done(w, r, registerPath(roll.ID), "workshop.done-back")
}

func (p pages) correct(w http.ResponseWriter, r *http.Request) error {
	roll, l, err := p.line(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[markInput](r)
	if err == nil {
		_, err = p.Workshop.Correct(r.Context(), web.Operation(r), workshop.Correct{Mark: in.of(roll.ID, l.Person), Cause: in.Cause})
	}
	if err != nil {
		return p.markPage(w, r, err, true)
	}
	return web.Done(w, r, registerPath(roll.ID), "workshop.done-corrected")
}

func (p pages) typePIN(w http.ResponseWriter, r *http.Request) error {
	reg, err := pathID[id.Register](r, "register")
	if err != nil {
		return err
	}
	in, err := web.Decode[struct {
		PIN    string    `form:"pin,max=10"`
		Cohort id.Cohort `form:"cohort"`
		Stage  string    `form:"stage"`
	}](r)
	if err == nil {
		_, err = p.Workshop.TypePIN(r.Context(), web.Operation(r), workshop.PINTyped{Register: reg, PIN: in.PIN})
	}
	if err != nil {
		f := ui.NewForm("pin", registerPath(reg)+"/pin")
		return web.Again(w, r, err, f, func(f ui.Form) templ.Component { return pinPage(f) })
	}
	return web.Done(w, r, web.Within(weekPath(in.Cohort, in.Stage)), "workshop.done-pin")
}

func (p pages) closeRegister(w http.ResponseWriter, r *http.Request) error {
	reg, err := pathID[id.Register](r, "register")
	if err != nil {
		return err
	}
	in, err := web.Decode[struct {
		Revision int `form:"revision"`
	}](r)
	if err != nil {
		return err
	}
	if err := p.Workshop.CloseRegister(r.Context(), web.Operation(r), workshop.CloseRegister{Register: reg, Revision: in.Revision}); err != nil {
		return err
	}
	return web.Done(w, r, registerPath(reg), "workshop.done-closed")
}

// found are people who might be the one at the door.
func (p pages) found(r *http.Request) ([]people.Record, error) {
	q := r.URL.Query().Get("q")
	if q == "" {
		return nil, nil
	}
	page, err := p.People.Search(r.Context(), people.Search{Text: q, Limit: 8})
	if fault.Is(err, fault.Denied) {
		return nil, nil // she may let people in by name all the same
	}
	return page.People, err
}

func doorForm(reg id.Register, name string) ui.Form {
	return ui.NewForm("door", registerPath(reg)+"/door").With("name", name).
		With("capacity", string(workshop.Participant)).With("mode", string(workshop.InPerson))
}

func (p pages) door(w http.ResponseWriter, r *http.Request) error { return p.doorPage(w, r, nil) }

func (p pages) doorPage(w http.ResponseWriter, r *http.Request, wrong error) error {
	roll, err := p.roll(r)
	if err != nil {
		return err
	}
	found, err := p.found(r)
	if err != nil {
		return err
	}
	q := r.URL.Query().Get("q")
	f := doorForm(roll.ID, q)
	var known *people.Record
	for i, x := range found {
		if string(x.ID) == r.URL.Query().Get("person") {
			known = &found[i]
			f.Action = knownPath(roll.ID, q, x.ID)
			f = f.With("name", "").With("person", string(x.ID))
		}
	}
	page := func(f ui.Form) templ.Component { return doorPage(roll, q, found, known, f) }
	if wrong != nil {
		return web.Again(w, r, wrong, f, page)
	}
	return web.Render(w, r, page(f))
}

// knownPath is the door with somebody who was found before it: in which capacity
// she comes, in whose place, and until when without the modules.
func knownPath(reg id.Register, q string, p id.Person) string {
	return registerPath(reg) + "/door?" + url.Values{"q": {q}, "person": {string(p)}}.Encode()
}

func (p pages) admit(w http.ResponseWriter, r *http.Request) error {
	reg, err := pathID[id.Register](r, "register")
	if err != nil {
		return err
	}
	in, err := web.Decode[struct {
		Person    id.Person         `form:"person,optional"`
		Name      string            `form:"name,optional,max=200"`
		Capacity  workshop.Capacity `form:"capacity"`
		Mode      workshop.Mode     `form:"mode,optional"`
		InPlaceOf id.Person         `form:"in-place-of,optional"`
		Until     string            `form:"until,optional"`
	}](r)
	admit := workshop.Admit{Register: reg, Person: in.Person, Name: in.Name, Capacity: in.Capacity, Mode: in.Mode, InPlaceOf: in.InPlaceOf}
	if err == nil && in.Until != "" {
		if admit.Until, err = civil.ParseDate(in.Until); err != nil {
			err = fault.Bad("workshop.mend", fault.Field{Name: "until", Key: "workshop.until-past"})
		}
	}
	if err == nil {
		_, err = p.Workshop.Admit(r.Context(), web.Operation(r), admit)
	}
	if err != nil {
		return p.doorPage(w, r, err)
	}
	return web.Done(w, r, registerPath(reg), "workshop.done-admitted")
}

// admission finds the admission that the address names.
func (p pages) admission(r *http.Request) (workshop.Roll, workshop.Admission, error) {
	a, err := pathID[id.Admission](r, "admission")
	if err != nil {
		return workshop.Roll{}, workshop.Admission{}, err
	}
	roll, err := p.roll(r)
	if err != nil {
		return roll, workshop.Admission{}, err
	}
	i := slices.IndexFunc(roll.Admissions, func(x workshop.Admission) bool { return x.ID == a })
	if i < 0 {
		return roll, workshop.Admission{}, fault.New(fault.NotFound, "workshop.admission-unknown", nil)
	}
	return roll, roll.Admissions[i], nil
}

func (p pages) editSettling(w http.ResponseWriter, r *http.Request) error {
	roll, a, err := p.admission(r)
	if err != nil {
		return err
	}
	found, err := p.found(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, settlePage(roll, a, r.URL.Query().Get("q"), found))
}

func (p pages) settle(w http.ResponseWriter, r *http.Request) error {
	roll, a, err := p.admission(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[struct {
		Person   id.Person `form:"person"`
		Revision int       `form:"revision"`
	}](r)
	if err != nil {
		return err
	}
	if _, err := p.Workshop.Settle(r.Context(), web.Operation(r), workshop.Settle{Admission: a.ID, Revision: in.Revision, Person: in.Person}); err != nil {
		return err
	}
	return web.Done(w, r, registerPath(roll.ID), "workshop.done-settled")
}

func (p pages) sheetForm(w http.ResponseWriter, r *http.Request) error {
	return p.sheetPage(w, r, nil)
}

func (p pages) sheetPage(w http.ResponseWriter, r *http.Request, wrong error) error {
	roll, err := p.roll(r)
	if err != nil {
		return err
	}
	// Who is likely to have signed is ticked already: everyone who was not
	// recorded elsewhere.
	var signed []string
	for _, l := range roll.Lines {
		if l.Verdict == workshop.NotRecorded || l.Verdict == workshop.Present && l.Mode != workshop.Online {
			signed = append(signed, string(l.Person))
		}
	}
	f := ui.NewForm("sheet", registerPath(roll.ID)+"/sheet").With("signed", signed...)
	f.Files = true
	page := func(f ui.Form) templ.Component { return sheetPage(roll, f) }
	if wrong != nil {
		return web.Again(w, r, wrong, f, page)
	}
	return web.Render(w, r, page(f))
}

func (p pages) fileSheet(w http.ResponseWriter, r *http.Request) error {
	reg, err := pathID[id.Register](r, "register")
	if err != nil {
		return err
	}
	in, err := web.Decode[struct {
		Scan   *web.Upload `form:"scan"`
		Signed []id.Person `form:"signed,optional"`
	}](r)
	if err != nil {
		return p.sheetPage(w, r, err)
	}
	scan, err := p.keep(in.Scan)
	if err != nil {
		return err
	}
	if _, err := p.Workshop.FileSheet(r.Context(), web.Operation(r), workshop.FileSheet{Register: reg, Scan: scan, Signed: in.Signed}); err != nil {
		return p.sheetPage(w, r, err)
	}
	return web.Done(w, r, registerPath(reg), "workshop.done-sheet")
}

// scan serves the scan of a signed sheet, to be saved, never to be shown as a
// page: it was made elsewhere.
func (p pages) scan(w http.ResponseWriter, r *http.Request) error {
	reg, err := pathID[id.Register](r, "register")
	if err != nil {
		return err
	}
	sheet, err := pathID[id.Evidence](r, "sheet")
	if err != nil {
		return err
	}
	data, err := p.Workshop.Scan(r.Context(), p.Files, reg, sheet)
	if err != nil {
		return err
	}
	ext := ".bin"
	for kind, e := range map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"} {
		if http.DetectContentType(data) == kind {
			ext = e
		}
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", `attachment; filename="sheet`+ext+`"`)
	_, err = w.Write(data)
	return err
}

func (p pages) keep(u *web.Upload) (blob.Stored, error) {
	f, err := u.Open()
	if err != nil {
		return blob.Stored{}, err
	}
	defer f.Close()
	return p.Files.PutUpload(f, scanLimit)
}

func (p pages) print(w http.ResponseWriter, r *http.Request) error {
	roll, err := p.roll(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, printPage(roll))
}

func (p pages) contacts(w http.ResponseWriter, r *http.Request) error {
	reg, err := pathID[id.Register](r, "register")
	if err != nil {
		return err
	}
	all, err := p.Workshop.Contacts(r.Context(), reg)
	if err != nil {
		return err
	}
	return web.Render(w, r, contactsPage(reg, all))
}
