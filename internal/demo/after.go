package demo

import (
	"context"
	"fmt"
	"time"

	"cadre/internal/actor"
	"cadre/internal/civil"
	"cadre/internal/coaching"
	"cadre/internal/credential"
	"cadre/internal/evaluation"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/programme"
	"cadre/internal/report"
)

// after is what the play keeps about what follows the week.
type after struct {
	survey   id.Survey
	sessions map[string]id.CoachingSession
	goals    map[string]id.Goal
}

// stage is the coaching stage of one participant.
func (p *Play) coachingOf(key string) coaching.Of {
	return coaching.Of{Cohort: p.cohort, Stage: p.stageOf(programme.KindCoaching), Person: p.people[key]}
}

func (p *Play) stageOf(k programme.Kind) string {
	for i := range p.blueprint.Stages {
		if p.blueprint.Stages[i].Kind() == k {
			return string(p.blueprint.Stages[i].Key)
		}
	}
	return ""
}

func (p *Play) assignCoach(ctx context.Context, e Event) error {
	var in struct {
		Coach   string   `yaml:"coach"`
		Persons []string `yaml:"persons"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.ProgrammeOfficer)
	if err != nil {
		return err
	}
	a := coaching.AssignInput{Cohort: p.cohort, Stage: p.stageOf(programme.KindCoaching), Coach: p.people[in.Coach]}
	for _, key := range in.Persons {
		a.Persons = append(a.Persons, p.people[key])
	}
	_, err = p.Coaching.Assign(ctx, op(), a)
	return err
}

func (p *Play) declareCoach(ctx context.Context, e Event) error {
	var in struct {
		Says    []string `yaml:"says"`
		Persons []string `yaml:"persons"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.Coach)
	if err != nil {
		return err
	}
	for _, key := range in.Persons {
		if err := p.Coaching.Declare(ctx, op(), coaching.DeclareInput{Of: p.coachingOf(key), NotSuperior: true, NotInCases: true}); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	return nil
}

func (p *Play) changeCoach(ctx context.Context, e Event) error {
	var in struct {
		Person string `yaml:"person"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.Participant)
	if err != nil {
		return err
	}
	return p.Coaching.ChangeCoach(ctx, op(), p.coachingOf(in.Person))
}

func (p *Play) groupDay(ctx context.Context, e Event) error {
	var in struct {
		Round   string   `yaml:"round"`
		Day     string   `yaml:"day"`
		Present []string `yaml:"present"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, p.roleOf(e.By))
	if err != nil {
		return err
	}
	day, err := civil.ParseDate(in.Day)
	if err != nil {
		return err
	}
	g := coaching.GroupDayInput{Cohort: p.cohort, Stage: p.stageOf(programme.KindCoaching), Round: in.Round, Day: day}
	for _, key := range in.Present {
		g.Present = append(g.Present, p.people[key])
	}
	_, err = p.Coaching.GroupDay(ctx, op(), g)
	return err
}

func (p *Play) goal(ctx context.Context, e Event) error {
	var in struct {
		Person   string `yaml:"person"`
		Key      string `yaml:"key"`
		Text     Words  `yaml:"text"`
		ByWhen   string `yaml:"by-when"`
		Evidence string `yaml:"evidence"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.Participant)
	if err != nil {
		return err
	}
	due, err := civil.ParseDate(in.ByWhen)
	if err != nil {
		return err
	}
	who, _ := p.script.person(in.Person)
	g, err := p.Coaching.SetGoal(ctx, op(), coaching.GoalInput{
		Of: p.coachingOf(in.Person), Text: coaching.GoalText{What: in.Text.In(who.Language), Evidence: in.Evidence}, Due: due,
	})
	if p.after.goals == nil {
		p.after.goals = map[string]id.Goal{}
	}
	p.after.goals[in.Person+" "+in.Key] = g
	return err
}

func (p *Play) goalMet(ctx context.Context, e Event) error {
	var in struct {
		Person string `yaml:"person"`
		Key    string `yaml:"key"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.Participant)
	if err != nil {
		return err
	}
	return p.Coaching.CloseGoal(ctx, op(), p.after.goals[in.Person+" "+in.Key], coaching.GoalMet)
}

func (p *Play) proposeTime(ctx context.Context, e Event) error {
	var in struct {
		Session string `yaml:"session"`
		Person  string `yaml:"person"`
		Round   string `yaml:"round"`
		Start   string `yaml:"start"`
		Zone    string `yaml:"zone"`
		Minutes int    `yaml:"minutes"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.Coach)
	if err != nil {
		return err
	}
	starts, err := civil.ParseDateTime(in.Start + " " + in.Zone)
	if err != nil {
		return err
	}
	s, err := p.Coaching.Propose(ctx, op(), coaching.ProposeInput{Of: p.coachingOf(in.Person), Round: in.Round, Starts: starts, Minutes: in.Minutes})
	if p.after.sessions == nil {
		p.after.sessions = map[string]id.CoachingSession{}
	}
	p.after.sessions[in.Session] = s
	return err
}

func (p *Play) acceptTime(ctx context.Context, e Event) error {
	var in struct {
		Session string `yaml:"session"`
		Person  string `yaml:"person"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.Participant)
	if err != nil {
		return err
	}
	return p.Coaching.Agree(ctx, op(), p.after.sessions[in.Session])
}

func (p *Play) moveSession(ctx context.Context, e Event) error {
	var in struct {
		Session string `yaml:"session"`
		Person  string `yaml:"person"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, p.coachingRole(e.By))
	if err != nil {
		return err
	}
	return p.Coaching.Move(ctx, op(), p.after.sessions[in.Session])
}

// coachingRole is the part that somebody of the cast plays in coaching.
func (p *Play) coachingRole(key string) actor.Role {
	if _, ok := p.grants[key][actor.Coach]; ok {
		return actor.Coach
	}
	return p.roleOf(key)
}

func (p *Play) closeSession(ctx context.Context, e Event) error {
	var in struct {
		Session string `yaml:"session"`
		Person  string `yaml:"person"`
		Outcome string `yaml:"outcome"`
		Minutes int    `yaml:"minutes"`
		Note    Words  `yaml:"note"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.Coach)
	if err != nil {
		return err
	}
	who, _ := p.script.person(e.By)
	return p.Coaching.Close(ctx, op(), coaching.CloseInput{
		Session: p.after.sessions[in.Session], Outcome: pathway.Outcome(in.Outcome), Minutes: in.Minutes, Note: coaching.Text{Free: in.Note.In(who.Language)},
	})
}

func (p *Play) contest(ctx context.Context, e Event) error {
	var in struct {
		Session string `yaml:"session"`
		Person  string `yaml:"person"`
		Says    string `yaml:"says"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.Participant)
	if err != nil {
		return err
	}
	return p.Coaching.Contest(ctx, op(), coaching.ContestInput{Session: p.after.sessions[in.Session], Says: pathway.Outcome(in.Says)})
}

func (p *Play) settleContest(ctx context.Context, e Event) error {
	var in struct {
		Session string `yaml:"session"`
		Person  string `yaml:"person"`
		Outcome string `yaml:"outcome"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.ProgrammeOfficer)
	if err != nil {
		return err
	}
	return p.Coaching.Settle(ctx, op(), coaching.SettleInput{Session: p.after.sessions[in.Session], Outcome: pathway.Outcome(in.Outcome)})
}

func (p *Play) testimonial(ctx context.Context, e Event) error {
	var in struct {
		Key    string `yaml:"key"`
		Person string `yaml:"person"`
		Text   Words  `yaml:"text"`
		Scope  string `yaml:"scope"`
		Named  bool   `yaml:"named"`
		Until  string `yaml:"until"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.Participant)
	if err != nil {
		return err
	}
	day, err := civil.ParseDate(in.Until)
	if err != nil {
		return err
	}
	who, _ := p.script.person(in.Person)
	_, err = p.Evaluation.GiveTestimonial(ctx, op(), evaluation.TestimonialInput{
		Cohort: p.cohort, Words: in.Text.In(who.Language), Lang: who.Language, Scope: evaluation.Scope(in.Scope), Named: in.Named, Until: day.End(p.script.Zone),
	})
	return err
}

func (p *Play) testimonialWithdraw(ctx context.Context, e Event) error {
	var in struct {
		Key    string `yaml:"key"`
		Person string `yaml:"person"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.Participant)
	if err != nil {
		return err
	}
	return p.Evaluation.WithdrawTestimonial(ctx, op(), p.cohort, p.people[in.Person])
}

func (p *Play) supervisorLink(ctx context.Context, e Event) error {
	var in struct {
		Person     string `yaml:"person"`
		Supervisor string `yaml:"supervisor"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.Participant)
	if err != nil {
		return err
	}
	return p.People.AgreeLink(ctx, op(), p.people[in.Supervisor])
}

// use is how often something is used, in the words of package evaluation.
func use(times string) evaluation.Use {
	switch times {
	case "never":
		return evaluation.UseNever
	case "once":
		return evaluation.UseOnce
	case "monthly":
		return evaluation.UseSome
	case "weekly", "daily":
		return evaluation.UseOften
	}
	return evaluation.UseNoWord
}

func (p *Play) useAtWork(ctx context.Context, e Event) error {
	var in struct {
		Person   string   `yaml:"person"`
		Stage    string   `yaml:"stage"`
		Used     []string `yaml:"used"`
		Times    string   `yaml:"times"`
		Obstacle string   `yaml:"obstacle"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.Participant)
	if err != nil {
		return err
	}
	f := evaluation.FollowUpInput{Cohort: p.cohort, Stage: in.Stage, Use: use(in.Times), InPost: in.Obstacle != "moved-to-other-work", Basis: pathway.OwnAct}
	if o, ok := map[string]string{
		"no-equipment": "no-means", "no-time": "no-occasion", "moved-to-other-work": "not-my-post", "superior-did-not-agree": "not-allowed",
	}[in.Obstacle]; ok {
		f.Obstacles = []string{o}
	}
	_, err = p.Evaluation.AnswerFollowUp(ctx, op(), f)
	return err
}

func (p *Play) useConfirmed(ctx context.Context, e Event) error {
	var in struct {
		Person string `yaml:"person"`
		Stage  string `yaml:"stage"`
		Times  string `yaml:"times"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.Supervisor)
	if err != nil {
		return err
	}
	return p.Evaluation.ConfirmUse(ctx, op(), p.cohort, in.Stage, p.people[in.Person], use(in.Times))
}

// certificates issues them: a decision of a person about each who earned one.
func (p *Play) certificates(ctx context.Context, e Event) error {
	var in struct {
		Persons []string `yaml:"persons"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.ProgrammeOfficer)
	if err != nil {
		return err
	}
	to := credential.Issuing{Cohort: p.cohort}
	for _, key := range in.Persons {
		to.People = append(to.People, p.people[key])
	}
	_, err = p.Credential.Issue(ctx, op(), to)
	return err
}

// releaseFigures signs the figures as they stand, for agencies and the donor.
func (p *Play) releaseFigures(ctx context.Context, e Event) error {
	ctx, err := p.as(ctx, e.By, actor.ProgrammeOfficer)
	if err != nil {
		return err
	}
	_, err = p.Report.Sign(ctx, op(), report.SignInput{Cohort: p.cohort})
	return err
}

// moment reads a civil time of the script.
func (p *Play) moment(s string) (time.Time, error) {
	t, err := time.ParseInLocation(momentForm, s, p.script.Zone)
	return t.UTC(), err
}
