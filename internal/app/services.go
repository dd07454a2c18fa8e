package app

import (
	"context"
	"strings"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/assess"
	"cadre/internal/coaching"
	"cadre/internal/cohort"
	"cadre/internal/content"
	"cadre/internal/credential"
	"cadre/internal/db"
	"cadre/internal/demo"
	"cadre/internal/evaluation"
	"cadre/internal/job"
	"cadre/internal/lrs"
	"cadre/internal/lrs/derive"
	"cadre/internal/lrs/forward"
	"cadre/internal/notify"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/player"
	"cadre/internal/programme"
	"cadre/internal/report"
	"cadre/internal/retention"
	"cadre/internal/workshop"
)

// Services are what people, commands and the demo call.
type Services struct {
	People     *people.Service
	Access     *access.Service
	Programme  *programme.Service
	Pathway    *pathway.Service
	Cohort     *cohort.Service
	Content    *content.Service
	Player     *player.Service
	Assess     *assess.Service
	Workshop   *workshop.Service
	Coaching   *coaching.Service
	Evaluation *evaluation.Service
	Credential *credential.Service
	Notify     *notify.Service
	Report     *report.Service
	Retention  *retention.Service
	LRS        *lrs.Service
	Derive     *derive.Follower
	Forward    *forward.Forwarder
}

// connect makes the services, connects those that need one another, and plans
// their recurring work.
func (a *App) connect() error {
	key, err := a.derive("access")
	if err != nil {
		return err
	}
	if a.Access, err = access.New(access.Deps{DB: a.DB, People: people.Directory{}, Key: key}); err != nil {
		return err
	}
	names, err := a.derive("player")
	if err != nil {
		return err
	}
	a.People = people.New(people.Deps{DB: a.DB, Reads: a.Access})
	a.Programme = programme.New(programme.Deps{DB: a.DB})
	a.Pathway = pathway.New(pathway.Deps{DB: a.DB, Place: standingPlace})
	a.Cohort = cohort.New(cohort.Deps{DB: a.DB, Reads: a.Access, Grants: a.Access, Warnings: warnings{}, URL: a.Config.URL})
	a.Content = content.New(content.Deps{DB: a.DB, Files: a.Files, MaxBytes: int64(a.Config.Content.MaxMB) << 20, MaxFiles: a.Config.Content.MaxFiles, Media: a.media(), Attempts: attempts{a}})
	a.LRS = lrs.New(lrs.Deps{DB: a.DB, Files: a.Files, Reads: a.Access, Home: a.Config.URL})
	a.Player = player.New(player.Deps{DB: a.DB, Files: a.Files, Content: a.Content, Cohorts: seats{}, Ledger: ledger{}, Shelf: shelf{a.Content}, LRS: a.LRS, Programme: programmeKey, Addresses: places{a}, Persons: accounts{}, ReturnTo: strings.Fields(strings.ToLower(a.Config.Content.ReturnTo)), Key: names, Active: a.Access.TouchSession})
	a.Assess = assess.New(assess.Deps{DB: a.DB, Cohorts: seats{}, Ledger: ledger{}})
	a.Workshop = workshop.New(workshop.Deps{DB: a.DB, Cohorts: week{}, Reads: a.Access, Record: pathway.Record, Enrol: a.arrive})
	a.Coaching = coaching.New(coaching.Deps{DB: a.DB, Cohorts: coaching.Roll{}, Reads: a.Access, Keys: a.Keys, Record: pathway.Record})
	a.Evaluation = evaluation.New(evaluation.Deps{DB: a.DB, Roll: asked{}, Keys: a.Keys, Record: pathway.Record, Reads: a.Access})
	a.Credential = credential.New(credential.Deps{DB: a.DB, Reads: a.Access})
	a.Notify = notify.New(a.DB, standings{}, a.Config.URL, a.Log)
	a.Notify.Register(a.Jobs)
	a.Assess.Register(a.Jobs)
	a.Jobs.Every(pathway.RefreshJob, time.Minute, func(ctx context.Context, j *job.Job) error {
		if err := a.Pathway.RefreshDue(actor.With(ctx, pathway.Timer()), j); err != nil {
			return err
		}
		return a.DB.Update(ctx, db.Main, j.Complete)
	})
	a.Jobs.Every(evaluation.OpenJob, evaluation.OpenEvery, a.Evaluation.Open)
	a.Jobs.Every(workshop.EraseJob, workshop.EraseEvery, a.Workshop.Erase)
	a.Report = report.New(report.Deps{DB: a.DB, Reads: a.Access})
	a.LRS.Register(a.Jobs)
	a.Derive = derive.New(derive.Deps{
		DB: a.DB, Journal: a.Journal, LRS: a.LRS, Module: moduleWork, Test: testWork, Erased: retention.Erased, Log: a.Log,
	})
	a.Forward = forward.New(forward.Deps{
		DB: a.DB, LRS: a.LRS, Keys: a.Keys, Hosts: strings.Fields(a.Config.LRS.ForwardTo), Inside: a.Config.LRS.Inside, Log: a.Log,
	})
	a.Retention = newRetention(a.Config, a.DB)
	return nil
}

// Demo returns the services as the demo calls them.
func (a *App) Demo() demo.Services {
	s := a.Services
	return demo.Services{
		People: s.People, Access: s.Access, Programme: s.Programme, Pathway: s.Pathway, Cohort: s.Cohort, Content: s.Content,
		Player: s.Player, Records: s.LRS, Assess: s.Assess, Workshop: s.Workshop, Coaching: s.Coaching, Evaluation: s.Evaluation, Credential: s.Credential, Report: s.Report, Files: a.Files,
	}
}
