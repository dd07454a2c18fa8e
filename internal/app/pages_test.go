package app

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/web"
	"cadre/internal/web/webtest"
)

// Three moments of the first programme: while everybody learns, on the second day
// of the week, and while those who came are coached.
var moments = []struct {
	name string
	at   time.Time
}{
	{"learning", time.Date(2020, 10, 21, 5, 0, 0, 0, time.UTC)},
	{"week", time.Date(2020, 11, 3, 5, 0, 0, 0, time.UTC)},
	{"after", time.Date(2021, 3, 20, 5, 0, 0, 0, time.UTC)},
}

// stage is the demo at some moment, served.
type stage struct {
	app    *App
	server *web.Server
	url    string
	log    *webtest.Log
}

func play(t *testing.T, at time.Time) stage {
	t.Helper()
	th := rehearse(t)
	return th.open(t, at.In(th.zone).Format(momentForm)).stage
}

// people returns one person of each role; of the participants one who takes part.
func (s stage) people(t *testing.T) map[actor.Role]access.Held {
	t.Helper()
	ctx := actor.With(context.Background(), actor.Actor{Operator: true})
	out := map[actor.Role]access.Held{}
	after := ""
	for {
		all, next, err := s.app.Access.Holders(ctx, after, 200)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range all {
			if _, ok := out[h.Role]; ok || !h.Now(s.app.Clock.Now()) {
				continue
			}
			if h.Role == actor.Participant {
				st, _, err := s.app.Pathway.Standing(ctx, h.Person, h.Scope.Cohort)
				if err != nil {
					t.Fatal(err)
				}
				if st.Participation.Out() || st.Participation == pathway.Unknown || st.Participation == pathway.Proposed {
					continue // one who said yes: more of the way is open to her
				}
			}
			out[h.Role] = h
		}
		if next == "" {
			return out
		}
		after = next
	}
}

// enter signs somebody in by a link, as she would herself, in a role and a
// language.
func (s stage) enter(t *testing.T, h access.Held, lang string) *webtest.Browser {
	t.Helper()
	ctx := actor.With(context.Background(), actor.Actor{Operator: true})
	ticket, err := s.app.Access.Invite(ctx, id.New[id.Operation](), access.Invitee{Person: h.Person, ByLink: true})
	if err != nil {
		t.Fatal(err)
	}
	b := webtest.Visit(t, s.url, "")
	b.Language = lang
	path := "/enter/" + ticket.Link
	b.Submit(b.Get(path).Must(t, 200), path, nil)
	if b.Token() == "" {
		t.Fatalf("%s is not signed in", h.Role)
	}
	home := b.Get("/")
	if _, _, err := home.Form("/role"); err == nil {
		home = b.Submit(home, "/role", map[string][]string{"grant": {string(h.ID)}})
	}
	if !strings.Contains(home.Body, `<html lang="`+lang+`"`) {
		b.Submit(home, "/language", map[string][]string{"language": {lang}})
	}
	return b
}

// leave are routes that end a walk, or that change who walks.
func leave() []string {
	return []string{"POST /sign-out", "POST /role", "POST /language", "POST /account/everywhere", "POST /account/sessions/{session}/end", "POST /people/{person}/sign-out"}
}

// unlinked are the pages that no link of a page leads to, each with the reason.
func unlinked() map[string]string {
	return map[string]string{
		"GET /sign-in":      "whoever is not signed in is sent there",
		"GET /enter/{link}": "the link stands on paper or in a message",
		"GET /welcome":      "who comes in for the first time is sent there",
		"GET /thanks":       "it answers a survey that was sent",

		// What follows leads somewhere only once something has happened that the
		// first programme does not have at these moments. Each package's own tests
		// walk there from the page that then links it.
		"GET /cohorts/{cohort}/selection/{stage}":                          "the first programme chooses no smaller cohort",
		"GET /selections/{selection}":                                      "as the selection",
		"GET /sheets/{sheet}":                                              "sending a sheet leads to it, and it is gone after a day",
		"GET /package-uploads/{upload}":                                    "asked by the page's script",
		"GET /launch/{ticket}":                                             "handed to another program, for its own people",
		"GET /launch/left":                                                 "where that program's people go when they leave",
		"GET /attempts/{attempt}/play":                                     "a form's answer, once the packages to practise with are open to her",
		"GET /module-files/{file}":                                         "a picture in a page, not a link",
		"GET /certificates/{outside}/scan":                                 "a file to save, while a certificate waits",
		"GET /answer-papers/{paper}":                                       "linked from the page of an officer who answered on paper, and from her own",
		"GET /contests/{contest}":                                          "linked while a verdict is contested",
		"GET /registers/{register}/admissions/{admission}":                 "linked while the door took somebody by name alone",
		"GET /cohorts/{cohort}/report/staff":                               "linked from the figure of women's share, where staff numbers are asked for",
		"GET /cohorts/{cohort}/credentials/preview":                        "a form's answer, once somebody has earned a certificate",
		"GET /cohorts/{cohort}/follow-up/{stage}":                          "opens three months after the week",
		"GET /coaching/{cohort}/{stage}/{person}/sessions/{session}/close": "linked once a session's time has come",
	}
}

func TestEveryPageOfTheProgramme(t *testing.T) {
	visited, offered := map[string]bool{}, map[string]bool{}
	for _, m := range moments {
		s := play(t, m.at)
		match := web.Matcher(s.server.Routes())
		who := s.people(t)
		for _, role := range actor.Roles() {
			if _, ok := who[role]; !ok {
				t.Logf("%s: nobody is %s", m.name, role)
			}
		}
		// Everybody reads, in both languages, and only then are forms sent: what they
		// change takes people, and whole roles, out of each other's sight. Who sends
		// most of them is last.
		for _, walk := range []struct {
			lang string
			send bool
		}{{"en", false}, {"ur", false}, {"en", true}} {
			roles := actor.Roles()
			slices.Reverse(roles)
			for _, role := range roles {
				p, ok := who[role]
				if !ok {
					continue
				}
				lang := walk.lang
				b := s.enter(t, p, lang)
				for _, stop := range b.Walk("/", webtest.Walk{Match: match, Leave: leave(), Send: walk.send}) {
					visited[stop.Route] = true
					visited[match(http.MethodGet, strings.SplitN(stop.Path, "?", 2)[0])] = true
					where := fmt.Sprintf("%s, %s, %s: %s (from %s)", m.name, role, lang, stop.Route, stop.From)
					switch {
					case stop.Status >= 500:
						t.Errorf("%s answered %d: %s", where, stop.Status, stop.Text())
					case stop.Status == 404 || stop.Status == 403:
						if !walk.send {
							t.Errorf("%s: a link leads to %d", where, stop.Status)
						}
					}
					if !strings.HasPrefix(stop.Header.Get("Content-Type"), "text/html") {
						continue
					}
					for _, x := range webtest.Problems(stop.Body) {
						t.Errorf("%s: %s", where, x)
					}
					for _, x := range unsaid(stop.Answer, match, offered) {
						t.Errorf("%s: %s", where, x)
					}
					if key := keyIn(stop.Text()); key != "" {
						t.Errorf("%s shows the key %s", where, key)
					}
				}
			}
		}
		if l := s.log.String(); l != "" {
			t.Errorf("%s: logged\n%s", m.name, l)
		}
		if m.name == moments[len(moments)-1].name {
			reasons := unlinked()
			for _, rt := range s.server.Routes() {
				name := rt.Method + " " + rt.Pattern
				switch why := reasons[name]; {
				case rt.Method != http.MethodGet:
				case visited[name] && why != "":
					t.Errorf("%s is reached by links, and listed as one that cannot be: %s", name, why)
				case !visited[name] && why == "":
					t.Errorf("no link leads to %s", name)
				}
				delete(reasons, name)
			}
			for name := range reasons {
				t.Errorf("%s is listed, and no such route is there", name)
			}
			t.Logf("%d routes visited", len(visited))
			t.Logf("%d acts offered, each with what becomes of a mistake", len(offered))
		}
	}
}

// keyIn finds a catalogue key that stands on a page instead of its sentence.
func keyIn(text string) string {
	for w := range strings.FieldsSeq(text) {
		area, rest, ok := strings.Cut(w, ".")
		if ok && slices.Contains([]string{"ui", "home", "pathway", "cohort", "workshop", "coaching", "player", "assess", "people", "access", "evaluation", "content", "fault", "locale"}, area) && len(rest) > 2 && strings.ToLower(rest) == rest {
			return w
		}
	}
	return ""
}
