package app

import (
	"context"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/i18n"
	"cadre/internal/pathway"
	"cadre/internal/player"
	"cadre/internal/web/ui"
	"cadre/internal/workshop"
)

// waiting lists what waits for the actor in the open cohorts that she works in,
// what somebody's place hangs on first. What she may not decide is not counted.
func (a *App) waiting(ctx context.Context) ([]ui.Link, error) {
	l := i18n.From(ctx)
	who := actor.From(ctx)
	if who.Grant.Role != actor.ProgrammeOfficer && who.Grant.Role != actor.Trainer {
		return nil, nil // the others decide nothing about a cohort
	}
	var out []ui.Link
	err := a.DB.View(ctx, func(tx *db.Tx) error {
		all, err := cohort.OfProgramme(tx, who.Grant.Scope.Programme)
		if err != nil {
			return err
		}
		for _, c := range all {
			if c.Closed {
				continue
			}
			at, err := cohort.PlaceOf(tx, c.ID)
			if err != nil {
				return err
			}
			may := func(v access.Verb, k access.Kind) bool {
				return access.Allows(who, v, access.Object{Kind: k, Place: at})
			}
			of := "/cohorts/" + string(c.ID)
			title := l.Text(c.Title).Text
			add := func(n int, key, href string) {
				if n > 0 {
					out = append(out, ui.Link{Label: l.T(key, "n", n, "cohort", title), Href: href})
				}
			}
			if may(access.Correct, access.Fact) {
				reviews, seats, err := pathway.Awaiting(tx, c.ID)
				if err != nil {
					return err
				}
				add(seats, "home.waiting.seats", of+"/doubts")
				add(reviews, "home.waiting.reviews", of+"/reviews")
			}
			if may(access.Sign, access.Waiver) {
				n, err := cohort.Unanswered(tx, c.ID)
				if err != nil {
					return err
				}
				add(n, "home.waiting.time", of+"/doubts")
			}
			if may(access.Decide, access.Outside) {
				n, err := player.OutsideWaiting(tx, c.ID)
				if err != nil {
					return err
				}
				add(n, "home.waiting.certificates", of+"/certificates")
			}
			if may(access.Correct, access.Register) {
				n, oldest, err := workshop.OpenContests(tx, c.ID)
				if err != nil {
					return err
				}
				add(n, "home.waiting.contests", "/contests/"+string(oldest))
			}
		}
		return nil
	})
	return out, err
}
