package playerweb

import (
	"cmp"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"cadre/internal/civil"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/player"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

// preview is a page of a version as staff see it. It leaves no trace.
func (h handler) preview(w http.ResponseWriter, r *http.Request) error {
	v, err := parse[id.ModuleVersion](r, "version")
	if err != nil {
		return err
	}
	version, m, err := h.Content.Preview(r.Context(), v)
	if err != nil {
		return err
	}
	page, at := m.Page(r.PathValue("page"))
	if page == nil {
		return fault.New(fault.NotFound, "", nil)
	}
	lang := m.Language(i18n.From(r.Context()).Lang())
	if wish := r.URL.Query().Get("lang"); slices.Contains(m.Languages, wish) {
		lang = wish
	}
	return web.Render(w, r, previewPage(version, m, page, at, lang))
}

func previewPath(v id.ModuleVersion, page, lang string) string {
	return "/modules/" + string(v) + "/pages/" + page + "?" + url.Values{"lang": {lang}}.Encode()
}

// learning lists the modules of a cohort, with how many people have begun and
// passed each.
func (h handler) learning(w http.ResponseWriter, r *http.Request) error {
	c, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return err
	}
	tallies, err := h.Player.Tallies(r.Context(), c)
	if err != nil {
		return err
	}
	keys, err := h.Modules(r.Context(), c)
	if err != nil {
		return err
	}
	rows := make([]player.Tally, len(keys))
	for i, key := range keys {
		rows[i] = player.Tally{Module: key}
		if at := slices.IndexFunc(tallies, func(t player.Tally) bool { return t.Module == key }); at >= 0 {
			rows[i] = tallies[at]
		}
	}
	return web.Render(w, r, learningPage(c, rows))
}

// whoIsWhere lists who is where in a module.
func (h handler) whoIsWhere(w http.ResponseWriter, r *http.Request) error {
	c, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return err
	}
	l, err := web.ListingOf(r, []string{"person"})
	if err != nil {
		return err
	}
	after := id.Person("")
	if len(l.After) > 0 {
		after = id.Person(l.After[0])
	}
	module := r.PathValue("module")
	asked, err := h.Asked(r.Context(), c, module, after, web.PageSize+1)
	if err != nil {
		return err
	}
	rows, err := h.Player.WhoIsWhere(r.Context(), c, module, asked, after, web.PageSize+1)
	if err != nil {
		return err
	}
	next := ""
	if len(rows) > web.PageSize {
		rows = rows[:web.PageSize]
		next = l.Next(string(rows[len(rows)-1].Person))
	}
	people := make([]id.Person, len(rows))
	for i, a := range rows {
		people[i] = a.Person
	}
	names, err := h.Names(r.Context(), people)
	if err != nil {
		return err
	}
	return web.Render(w, r, whoIsWherePage(c, module, rows, names, l.First(), next))
}

func certificateForm(module string) ui.Form {
	f := ui.NewForm("certificate", coverPath(module)+"/certificate")
	f.Files = true
	return f
}

// certificate is the form on which she shows what she learned elsewhere, with
// what became of what she showed before.
func (h handler) certificate(w http.ResponseWriter, r *http.Request) error {
	c, err := cohortOf(r)
	if err != nil {
		return err
	}
	page, err := h.certificatePage(r, c)
	if err != nil {
		return err
	}
	return web.Render(w, r, page(certificateForm(r.PathValue("module"))))
}

func (h handler) certificatePage(r *http.Request, c id.Cohort) (func(ui.Form) templ.Component, error) {
	ctx, module := r.Context(), r.PathValue("module")
	cover, err := h.Player.Cover(ctx, c, module, i18n.From(ctx).Lang())
	if err != nil {
		return nil, err
	}
	all, err := h.Player.OutsideOf(ctx, ui.From(ctx).Acting.Person, c)
	if err != nil {
		return nil, err
	}
	mine := slices.DeleteFunc(all, func(o player.Outside) bool { return o.Module != module })
	return func(f ui.Form) templ.Component { return certificatePage(cover, mine, f) }, nil
}

func (h handler) showCertificate(w http.ResponseWriter, r *http.Request) error {
	c, err := cohortOf(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[struct {
		Issuer string      `form:"issuer,max=200"`
		On     string      `form:"on,optional"`
		Scan   *web.Upload `form:"scan"`
	}](r)
	var shown id.Outside
	if err == nil {
		shown, err = h.sendCertificate(r, c, in.Issuer, in.On, in.Scan)
	}
	if err != nil {
		page, pageErr := h.certificatePage(r, c)
		if pageErr != nil {
			return pageErr
		}
		return web.Again(w, r, err, certificateForm(r.PathValue("module")), page)
	}
	return web.DoneUndo(w, r, coverPath(r.PathValue("module"))+"/certificate", "player.certificate-shown", "/certificates/"+string(shown)+"/withdraw")
}

func (h handler) sendCertificate(r *http.Request, c id.Cohort, issuer, on string, scan *web.Upload) (_ id.Outside, err error) {
	show := player.ShowOutside{Person: ui.From(r.Context()).Acting.Person, Cohort: c, Module: r.PathValue("module"), Issuer: issuer}
	if on != "" {
		if show.IssuedOn, err = civil.ParseDate(on); err != nil {
			return "", fault.Bad("fault.invalid", fault.Field{Name: "on", Key: "fault.date"})
		}
	}
	f, err := scan.Open()
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // it was only read
	show.Scan = f
	return h.Player.ShowOutside(r.Context(), web.Operation(r), show)
}

func (h handler) withdrawCertificate(w http.ResponseWriter, r *http.Request) error {
	o, err := parse[id.Outside](r, "outside")
	if err != nil {
		return err
	}
	in, err := web.Decode[struct {
		Back string `form:"back,optional"`
	}](r)
	if err != nil {
		return err
	}
	if err := h.Player.WithdrawOutside(r.Context(), web.Operation(r), o); err != nil {
		return err
	}
	// Whoever undoes it from the page after showing it names no page to come back to.
	return web.Done(w, r, web.Within(cmp.Or(in.Back, "/learn")), "player.certificate-withdrawn")
}

// scan serves the scan of a certificate, to be saved, never to be shown as a
// page: it was made elsewhere.
func (h handler) scan(w http.ResponseWriter, r *http.Request) error {
	o, err := parse[id.Outside](r, "outside")
	if err != nil {
		return err
	}
	f, err := h.Player.Scan(r.Context(), o)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if err != nil && n == 0 {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	kind, ext := http.DetectContentType(head[:n]), ".bin"
	for prefix, e := range map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"} {
		if strings.HasPrefix(kind, prefix) {
			ext = e
		}
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Disposition", `attachment; filename="certificate`+ext+`"`)
	if r.Method != http.MethodHead {
		if _, err := io.Copy(w, f); err != nil {
			return nil // the person has gone
		}
	}
	return nil
}

// certificates lists what waits for a decision in a cohort.
func (h handler) certificates(w http.ResponseWriter, r *http.Request) error {
	c, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return err
	}
	return h.showCertificates(w, r, c, nil, nil)
}

// showCertificates draws the list; again is the form of one that is shown once
// more after err.
func (h handler) showCertificates(w http.ResponseWriter, r *http.Request, c id.Cohort, again *ui.Form, cause error) error {
	waiting, err := h.Player.OutsideToDecide(r.Context(), c)
	if err != nil {
		return err
	}
	people := make([]id.Person, len(waiting))
	for i, o := range waiting {
		people[i] = o.Person
	}
	names, err := h.Names(r.Context(), people)
	if err != nil {
		return err
	}
	page := func(f *ui.Form) templ.Component { return certificatesPage(c, waiting, names, f) }
	if again != nil {
		return web.Again(w, r, cause, *again, func(f ui.Form) templ.Component { return page(&f) })
	}
	return web.Render(w, r, page(nil))
}

func decideForm(o id.Outside) ui.Form {
	return ui.NewForm("decide-"+string(o), "/certificates/"+string(o)+"/decide")
}

func (h handler) decideCertificate(w http.ResponseWriter, r *http.Request) error {
	o, err := parse[id.Outside](r, "outside")
	if err != nil {
		return err
	}
	in, err := web.Decode[struct {
		Cohort   id.Cohort `form:"cohort"`
		Decision string    `form:"decision"`
		Until    string    `form:"until,optional"`
		Cause    string    `form:"cause,optional"`
		Reason   string    `form:"reason,optional,max=1000"`
	}](r)
	if err == nil {
		err = h.decide(r, o, in.Decision, in.Until, in.Cause, in.Reason)
	}
	if err != nil {
		c, parseErr := id.Parse[id.Cohort](r.PostFormValue("cohort"))
		if parseErr != nil {
			return err
		}
		f := decideForm(o)
		return h.showCertificates(w, r, c, &f, err)
	}
	return web.Done(w, r, "/cohorts/"+string(in.Cohort)+"/certificates", "player.certificate-decided")
}

func (h handler) decide(r *http.Request, o id.Outside, decision, until, cause, reason string) error {
	d := player.DecideOutside{Outside: o, Accept: decision != "refuse", Reason: reason}
	switch decision {
	case "accept":
	case "refuse":
		d.Cause = cause
	case "until":
		day, err := civil.ParseDate(until)
		if err != nil {
			return fault.Bad("fault.invalid", fault.Field{Name: "until", Key: "fault.date"})
		}
		d.Until = day.End(i18n.From(r.Context()).Location()).Add(-time.Microsecond)
	default:
		return fault.Bad("fault.invalid", fault.Field{Name: "decision", Key: "fault.choose"})
	}
	return h.Player.DecideOutside(r.Context(), web.Operation(r), d)
}
