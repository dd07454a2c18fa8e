package pathwayweb

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"cadre/internal/actor"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/web"
)

// enteredPath is the page of what was entered about her.
const enteredPath = "/my-data/entered"

// entered is one thing that was entered about her, in words.
type entered struct {
	what, about     string
	happened, noted string
	basis, by       string
	byOther         bool   // somebody else entered it
	paper           string // where the scanned paper is that it rests on
	counts          bool
}

// entries shows her every fact of hers: what, on whose word, by whom, when it
// happened and when it was entered. Where somebody entered it for her, it says so.
func (p pages) entries(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	a := actor.From(ctx)
	list, err := web.ListingOf(r, nil)
	if err != nil {
		return err
	}
	if a.Grant.Scope.Cohort == "" {
		return web.Render(w, r, enteredPage(nil, "", ""))
	}
	in := pathway.EntriesInput{Person: a.Person, Cohort: a.Grant.Scope.Cohort, Limit: web.PageSize + 1}
	if len(list.After) > 0 {
		if len(list.After) != 2 {
			return fault.New(fault.NotFound, "", nil)
		}
		at, err := strconv.ParseInt(list.After[0], 10, 64)
		if err != nil {
			return fault.Wrap(fault.NotFound, "", err)
		}
		in.Before, in.ID = time.UnixMicro(at), id.Fact(list.After[1])
	}
	all, b, err := p.Standings.Entries(ctx, in)
	if err != nil {
		return err
	}
	next := ""
	if len(all) > web.PageSize {
		all = all[:web.PageSize]
		last := all[len(all)-1]
		next = list.Next(strconv.FormatInt(last.RecordedAt.UnixMicro(), 10), string(last.ID))
	}
	names, err := p.whoEntered(ctx, a.Person, all)
	if err != nil {
		return err
	}
	l := i18n.From(ctx)
	say := pathway.Speak(l, b)
	rows := make([]entered, 0, len(all))
	for _, e := range all {
		row := entered{
			what: say.Kind(e.Kind()), happened: l.Instant(e.OccurredAt), noted: l.Instant(e.RecordedAt),
			basis: say.Basis(e.Basis), by: names(e.Actor), byOther: e.Actor != string(a.Person), counts: e.Counts,
		}
		if e.Subject != "" {
			row.about = say.Subject(e.Subject)
		}
		if paper, ok := strings.CutPrefix(e.Source, "paper:"); ok {
			row.paper = "/answer-papers/" + paper
		}
		rows = append(rows, row)
	}
	return web.Render(w, r, enteredPage(rows, list.First(), next))
}

// whoEntered returns a function that names whoever entered a fact.
func (p pages) whoEntered(ctx context.Context, me id.Person, all []pathway.Entry) (func(who string) string, error) {
	l := i18n.From(ctx)
	var ask []id.Person
	seen := map[string]bool{string(me): true}
	for _, e := range all {
		if !seen[e.Actor] && id.Valid(e.Actor) {
			seen[e.Actor] = true
			ask = append(ask, id.Person(e.Actor))
		}
	}
	names := map[id.Person]string{}
	if len(ask) > 0 && p.Names != nil {
		var err error
		if names, err = p.Names(ctx, ask); err != nil {
			return nil, err
		}
	}
	return func(who string) string {
		switch name := names[id.Person(who)]; {
		case who == string(me):
			return l.T("home.entered-by-you")
		case name != "":
			return name
		case strings.HasPrefix(who, "timer:"):
			return l.T("home.entered-by-clock")
		case who == "operator":
			return l.T("home.entered-by-operator")
		}
		return l.T("home.entered-by-staff")
	}, nil
}
