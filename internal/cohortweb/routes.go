package cohortweb

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/blob"
	"cadre/internal/civil"
	"cadre/internal/clock"
	"cadre/internal/cohort"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/programme"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

// Deps are what the pages need.
type Deps struct {
	Cohort     *cohort.Service
	Programmes *programme.Service
	Pathway    *pathway.Service
	People     Finder
	Files      *blob.Store
	Clock      clock.Clock
	// More lists what else there is of a cohort, for the role acted in; may be nil.
	More func(ctx context.Context, c id.Cohort) ([]ui.Link, error)
}

type pages struct{ Deps }

// scanLimit is the largest scan of a letter or an answer, in bytes.
const scanLimit = 12 << 20

// Routes returns the routes of this package.
func Routes(d Deps) []web.Route {
	p := pages{d}
	need := func(v access.Verb, k access.Kind) web.Need { return web.Need{Verb: string(v), Kind: string(k)} }
	get := func(pattern string, n web.Need, h web.Handler) web.Route {
		return web.Route{Method: http.MethodGet, Pattern: pattern, Need: n, Handler: h}
	}
	post := func(pattern string, n web.Need, h web.Handler) web.Route {
		return web.Route{Method: http.MethodPost, Pattern: pattern, Need: n, Handler: h}
	}
	upload := func(pattern string, n web.Need, limit int64, h web.Handler) web.Route {
		return web.Route{Method: http.MethodPost, Pattern: pattern, Need: n, Handler: h, Upload: limit}
	}
	return slices.Concat(p.takingRoutes(), p.selectionRoutes(), p.reviewRoutes(), []web.Route{
		get("/cohorts", need(access.List, access.Cohort), p.list),
		get("/cohorts/new", need(access.Create, access.Cohort), p.opening),
		post("/cohorts/new", need(access.Create, access.Cohort), p.open),
		get("/cohorts/{cohort}", need(access.List, access.Cohort), p.overview),
		get("/cohorts/{cohort}/version", need(access.Change, access.Blueprint), p.versions),
		post("/cohorts/{cohort}/version", need(access.Change, access.Blueprint), p.move),
		get("/cohorts/{cohort}/seats", need(access.List, access.Seat), p.ledger),
		post("/cohorts/{cohort}/promote", need(access.Promote, access.Seat), p.promote),
		get("/cohorts/{cohort}/doubts", need(access.List, access.Readiness), p.doubts),
		get("/readiness", need(access.List, access.Readiness), p.latest("/doubts")),
		get("/nominations", need(access.List, access.Nomination), p.latest("/nominations")),
		get("/letters", need(access.List, access.Letter), p.latest("/letters")),
		get("/cohorts/{cohort}/nominations", need(access.List, access.Nomination), p.nominations),
		get("/cohorts/{cohort}/propose", need(access.Create, access.Nomination), p.proposing),
		post("/cohorts/{cohort}/propose", need(access.Create, access.Nomination), p.propose),
		get("/cohorts/{cohort}/sheet", need(access.Import, access.Nomination), p.sending),
		upload("/cohorts/{cohort}/sheet", need(access.Import, access.Nomination), cohort.SheetBytes+4096, p.send),
		get("/nominations/template", need(access.Import, access.Nomination), p.template),
		get("/sheets/{sheet}", need(access.Import, access.Nomination), p.sheet),
		post("/sheets/{sheet}", need(access.Import, access.Nomination), p.take),
		get("/cohorts/{cohort}/letters", need(access.List, access.Letter), p.letters),
		upload("/cohorts/{cohort}/letters", need(access.Create, access.Letter), scanLimit, p.file),
		get("/letters/{letter}", need(access.List, access.Letter), p.letter),
		get("/letters/{letter}/scan", need(access.List, access.Letter), p.scan),
		get("/cohorts/{cohort}/call/{agency}", need(access.List, access.Call), p.call),
		post("/cohorts/{cohort}/call/{agency}", need(access.Create, access.Call), p.makeCall),
		post("/quotas/{quota}/reserve", need(access.Reserve, access.Seat), p.reserve),
		post("/quotas/{quota}/change", need(access.Sign, access.Quota), p.changeQuota),

		get("/nominations/{nomination}", need(access.List, access.Nomination), p.nomination),
		post("/nominations/{nomination}/decide", need(access.Decide, access.Nomination), p.decide),
		upload("/nominations/{nomination}/answer", need(access.Accept, access.Nomination), scanLimit, p.answerFor),
		get("/answer-papers/{paper}", need(access.Read, access.Fact), p.answerPaper),
		post("/nominations/{nomination}/confirm", need(access.Confirm, access.Seat), p.confirm),
		post("/nominations/{nomination}/release", need(access.Decide, access.Seat), p.release),
		post("/nominations/{nomination}/reach", need(access.Record, access.Readiness), p.reach),
		post("/nominations/{nomination}/mail", need(access.Record, access.Readiness), p.mail),
		post("/nominations/{nomination}/except", need(access.Sign, access.Waiver), p.except),
		post("/nominations/{nomination}/need", need(access.Create, access.SupportNeed), p.need),
		post("/nominations/{nomination}/arrange", need(access.Create, access.Arrangement), p.arrange),
		post("/nominations/{nomination}/arranged", need(access.List, access.Arrangement), p.arranged),
		post("/nominations/{nomination}/withdraw", need(access.Withdraw, access.Nomination), p.withdraw),
		post("/nominations/{nomination}/substitute", need(access.Substitute, access.Nomination), p.substitute),
		post("/nominations/{nomination}/leave", need(access.Change, access.Enrolment), p.leave),
		post("/nominations/{nomination}/back/{operation}", need(access.Withdraw, access.Nomination), p.takeBack),

		get("/answer", web.SignedIn, p.mine),
		get("/answer/{nomination}", need(access.Accept, access.Nomination), p.asked),
		post("/answer/{nomination}/yes", need(access.Accept, access.Nomination), p.yes),
		post("/answer/{nomination}/no", need(access.Decline, access.Nomination), p.no),
		post("/answer/{nomination}/confirm", need(access.Confirm, access.Seat), p.confirmMine),
		post("/answer/{nomination}/need", need(access.Create, access.SupportNeed), p.needMine),
		get("/more-time", need(access.Create, access.Waiver), p.moreTime),
		post("/more-time", need(access.Create, access.Waiver), p.askTime),
		get("/time-requests/{request}", need(access.Sign, access.Waiver), p.timeAsked),
		post("/time-requests/{request}", need(access.Sign, access.Waiver), p.answerTime),
	})
}

func parse[T ~string](r *http.Request, name string) (T, error) {
	v, err := id.Parse[T](r.PathValue(name))
	if err != nil {
		return "", &fault.Error{Kind: fault.NotFound, Cause: err}
	}
	return v, nil
}

func lang(r *http.Request) string { return i18n.From(r.Context()).Lang() }

// latest leads to a page of the latest cohort that the actor sees, or to the list
// where there are several open ones or none.
func (p pages) latest(page string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		all, err := p.Cohort.Cohorts(r.Context())
		if err != nil {
			return err
		}
		var open []cohort.Cohort
		for _, c := range all {
			if !c.Closed {
				open = append(open, c)
			}
		}
		if len(open) == 1 {
			return web.See(w, r, "/cohorts/"+string(open[0].ID)+page)
		}
		return web.See(w, r, "/cohorts")
	}
}

func (p pages) list(w http.ResponseWriter, r *http.Request) error {
	all, err := p.Cohort.Cohorts(r.Context())
	if err != nil {
		return err
	}
	may := access.Could(actor.From(r.Context()), access.Create, access.Cohort)
	return web.Render(w, r, listPage(all, may))
}

// choice is a programme whose latest version can be opened.
type choice struct {
	programme id.Programme
	version   id.Version
	title     string
}

func (p pages) choices(ctx context.Context) ([]choice, error) {
	all, err := p.Programmes.List(ctx)
	if err != nil {
		return nil, err
	}
	l := i18n.From(ctx)
	out := make([]choice, 0, len(all))
	for _, x := range all {
		b, err := p.Programmes.Blueprint(ctx, x.Programme.Latest)
		if err != nil {
			return nil, err
		}
		title, _ := b.Say(b.Title, programme.Language(l.Lang()))
		out = append(out, choice{x.Programme.ID, x.Programme.Latest, title})
	}
	return out, nil
}

func openForm() ui.Form { return ui.NewForm("open", "/cohorts/new") }

func (p pages) opening(w http.ResponseWriter, r *http.Request) error {
	cs, err := p.choices(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, openPage(openForm(), cs))
}

type openInput struct {
	Programme string `form:"programme"`
	Title     string `form:"title,optional,max=120"`
	From      string `form:"from,optional,max=10"`
	To        string `form:"to,optional,max=10"`
}

func (p pages) open(w http.ResponseWriter, r *http.Request) error {
	cs, err := p.choices(r.Context())
	if err != nil {
		return err
	}
	in, err := web.Decode[openInput](r)
	var made id.Cohort
	if err == nil {
		var days civil.Range
		days, err = daysFrom(in.From, in.To)
		o := cohort.Opening{Days: days}
		if in.Title != "" {
			o.Title = i18n.NewText(lang(r), in.Title)
		}
		for _, c := range cs {
			if string(c.programme) == in.Programme {
				o.Programme, o.Version = c.programme, c.version
			}
		}
		if err == nil && o.Version == "" {
			err = fault.Bad("cohort.mend", fault.Field{Name: "programme", Key: "fault.choose"})
		}
		if err == nil {
			made, err = p.Cohort.Open(r.Context(), web.Operation(r), o)
		}
	}
	if err != nil {
		return web.Again(w, r, err, openForm(), func(f ui.Form) templ.Component { return openPage(f, cs) })
	}
	return web.Done(w, r, "/cohorts/"+string(made), "cohort.done.opened")
}

// daysFrom reads two optional dates; both or neither.
func daysFrom(from, to string) (civil.Range, error) {
	if from == "" && to == "" {
		return civil.Range{}, nil
	}
	a, err1 := civil.ParseDate(from)
	b, err2 := civil.ParseDate(to)
	var fields []fault.Field
	if err1 != nil {
		fields = append(fields, fault.Field{Name: "from", Key: "fault.date"})
	}
	if err2 != nil {
		fields = append(fields, fault.Field{Name: "to", Key: "fault.date"})
	}
	if len(fields) == 0 && b.Before(a) {
		fields = append(fields, fault.Field{Name: "to", Key: "cohort.days-wrong"})
	}
	if len(fields) > 0 {
		return civil.Range{}, fault.Bad("cohort.mend", fields...)
	}
	return civil.Range{From: a, To: b}, nil
}

func (p pages) ledger(w http.ResponseWriter, r *http.Request) error {
	page, err := p.ledgerOf(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, page(ui.Form{}))
}

// ledgerOf draws the ledger around a form that was sent from it.
func (p pages) ledgerOf(r *http.Request) (func(ui.Form) templ.Component, error) {
	c, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return nil, err
	}
	return p.ledgerPage(r, c)
}

func (p pages) ledgerPage(r *http.Request, c id.Cohort) (func(ui.Form) templ.Component, error) {
	q := r.URL.Query()
	before, err := strconv.ParseInt(q.Get("before"), 10, 64)
	if err != nil {
		before = 0
	}
	quota, err := id.Parse[id.Quota](q.Get("quota"))
	if err != nil {
		quota = ""
	}
	l, err := p.Cohort.Ledger(r.Context(), c, quota, before, lang(r))
	if err != nil {
		return nil, err
	}
	var papers []cohort.Letter
	staff := access.Could(actor.From(r.Context()), access.Decide, access.Seat)
	if staff {
		if papers, err = p.Cohort.Letters(r.Context(), c); err != nil {
			return nil, err
		}
	}
	return func(f ui.Form) templ.Component { return ledgerPage(l, quota, papers, staff, f) }, nil
}

type promoteInput struct {
	Seat id.Seat `form:"seat"`
}

func (p pages) promote(w http.ResponseWriter, r *http.Request) error {
	c, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return err
	}
	in, err := web.Decode[promoteInput](r)
	var n id.Nomination
	if err == nil {
		n, err = p.Cohort.Promote(r.Context(), web.Operation(r), cohort.Promotion{Seat: in.Seat})
	}
	if err != nil {
		page, perr := p.ledgerPage(r, c)
		if perr != nil {
			return perr
		}
		return web.Again(w, r, err, ui.NewForm("promote", ""), page)
	}
	return web.DoneUndo(w, r, "/cohorts/"+string(c)+"/seats", "cohort.done.promoted", nominationPath(n)+"/back/"+string(web.Operation(r)))
}

type reserveInput struct {
	Places int       `form:"places"`
	Cohort id.Cohort `form:"cohort"`
	// Revision is how many places were kept when the form was read.
	Revision int `form:"revision"`
}

// reserving is the form of how many places of a quota are kept, as it stands.
func reserving(c id.Cohort, q cohort.QuotaView) ui.Form {
	kept := itoa(q.Total.By[cohort.Reserved])
	f := ui.NewForm("reserve-"+string(q.ID), "/quotas/"+string(q.ID)+"/reserve").
		With("cohort", string(c)).With("places", kept).With("revision", kept)
	f.Page = cohortPath(c) + "/seats"
	return f
}

func (p pages) reserve(w http.ResponseWriter, r *http.Request) error {
	q, err := parse[id.Quota](r, "quota")
	if err != nil {
		return err
	}
	in, err := web.Decode[reserveInput](r)
	if err == nil {
		_, err = p.Cohort.Reserve(r.Context(), web.Operation(r), cohort.Reserving{Quota: q, Places: in.Places, Kept: in.Revision})
	}
	if err != nil {
		c := id.Cohort(r.PostFormValue("cohort"))
		page, perr := p.ledgerPage(r, c)
		if perr != nil {
			return perr
		}
		o, perr := p.Cohort.Overview(r.Context(), c)
		if perr != nil {
			return perr
		}
		i := slices.IndexFunc(o.Quotas, func(x cohort.QuotaView) bool { return x.ID == q })
		if i < 0 {
			return err
		}
		return web.Again(w, r, err, reserving(c, o.Quotas[i]), page)
	}
	return web.Done(w, r, "/cohorts/"+string(in.Cohort)+"/seats", "cohort.done.reserved")
}

type changeInput struct {
	Cohort id.Cohort `form:"cohort"`
	Places int       `form:"places"`
	Letter id.Letter `form:"letter"`
	Sex    string    `form:"sex,optional,max=1"`
	// Station narrows the places to those of one duty station.
	Station string `form:"station,optional,max=120"`
	Note    string `form:"note,optional,max=1000"`
}

func (p pages) changeQuota(w http.ResponseWriter, r *http.Request) error {
	q, err := parse[id.Quota](r, "quota")
	if err != nil {
		return err
	}
	in, err := web.Decode[changeInput](r)
	if err == nil {
		_, err = p.Cohort.ChangeQuota(r.Context(), web.Operation(r), cohort.QuotaChange{
			Quota: q, Places: in.Places, Letter: in.Letter, Note: in.Note, Lane: cohort.Lane{Sex: in.Sex, Station: people.Normal(in.Station)},
		})
	}
	if err != nil {
		page, perr := p.ledgerPage(r, id.Cohort(r.PostFormValue("cohort")))
		if perr != nil {
			return perr
		}
		return web.Again(w, r, err, ui.NewForm("change-"+string(q), "/quotas/"+string(q)+"/change"), page)
	}
	return web.Done(w, r, "/cohorts/"+string(in.Cohort)+"/seats", "cohort.done.quota")
}

func (p pages) doubts(w http.ResponseWriter, r *http.Request) error {
	c, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return err
	}
	list, err := web.ListingOf(r, nil)
	if err != nil {
		return err
	}
	after, err := placeIn(list.After)
	if err != nil {
		return err
	}
	d, err := p.Cohort.Doubts(r.Context(), c, after, lang(r))
	if err != nil {
		return err
	}
	next := ""
	if d.After != (cohort.InDoubt{}) {
		next = list.Next(itoa(d.After.Group), d.After.Key)
	}
	staff := access.Could(actor.From(r.Context()), access.Record, access.Readiness)
	var asks []timeAsk
	if staff {
		if asks, err = p.timeAsks(r, c); err != nil {
			return err
		}
	}
	return web.Render(w, r, doubtsPage(d, asks, staff, list.First(), next))
}

// placeIn reads a place in the list of those in doubt from a cursor.
func placeIn(after []string) (cohort.InDoubt, error) {
	if len(after) == 0 {
		return cohort.InDoubt{}, nil
	}
	group, err := strconv.Atoi(after[0])
	if err != nil || len(after) != 2 || group < 0 {
		return cohort.InDoubt{}, &fault.Error{Kind: fault.NotFound, Cause: err}
	}
	return cohort.InDoubt{Group: group, Key: after[1]}, nil
}

func (p pages) nominations(w http.ResponseWriter, r *http.Request) error {
	c, err := parse[id.Cohort](r, "cohort")
	if err != nil {
		return err
	}
	q := r.URL.Query()
	in := cohort.Listing{Cohort: c, Lang: lang(r), Status: cohort.Status(q.Get("status"))}
	if in.After, err = id.Parse[id.Nomination](q.Get("after")); err != nil {
		in.After = ""
	}
	if in.Agency, err = id.Parse[id.Agency](q.Get("agency")); err != nil {
		in.Agency = ""
	}
	o, err := p.Cohort.Overview(r.Context(), c)
	if err != nil {
		return err
	}
	ls, next, err := p.Cohort.Nominations(r.Context(), in)
	if err != nil {
		return err
	}
	return web.Render(w, r, nominationsPage(o, in, ls, next))
}

// officerInput is an officer as a form sends her.
type officerInput struct {
	Name      string `form:"name,max=200"`
	NameUrdu  string `form:"name_ur,optional,max=200"`
	Sex       string `form:"sex"`
	Rank      string `form:"rank,optional,max=80"`
	RankGroup string `form:"rank_group,optional,max=20"`
	Post      string `form:"post,optional,max=120"`
	Station   string `form:"station,optional,max=120"`
	Phone     string `form:"phone,optional,max=30"`
	Email     string `form:"email,optional,max=254"`
}

func (in officerInput) person() *people.NewPerson {
	n := &people.NewPerson{
		Sex: people.Sex(in.Sex), Names: []people.NewName{{Form: people.Letter, Written: in.Name}},
		Affiliation: &people.Affiliation{Rank: in.Rank, RankGroup: in.RankGroup, Post: in.Post, Station: in.Station},
	}
	if in.NameUrdu != "" {
		n.Names = append(n.Names, people.NewName{Form: people.Letter, Written: in.NameUrdu})
	}
	if in.Phone != "" {
		n.Contacts = append(n.Contacts, people.Contact{Kind: people.Phone, Value: in.Phone})
	}
	if in.Email != "" {
		n.Contacts = append(n.Contacts, people.Contact{Kind: people.Email, Value: in.Email})
	}
	return n
}

// named gives the fields of a fault of package people the names of our forms.
func named(err error) error {
	return fault.Renamed(err, func(f fault.Field) string {
		switch {
		case f.Name == "value" && f.Key == "people.contact-email":
			return "email"
		case f.Name == "value":
			return "phone"
		}
		return f.Name
	})
}

func (p pages) template(w http.ResponseWriter, r *http.Request) error {
	b, err := cohort.Template(i18n.From(r.Context()))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	w.Header().Set("Content-Disposition", `attachment; filename="nominations.xlsx"`)
	_, err = w.Write(b)
	return err
}

func sheetForm(c id.Cohort) ui.Form {
	f := ui.NewForm("sheet", "/cohorts/"+string(c)+"/sheet")
	f.Files = true
	return f
}

func (p pages) sending(w http.ResponseWriter, r *http.Request) error {
	o, _, err := p.proposeSetting(r)
	if err != nil {
		return err
	}
	f := sheetForm(o.Cohort.ID)
	if len(o.Quotas) == 1 {
		f = f.With("quota", string(o.Quotas[0].ID))
	}
	return web.Render(w, r, sendPage(o, f))
}

type sendInput struct {
	Quota  id.Quota    `form:"quota"`
	Agency id.Agency   `form:"agency,optional"`
	File   *web.Upload `form:"file"`
}

func (p pages) send(w http.ResponseWriter, r *http.Request) error {
	o, _, err := p.proposeSetting(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[sendInput](r)
	var made id.Import
	if err == nil {
		var data []byte
		if data, err = all(in.File, cohort.SheetBytes+1); err == nil {
			made, err = p.Cohort.ImportSheet(r.Context(), web.Operation(r), cohort.Importing{Cohort: o.Cohort.ID, Quota: in.Quota, Agency: in.Agency, Data: data})
		}
	}
	if err != nil {
		return web.Again(w, r, err, sheetForm(o.Cohort.ID), func(f ui.Form) templ.Component { return sendPage(o, f) })
	}
	return web.See(w, r, "/sheets/"+string(made))
}

func all(u *web.Upload, limit int64) (_ []byte, err error) {
	f, err := u.Open()
	if err != nil {
		return nil, err
	}
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}()
	var b bytes.Buffer
	_, err = io.Copy(&b, io.LimitReader(f, limit))
	return b.Bytes(), err
}

func takeForm(s id.Import) ui.Form { return ui.NewForm("take", "/sheets/"+string(s)) }

func (p pages) sheet(w http.ResponseWriter, r *http.Request) error {
	s, err := parse[id.Import](r, "sheet")
	if err != nil {
		return err
	}
	pv, err := p.Cohort.Sheet(r.Context(), s)
	if err != nil {
		return err
	}
	return web.Render(w, r, sheetPage(pv, takeForm(s)))
}

type takeInput struct {
	LeaveOut []string `form:"leave-out,optional"`
	Apart    []string `form:"apart,optional"`
}

func (p pages) take(w http.ResponseWriter, r *http.Request) error {
	s, err := parse[id.Import](r, "sheet")
	if err != nil {
		return err
	}
	pv, err := p.Cohort.Sheet(r.Context(), s)
	if err != nil {
		return err
	}
	in, err := web.Decode[takeInput](r)
	if err == nil {
		_, err = p.Cohort.TakeSheet(r.Context(), web.Operation(r), cohort.Sheetful{Import: s, LeaveOut: numbers(in.LeaveOut), Apart: numbers(in.Apart)})
	}
	if err != nil {
		return web.Again(w, r, err, takeForm(s), func(f ui.Form) templ.Component { return sheetPage(pv, f) })
	}
	return web.Done(w, r, "/cohorts/"+string(pv.Cohort)+"/nominations", "cohort.done.sheet")
}

func numbers(ss []string) []int {
	var out []int
	for _, s := range ss {
		if n, err := strconv.Atoi(s); err == nil {
			out = append(out, n)
		}
	}
	return out
}
