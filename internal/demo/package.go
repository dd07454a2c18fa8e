package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"time"

	"cadre/internal/actor"
	"cadre/internal/content"
	"cadre/internal/id"
	"cadre/internal/player"
)

// packages is the folder of the packages that the script brings in: each unpacked
// in a folder of its module's key, and packed, once scripts/setup has run, in the
// folder built.
const packages = "packages/"

// importPackage brings in the package that is the module of that key; false if the
// script has none. A package that is there and was not packed is an error that says
// what to run.
func (p *Play) importPackage(ctx context.Context, key string) (bool, error) {
	if _, err := fs.Stat(p.script.Files, packages+key); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	names, err := fs.Glob(p.script.Files, packages+"built/"+key+".*")
	if err != nil {
		return false, err
	}
	if len(names) != 1 {
		return false, fmt.Errorf("the package %s is not packed: run make setup, then build again", key)
	}
	packed, err := p.read(names[0])
	if err != nil {
		return false, err
	}
	in := content.ImportPackage{Programme: p.programme, Key: key, File: bytes.NewReader(packed), Size: int64(len(packed)), Publish: true}
	if in.Replaces, err = p.packageOf(ctx, key); err != nil {
		return false, err
	}
	_, err = p.Content.ImportPackage(ctx, op(), in)
	return true, err
}

// packageOf is the package of that key that another programme of this instance has
// brought in already; empty if there is none.
func (p *Play) packageOf(ctx context.Context, key string) (id.Module, error) {
	all, more, err := p.Content.ListPackages(ctx, "")
	if err != nil {
		return "", err
	}
	for _, x := range all {
		if x.Key == key {
			return x.ID, nil
		}
	}
	if more {
		return "", errors.New("the instance has more packages than the demo looks through")
	}
	return "", nil
}

// part is a page of a unit, or a scene of a content of H5P, with the questions
// that stand on it.
type part struct {
	name      string
	questions []question
}

// question is one that a package asks, as far as the play answers it.
type question struct {
	key          string
	right, wrong string // the names of an option that is right, and of one that is not
}

// taken is how somebody goes through a package.
type taken struct {
	Module  string `yaml:"module"`
	Minutes int    `yaml:"minutes"`
	// Right is how many questions she answers rightly, from the first.
	Right int `yaml:"right"`
	// Parts is how many pages or scenes she goes on from before she leaves; 0 is all
	// of them, to the end.
	Parts int `yaml:"parts"`
}

// pack goes through a package made elsewhere: what is handed in is what its unit
// and the run time would hand in.
func (p *Play) pack(ctx context.Context, e Event) error {
	var in taken
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.Participant)
	if err != nil {
		return err
	}
	l, err := p.Player.Start(ctx, op(), player.Start{Cohort: p.cohort, Module: in.Module})
	if err != nil || l.Review {
		return err
	}
	r, err := p.Player.Run(ctx, l.Attempt)
	if err != nil {
		return err
	}
	if r.Course.Kind == player.Cmi5 {
		parts, err := p.pages(in.Module)
		if err != nil {
			return err
		}
		return p.speaks(ctx, r, parts, in)
	}
	if r.Course.Kind == player.H5P {
		parts, pass, err := p.scenes(in.Module)
		if err != nil {
			return err
		}
		return p.logs(ctx, r, h5pEntries(parts, pass, in))
	}
	parts, err := p.pages(in.Module)
	if err != nil {
		return err
	}
	return p.logs(ctx, r, scormEntries(r.Course.Kind, parts, in))
}

// logs opens a package in a frame, hands in what was done, and closes it.
func (p *Play) logs(ctx context.Context, r *player.Run, sets []map[string]string) error {
	o, err := p.Player.Open(ctx, op(), player.OpenRun{Attempt: r.Attempt.ID})
	if err != nil {
		return err
	}
	batch := player.Batch{Credential: o.Credential, Now: p.clock.Now().UnixMilli(), End: true}
	for i, set := range sets {
		entry, err := json.Marshal(map[string]any{"activity": o.Seed.Units[0].ID, "at": batch.Now, "set": set, "end": i == len(sets)-1})
		if err != nil {
			return err
		}
		batch.Entries = append(batch.Entries, player.Numbered{Number: int64(i + 1), Entry: entry})
	}
	_, err = p.Player.Accept(ctx, batch)
	return err
}

var (
	pageOf     = regexp.MustCompile(`<section data-page="([a-z-]+)">`)
	questionOf = regexp.MustCompile(`<fieldset data-question="([a-z-]+)" data-right="([a-z-]+)">`)
	optionOf   = regexp.MustCompile(`<input type="radio" name="([a-z-]+)" value="([a-z-]+)"`)
)

// pages reads the pages of a unit out of its page, in the first of its languages.
func (p *Play) pages(module string) ([]part, error) {
	src, err := p.read(packages + module + "/index.html")
	if err != nil {
		return nil, err
	}
	text, _, _ := strings.Cut(string(src), "</article>")
	options := map[string][]string{}
	for _, m := range optionOf.FindAllStringSubmatch(text, -1) {
		options[m[1]] = append(options[m[1]], m[2])
	}
	var out []part
	for _, section := range strings.Split(text, "</section>") {
		m := pageOf.FindStringSubmatch(section)
		if m == nil {
			continue
		}
		x := part{name: m[1]}
		for _, f := range questionOf.FindAllStringSubmatch(section, -1) {
			q := question{key: f[1], right: f[2]}
			for _, o := range options[q.key] {
				if o != q.right {
					q.wrong = o
				}
			}
			x.questions = append(x.questions, q)
		}
		out = append(out, x)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s has no pages", module)
	}
	return out, nil
}

// scenes reads those of a content of H5P.CadreChoice, and how many per cent pass it.
func (p *Play) scenes(module string) ([]part, int, error) {
	src, err := p.read(packages + module + "/content/content.json")
	if err != nil {
		return nil, 0, err
	}
	var of struct {
		Pass   int `json:"passPercentage"`
		Scenes []struct {
			ID      string `json:"id"`
			Options []struct {
				Correct bool `json:"correct"`
			} `json:"options"`
		} `json:"scenes"`
	}
	if err := json.Unmarshal(src, &of); err != nil {
		return nil, 0, fmt.Errorf("%s: %w", module, err)
	}
	var out []part
	for _, s := range of.Scenes {
		q := question{key: s.ID}
		for i, o := range s.Options {
			if o.Correct {
				q.right = fmt.Sprint(i)
			} else {
				q.wrong = fmt.Sprint(i)
			}
		}
		out = append(out, part{s.ID, []question{q}})
	}
	return out, of.Pass, nil
}

// walk is where she stands after so many parts.
type walk struct {
	in     taken
	parts  []part
	asked  int // of all parts
	right  int
	chosen map[string]string // by the question's key
}

func newWalk(parts []part, in taken) *walk {
	w := &walk{in: in, parts: parts, chosen: map[string]string{}}
	for _, x := range parts {
		w.asked += len(x.questions)
	}
	return w
}

// last is how many parts she goes on from.
func (w *walk) last() int {
	if w.in.Parts > 0 {
		return w.in.Parts
	}
	return len(w.parts)
}

// ends reports whether she comes to the end.
func (w *walk) ends() bool { return w.last() == len(w.parts) }

// answer answers a question, rightly as long as she is to.
func (w *walk) answer(q question) (given string, right bool) {
	given, right = q.wrong, w.right < w.in.Right
	if right {
		given = q.right
		w.right++
	}
	w.chosen[q.key] = given
	return given, right
}

// state is what a unit of packages/unit keeps after so many pages.
func (w *walk) state(page int) string {
	b, err := json.Marshal(map[string]any{"p": page, "f": page, "l": "en", "t": []string{}, "c": w.chosen, "e": page == len(w.parts)})
	if err != nil {
		panic(err) // texts and numbers always marshal
	}
	return string(b)
}

// share is a share of one, as SCORM 2004 has numbers.
func share(n, of int) string { return fmt.Sprint(float64(n*10000/of) / 10000) }

// scormEntries are what the unit sets in a run time of SCORM, page by page.
func scormEntries(kind player.Kind, parts []part, in taken) []map[string]string {
	w := newWalk(parts, in)
	old := kind == player.Scorm12
	name := func(of12, of2004 string) string {
		if old {
			return of12
		}
		return of2004
	}
	status, exit := name("cmi.core.lesson_status", "cmi.completion_status"), name("cmi.core.exit", "cmi.exit")
	out := []map[string]string{{status: "incomplete", exit: "suspend"}}
	for i, x := range parts[:w.last()] {
		set := map[string]string{}
		for _, q := range x.questions {
			n := len(w.chosen)
			given, right := w.answer(q)
			at := fmt.Sprintf("cmi.interactions.%d.", n)
			set[at+"id"], set[at+"type"], set[at+"correct_responses.0.pattern"] = q.key, "choice", q.right
			set[at+name("student_response", "learner_response")] = given
			set[at+"result"] = name("wrong", "incorrect")
			if right {
				set[at+"result"] = "correct"
			}
		}
		set["cmi.suspend_data"] = w.state(i + 1)
		set[name("cmi.core.lesson_location", "cmi.location")] = parts[min(i+1, len(parts)-1)].name
		if !old {
			set["cmi.progress_measure"] = share(i+1, len(parts))
		}
		out = append(out, set)
	}
	length := name(fmt.Sprintf("%04d:%02d:00", in.Minutes/60, in.Minutes%60), spent(in))
	end := map[string]string{name("cmi.core.total_time", "cmi.total_time"): length, exit: "suspend"}
	if w.ends() {
		end[status], end[exit] = "completed", name("", "normal")
		if w.asked > 0 {
			score := name("cmi.core.score.", "cmi.score.")
			end[score+"min"], end[score+"max"], end[score+"raw"] = "0", fmt.Sprint(w.asked), fmt.Sprint(w.right)
			if !old {
				end["cmi.score.scaled"], end["cmi.success_status"] = share(w.right, w.asked), "passed"
				if w.right*100 < 60*w.asked { // the mark that scripts/setup packs it with
					end["cmi.success_status"] = "failed"
				}
			}
		}
	}
	return append(out, end)
}

// spent is a time as SCORM 2004, H5P and xAPI have it.
func spent(in taken) string {
	return fmt.Sprintf("PT%dS", int((time.Duration(in.Minutes) * time.Minute).Seconds()))
}

// h5pEntries are what the run time of H5P sets for a content of H5P.CadreChoice,
// scene by scene.
func h5pEntries(parts []part, pass int, in taken) []map[string]string {
	w := newWalk(parts, in)
	var out []map[string]string
	chosen := map[string]json.Number{}
	for i, x := range parts[:w.last()] {
		q := x.questions[0]
		given, right := w.answer(q)
		chosen[q.key] = json.Number(given)
		result := "incorrect"
		if right {
			result = "correct"
		}
		state, err := json.Marshal(map[string]any{"chosen": chosen, "at": i + 1})
		if err != nil {
			panic(err) // texts and numbers always marshal
		}
		at := fmt.Sprintf("cmi.interactions.%d.", i)
		out = append(out, map[string]string{
			"cmi.completion_status": "incomplete", "cmi.progress_measure": share((i+1)*100/len(parts), 100),
			at + "id": q.key, at + "type": "choice", at + "learner_response": given, at + "result": result, "user_data.0.state": string(state),
		})
	}
	end := map[string]string{"cmi.exit": "suspend", "cmi.total_time": spent(in)}
	if w.ends() {
		end["cmi.completion_status"], end["cmi.success_status"], end["cmi.exit"] = "completed", "passed", "normal"
		if w.right*100 < pass*w.asked {
			end["cmi.success_status"] = "failed"
		}
		end["cmi.score.min"], end["cmi.score.max"], end["cmi.score.raw"] = "0", fmt.Sprint(w.asked), fmt.Sprint(w.right)
	}
	return append(out, end)
}
