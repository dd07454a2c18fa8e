package app

import (
	"context"

	"cadre/internal/actor"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/playerweb"
)

// shut says which modules she who asks cannot begin now, and why, in the words of
// her home page: as [ledger.ModuleOpen] refuses them.
func (a *App) shut(ctx context.Context, c id.Cohort) (map[string]playerweb.Shut, error) {
	s, b, err := a.Pathway.Standing(ctx, actor.From(ctx).Person, c)
	if err != nil {
		return nil, err
	}
	say := pathway.Speak(i18n.From(ctx), b)
	seen, out := map[string]bool{}, map[string]playerweb.Shut{}
	for i := range b.Stages {
		if b.Stages[i].ELearning == nil {
			continue
		}
		for _, m := range b.Stages[i].ELearning.Modules {
			key := string(m.Key)
			if seen[key] {
				continue
			}
			seen[key] = true
			st := s.Stage(b.Stages[i].Key)
			switch {
			case st == nil:
				out[key] = playerweb.Shut{Word: say.State(pathway.StageStanding{State: pathway.NotAsked})}
			case s.Participation.Out():
				out[key] = playerweb.Shut{Word: say.State(pathway.StageStanding{State: pathway.Closed}), Why: []string{say.Participation(s.Participation)}}
			case shuts(st.State):
				told := *st
				told.Reasons = pathway.Gather(told.Reasons)
				out[key] = playerweb.Shut{Word: say.State(told), Why: say.Reasons(told)}
			}
		}
	}
	return out, nil
}
