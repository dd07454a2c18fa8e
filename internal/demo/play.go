package demo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/assess"
	"cadre/internal/blob"
	"cadre/internal/clock"
	"cadre/internal/coaching"
	"cadre/internal/cohort"
	"cadre/internal/content"
	"cadre/internal/credential"
	"cadre/internal/evaluation"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/job"
	"cadre/internal/lrs"
	"cadre/internal/pathway"
	"cadre/internal/people"
	"cadre/internal/player"
	"cadre/internal/programme"
	"cadre/internal/report"
	"cadre/internal/workshop"
)

// Play is a script on its way through the services.
type Play struct {
	Services
	// Strict stops the play at an event that has no place, as nobody else can
	// have overtaken it.
	Strict bool

	script *Script
	clock  *clock.Fake
	jobs   *job.Pool
	begun  bool
	next   int // index of the first event that has not happened

	// What the script calls by key, by the ids that it got.
	people      map[string]id.Person
	keys        map[id.Person]string
	grants      map[string]map[actor.Role]actor.Grant
	agencies    map[string]id.Agency
	units       map[string]id.Unit
	letters     map[string]id.Letter
	nominations map[string]id.Nomination
	programme   id.Programme
	version     id.Version
	blueprint   *programme.Blueprint
	cohort      id.Cohort

	learning learning
	week     week
	after    after
}

// Services are what the play calls, as the screens do.
type Services struct {
	People     *people.Service
	Access     *access.Service
	Programme  *programme.Service
	Pathway    *pathway.Service
	Cohort     *cohort.Service
	Content    *content.Service
	Player     *player.Service
	Records    *lrs.Service
	Assess     *assess.Service
	Workshop   *workshop.Service
	Coaching   *coaching.Service
	Evaluation *evaluation.Service
	Credential *credential.Service
	Report     *report.Service
	Files      *blob.Store
}

// New returns a play of s that has not begun. The clock is set to the first
// event; jobs are run by the play itself, when they are due.
func New(s *Script, services Services, c *clock.Fake, jobs *job.Pool) *Play {
	if len(s.Events) > 0 {
		c.Set(s.Events[0].At.Add(-time.Hour))
	}
	return &Play{
		Services: services, script: s, clock: c, jobs: jobs,
		people: map[string]id.Person{}, keys: map[id.Person]string{},
		grants:   map[string]map[actor.Role]actor.Grant{},
		agencies: map[string]id.Agency{}, units: map[string]id.Unit{}, letters: map[string]id.Letter{},
		nominations: map[string]id.Nomination{},
	}
}

// Ends returns the moments of the first and the last event.
func (p *Play) Ends() (first, last time.Time) {
	e := p.script.Events
	return e[0].At, e[len(e)-1].At
}

// Until plays every event up to and including t and leaves the clock at t. It
// reports progress after each event. An event that a visitor has overtaken (she
// confirmed the seat herself, say) is passed over: it returns the lines of those
// in skipped. Any other failure stops the play.
func (p *Play) Until(ctx context.Context, t time.Time, progress func(done, all int)) (skipped []error, err error) {
	if !p.begun {
		if err := p.begin(ctx); err != nil {
			return nil, fmt.Errorf("demo: before the first event: %w", err)
		}
		p.begun = true
	}
	for p.next < len(p.script.Events) {
		e := p.script.Events[p.next]
		if e.At.After(t) {
			break
		}
		if err := p.advance(ctx, e.At); err != nil {
			return skipped, err
		}
		if err := p.do(ctx, e); err != nil {
			err = fmt.Errorf("timeline.yaml:%d: %s %s by %s: %w", e.Line, e.At.In(p.script.Zone).Format("2006-01-02 15:04"), e.Do, e.By, err)
			if p.Strict || !overtaken(err) {
				return skipped, err
			}
			skipped = append(skipped, err)
		}
		p.next++
		if progress != nil {
			progress(p.next, len(p.script.Events))
		}
	}
	return skipped, p.advance(ctx, t)
}

// advance moves the clock and runs what has become due, day by day, so that
// daily work happens daily.
func (p *Play) advance(ctx context.Context, t time.Time) error {
	const stride = 24 * time.Hour
	for now := p.clock.Now(); now.Before(t); now = p.clock.Now() {
		if next := now.Add(stride); next.Before(t) {
			p.clock.Set(next)
		} else {
			p.clock.Set(t)
		}
		if _, err := p.jobs.Drain(ctx); err != nil {
			return fmt.Errorf("demo: jobs: %w", err)
		}
	}
	return nil
}

// as returns a context in which somebody of the cast acts in a role.
func (p *Play) as(ctx context.Context, key string, role actor.Role) (context.Context, error) {
	who, ok := p.people[key]
	if !ok {
		return nil, fmt.Errorf("%s does not exist yet", key)
	}
	g, ok := p.grants[key][role]
	if !ok {
		return nil, fmt.Errorf("%s is no %s", key, role)
	}
	return actor.With(ctx, actor.Actor{Person: who, Grant: g}), nil
}

func (p *Play) met(key string, who id.Person, g actor.Grant) {
	p.people[key], p.keys[who] = who, key
	if g.Role != "" {
		if p.grants[key] == nil {
			p.grants[key] = map[actor.Role]actor.Grant{}
		}
		p.grants[key][g.Role] = g
	}
}

func op() id.Operation { return id.New[id.Operation]() }

// do does one event.
func (p *Play) do(ctx context.Context, e Event) error {
	switch e.Do {
	case "import-blueprint":
		return p.importBlueprint(ctx, e)
	case "open-cohort":
		return p.openCohort(ctx, e)
	case "invite":
		return p.invite(ctx, e)
	case "letter":
		return p.letter(ctx, e)
	case "nominate":
		return p.nominate(ctx, e)
	case "offer":
		return p.offer(ctx, e)
	case "accept", "decline":
		return p.answer(ctx, e)
	case "decline-release", "withdraw":
		return p.takenBack(ctx, e)
	case "hold":
		return p.held(ctx, e)
	case "promote":
		return p.promote(ctx, e)
	case "confirm":
		return p.confirm(ctx, e)
	case "release-seat":
		return p.releaseSeat(ctx, e)
	case "message":
		return p.message(ctx, e)
	case "ask-more-time":
		return p.askMoreTime(ctx, e)
	case "exception":
		return p.exception(ctx, e)
	case "left-programme":
		return p.leftProgramme(ctx, e)
	case "group":
		return p.group(ctx, e)
	case "join":
		return p.join(ctx, e)
	case "select":
		return p.choose(ctx, e)
	case "module":
		return p.module(ctx, e)
	case "package":
		return p.pack(ctx, e)
	case "certificate-in":
		return p.certificateIn(ctx, e)
	case "certificate-accept":
		return p.certificateAccept(ctx, e)
	case "test":
		return p.test(ctx, e)
	case "meeting-link":
		return p.meetingLink(ctx, e)
	case "safety":
		return p.safety(ctx, e)
	case "declare":
		return p.declare(ctx, e)
	case "door":
		return p.door(ctx, e)
	case "register":
		return p.register(ctx, e)
	case "survey-open":
		return p.surveyOpen(ctx, e)
	case "survey-answers":
		return p.surveyAnswers(ctx, e)
	case "release-figures":
		return p.releaseFigures(ctx, e)
	case "certificates":
		return p.certificates(ctx, e)
	case "testimonial":
		return p.testimonial(ctx, e)
	case "testimonial-withdraw":
		return p.testimonialWithdraw(ctx, e)
	case "supervisor-link":
		return p.supervisorLink(ctx, e)
	case "use-at-work":
		return p.useAtWork(ctx, e)
	case "use-confirmed":
		return p.useConfirmed(ctx, e)
	case "assign-coach":
		return p.assignCoach(ctx, e)
	case "declare-coach":
		return p.declareCoach(ctx, e)
	case "change-coach":
		return p.changeCoach(ctx, e)
	case "group-day":
		return p.groupDay(ctx, e)
	case "goal":
		return p.goal(ctx, e)
	case "goal-met":
		return p.goalMet(ctx, e)
	case "propose-time":
		return p.proposeTime(ctx, e)
	case "accept-time":
		return p.acceptTime(ctx, e)
	case "move-session":
		return p.moveSession(ctx, e)
	case "close-session":
		return p.closeSession(ctx, e)
	case "contest":
		return p.contest(ctx, e)
	case "settle-contest":
		return p.settleContest(ctx, e)
	}
	return errors.New("the demo does not know this verb")
}

// overtaken reports whether an event could not happen because somebody has
// already done it, or something that leaves no room for it.
func overtaken(err error) bool { return fault.Is(err, fault.Conflict) || fault.Is(err, fault.Closed) }

// roleOf is the first role of somebody of the cast.
func (p *Play) roleOf(key string) actor.Role {
	who, _ := p.script.person(key)
	if who.Role == "" {
		return actor.Participant
	}
	return actor.Role(who.Role)
}

func (p *Play) read(name string) ([]byte, error) { return fs.ReadFile(p.script.Files, name) }

// Zone is the zone in which the script is told.
func (p *Play) Zone() *time.Location { return p.script.Zone }

// Source is the folder of the example that is played.
func (p *Play) Source() fs.FS { return p.script.Files }

// Person is somebody of the cast who exists by now.
func (p *Play) Person(key string) (id.Person, bool) {
	who, ok := p.people[key]
	return who, ok
}

// Opened is the cohort that the script opens; empty before it does.
func (p *Play) Opened() id.Cohort { return p.cohort }

// KeyOf is how the script calls a person; "" for somebody else.
func (p *Play) KeyOf(who id.Person) string { return p.keys[who] }

// Member is somebody of the cast with her first role.
type Member struct {
	Key, Name string
	Role      actor.Role
}

// Cast lists who exists by now: staff in the script's order, then the officers.
func (p *Play) Cast() []Member {
	var out []Member
	for _, list := range [][]Person{p.script.Cast.Staff, p.script.Cast.Nominees} {
		for _, c := range list {
			if _, ok := p.people[c.Key]; !ok || len(p.grants[c.Key]) == 0 {
				continue
			}
			out = append(out, Member{Key: c.Key, Name: c.Names.Printed.Latin, Role: p.roleOf(c.Key)})
		}
	}
	return out
}
