package demo

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/url"
	"strings"
	"time"

	"cadre/internal/id"
	"cadre/internal/lrs"
	"cadre/internal/player"
)

// unit is a unit of cmi5 that somebody has launched: it knows what its launch
// address says, and speaks to the record store by the credential that it fetches.
type unit struct {
	visit     lrs.Visit
	actor     json.RawMessage
	reg       string
	activity  string
	publisher string // the unit's id as its maker has it
	session   string
	at        time.Time
}

// what cmi5 calls things (sections 9.3 to 9.6, 11.0).
const (
	cmi5Verbs       = "http://adlnet.gov/expapi/verbs/"
	cmi5Category    = "https://w3id.org/xapi/cmi5/context/categories/cmi5"
	cmi5MoveOn      = "https://w3id.org/xapi/cmi5/context/categories/moveon"
	cmi5SessionID   = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"
	cmi5Progress    = "https://w3id.org/xapi/cmi5/result/extensions/progress"
	cmi5Preferences = "cmi5LearnerPreferences"
	interactions    = "http://adlnet.gov/expapi/activities/cmi.interaction"
)

// speaks goes through a unit of cmi5: launched, begun, page by page, and ended.
func (p *Play) speaks(ctx context.Context, r *player.Run, parts []part, in taken) error {
	u, err := p.launch(ctx, r, in.Module)
	if err != nil {
		return err
	}
	if err := u.says(ctx, "initialized", true, nil, nil); err != nil {
		return err
	}
	w := newWalk(parts, in)
	said := map[string]any{}
	for i, x := range parts[:w.last()] {
		for _, q := range x.questions {
			given, right := w.answer(q)
			about := map[string]any{
				"objectType": "Activity", "id": u.activity + "/test/questions/question/" + q.key,
				"definition": map[string]any{"type": interactions, "interactionType": "choice", "correctResponsesPattern": []string{q.right}},
			}
			if err := u.says(ctx, "answered", false, about, map[string]any{"response": given, "success": right}); err != nil {
				return err
			}
		}
		if done := (i + 1) * 100 / len(parts); done < 100 {
			said["percent"] = done
			if err := u.says(ctx, "progressed", false, nil, map[string]any{"extensions": map[string]any{cmi5Progress: done}}); err != nil {
				return err
			}
		}
	}
	if w.ends() {
		if w.right*100 >= 60*w.asked {
			said["passed"] = true
			score := map[string]any{"scaled": float64(w.right) / float64(w.asked), "raw": w.right, "min": 0, "max": w.asked}
			if err := u.says(ctx, "passed", true, nil, map[string]any{"success": true, "score": score, "duration": spent(in)}); err != nil {
				return err
			}
		}
		said["completed"] = true
		if err := u.says(ctx, "completed", true, nil, map[string]any{"completion": true, "duration": spent(in)}); err != nil {
			return err
		}
	}
	if err := p.keeps(ctx, u, map[string]any{"state": w.state(w.last()), "said": said}); err != nil {
		return err
	}
	return u.says(ctx, "terminated", true, nil, map[string]any{"duration": spent(in)})
}

// launch launches the unit and does what units do first.
func (p *Play) launch(ctx context.Context, r *player.Run, module string) (*unit, error) {
	src, err := p.read(packages + module + "/cmi5.xml")
	if err != nil {
		return nil, err
	}
	var course struct {
		Unit struct {
			ID string `xml:"id,attr"`
		} `xml:"au"`
	}
	if err := xml.Unmarshal(src, &course); err != nil {
		return nil, fmt.Errorf("%s: %w", module, err)
	}
	o, err := p.Player.OpenUnit(ctx, op(), player.OpenUnit{Attempt: r.Attempt.ID})
	if err != nil {
		return nil, err
	}
	at, err := url.Parse(o.URL)
	if err != nil {
		return nil, err
	}
	q := at.Query()
	fetch := q.Get("fetch")
	got := p.Player.Fetch(ctx, o.Path, fetch[strings.LastIndex(fetch, "/")+1:])
	if got.Code != "" {
		return nil, fmt.Errorf("%s: its credential: %s", module, got.Text)
	}
	v, err := p.Player.Visit(ctx, o.Path, "Basic "+got.Credential)
	if err != nil {
		return nil, err
	}
	u := &unit{
		visit: v, actor: json.RawMessage(q.Get("actor")), reg: q.Get("registration"), activity: q.Get("activityId"),
		publisher: course.Unit.ID, session: o.Session, at: p.clock.Now(),
	}
	agent, err := u.agent()
	if err != nil {
		return nil, err
	}
	place := lrs.Place{Kind: "agent", Agent: agent}
	if err := v.Document(ctx, &place, cmi5Preferences, nil); err != nil {
		return nil, err
	}
	_, err = p.Records.Document(ctx, v.Key(), place, cmi5Preferences)
	return u, err
}

// agent is the learner, as documents of hers name her.
func (u *unit) agent() (*lrs.Agent, error) {
	var who struct {
		Account struct {
			HomePage string `json:"homePage"`
			Name     string `json:"name"`
		} `json:"account"`
	}
	err := json.Unmarshal(u.actor, &who)
	return &lrs.Agent{Kind: "account", HomePage: who.Account.HomePage, Value: who.Account.Name}, err
}

// says sends a statement: defined by cmi5, or one that it allows. about is what it
// is about; nil is the unit itself.
func (u *unit) says(ctx context.Context, verb string, defined bool, about, result map[string]any) error {
	type activity struct {
		ID string `json:"id"`
	}
	activities := map[string][]activity{"grouping": {{u.publisher}}}
	if defined {
		activities["category"] = []activity{{cmi5Category}}
		if result["success"] != nil || result["completion"] != nil {
			activities["category"] = append(activities["category"], activity{cmi5MoveOn})
		}
	}
	if about == nil {
		about = map[string]any{"objectType": "Activity", "id": u.activity}
	}
	u.at = u.at.Add(time.Millisecond) // no two of a session are of one time
	s := map[string]any{
		"id": id.New[string](), "actor": u.actor, "verb": map[string]any{"id": cmi5Verbs + verb, "display": map[string]string{"en": verb}},
		"object":    about,
		"context":   map[string]any{"registration": u.reg, "contextActivities": activities, "extensions": map[string]any{cmi5SessionID: u.session}},
		"timestamp": lrs.FormatTime(u.at.UTC()),
	}
	if result != nil {
		s["result"] = result
	}
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	st, err := lrs.ReadStatement(b, lrs.XAPI103)
	if err != nil {
		return fmt.Errorf("%s: %w", verb, err)
	}
	if _, err := u.visit.Store(ctx, lrs.XAPI103, []*lrs.Statement{st}, nil); err != nil {
		return fmt.Errorf("%s: %w", verb, err)
	}
	return nil
}

// keeps writes the unit's place into its state, as keep-cmi5.js does.
func (p *Play) keeps(ctx context.Context, u *unit, state map[string]any) error {
	b, err := json.Marshal(state)
	if err != nil {
		return err
	}
	agent, err := u.agent()
	if err != nil {
		return err
	}
	reg, ok := lrs.ParseUUID(u.reg)
	if !ok {
		return fmt.Errorf("%s is no registration", u.reg)
	}
	place := lrs.Place{Kind: "state", Activity: u.activity, Registration: &reg, Agent: agent}
	w := lrs.Write{ContentType: "application/json", Body: b}
	if err := u.visit.Document(ctx, &place, "place", &w); err != nil {
		return err
	}
	return p.Records.Put(ctx, u.visit.Key(), place, "place", w)
}
