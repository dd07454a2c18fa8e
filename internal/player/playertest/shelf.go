// Package playertest puts packages on a shelf for tests: small ones, written for
// the purpose, whose units do what a test tells them to.
package playertest

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"mime"
	"path"
	"slices"
	"strings"

	"cadre/internal/access"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/player"
)

// Shelf holds packages by module key. It is filled before it is used.
type Shelf struct {
	courses map[id.ModuleVersion]*player.Course
	files   map[id.ModuleVersion]map[string]string
	current map[string][]id.ModuleVersion
}

// Put puts a package on the shelf, with its files by path, as the version that is out
// now of its module in its language.
func (s *Shelf) Put(c *player.Course, files map[string]string) {
	if s.courses == nil {
		s.courses, s.files = map[id.ModuleVersion]*player.Course{}, map[id.ModuleVersion]map[string]string{}
		s.current = map[string][]id.ModuleVersion{}
	}
	if c.Version == "" {
		c.Version = id.New[id.ModuleVersion]()
	}
	s.courses[c.Version], s.files[c.Version] = c, files
	out := s.current[c.Key]
	for i, v := range out {
		if before := s.courses[v]; before.Language == c.Language {
			if c.Module == "" {
				c.Module = before.Module
			}
			out[i] = c.Version
			return
		}
	}
	if c.Module == "" {
		c.Module = id.New[id.Module]()
	}
	if len(out) > 0 {
		c.Of = s.courses[out[0]].Module
	}
	s.current[c.Key] = append(out, c.Version)
}

// Withdraw takes a module in a language out of use.
func (s *Shelf) Withdraw(key, language string) {
	s.current[key] = slices.DeleteFunc(s.current[key], func(v id.ModuleVersion) bool {
		c := s.courses[v]
		c.Withdrawn = c.Withdrawn || c.Language == language
		return c.Withdrawn
	})
}

func missing() error { return fault.New(fault.NotFound, "fault.not-found", nil) }

// Current answers player.
func (s *Shelf) Current(_ *db.Tx, module string) ([]id.ModuleVersion, error) {
	if len(s.current[module]) == 0 {
		return nil, missing()
	}
	return slices.Clone(s.current[module]), nil
}

// Key answers player.
func (s *Shelf) Key(_ *db.Tx, p id.Module) (string, error) {
	for _, c := range s.courses {
		if c.Module == p && p != "" {
			return c.Key, nil
		}
	}
	return "", missing()
}

// Course answers player.
func (s *Shelf) Course(_ *db.Tx, v id.ModuleVersion) (*player.Course, error) {
	c, ok := s.courses[v]
	if !ok {
		return nil, missing()
	}
	return c, nil
}

// MayPreview answers player: whoever may list modules where she acts.
func (s *Shelf) MayPreview(tx *db.Tx, v id.ModuleVersion) error {
	a := tx.Actor()
	if s.courses[v] == nil || !access.Allows(a, access.List, access.Here(a, access.Module)) {
		return missing()
	}
	return nil
}

type reader struct{ *strings.Reader }

func (reader) Close() error { return nil }

// CourseFile answers player.
func (s *Shelf) CourseFile(_ *db.Tx, v id.ModuleVersion, name string) (*player.CourseFile, error) {
	text, ok := s.files[v][name]
	if !ok {
		return nil, missing()
	}
	sum := sha256.Sum256([]byte(text))
	return &player.CourseFile{
		Media: mediaOf(name), Digest: hex.EncodeToString(sum[:]), Size: int64(len(text)),
		Open: func() (io.ReadSeekCloser, error) { return reader{strings.NewReader(text)}, nil },
	}, nil
}

// CourseFiles answers player.
func (s *Shelf) CourseFiles(_ *db.Tx, v id.ModuleVersion) ([]player.ListedFile, error) {
	var out []player.ListedFile
	for _, name := range slices.Sorted(maps.Keys(s.files[v])) {
		out = append(out, player.ListedFile{Path: name, Media: mediaOf(name), Bytes: int64(len(s.files[v][name]))})
	}
	return out, nil
}

func mediaOf(name string) string {
	return cmp.Or(mime.TypeByExtension(path.Ext(name)), "application/octet-stream")
}

// Puppet is the page of a unit that does what the test tells it: it evaluates
// what arrives as a message and answers with the outcome. api is the run time as
// SCORM's own search finds it. On leaving it says goodbye, as older packages do.
const Puppet = `<!doctype html><html><head><meta charset="utf-8"><title>Unit</title><script>
function search(name) {
  var w = window;
  for (var i = 0; i < 8; i++) {
    try { if (w[name]) return w[name]; } catch (e) { return null; }
    if (w.parent === w) return null;
    w = w.parent;
  }
  return null;
}
var api = search("API"), api2 = search("API_1484_11");
var said = api ? api.LMSInitialize("") : api2 ? api2.Initialize("") : "no API";
var quiet = false;
window.addEventListener("unload", function () {
  if (quiet || said !== "true") return;
  if (api) api.LMSFinish(""); else if (api2) api2.Terminate("");
});
window.addEventListener("message", function (event) {
  var d = event.data;
  if (!d || d.test === undefined) return;
  var value;
  try { value = (0, eval)(d.js); } catch (e) { value = "threw " + e; }
  Promise.resolve(value).then(function (v) { return v; }, function (e) { return "rejected " + e; }).then(function (v) {
    event.source.postMessage({ answer: d.test, value: v === undefined ? null : v }, "*");
  });
});
</script></head><body><h1>Unit</h1></body></html>`

// Scorm12 is a package of SCORM 1.2 with two units, the second of which asks for
// the first.
func Scorm12(key string) (*player.Course, map[string]string) {
	return &player.Course{
		Key: key, Kind: player.Scorm12, Title: "Indicators", Language: "en", Bytes: 4000,
		Units: []player.Unit{
			{ID: "CHAPTER", Title: "Chapter", Units: []player.Unit{
				{ID: "INTRO", Title: "Introduction", Href: "intro.html?a=1", Given: map[string]string{"cmi.launch_data": "from the manifest"}},
				{ID: "EXAM", Title: "Examination", Href: "exam.html", Prerequisites: "INTRO", Given: map[string]string{"cmi.student_data.mastery_score": "80"}},
			}},
		},
	}, map[string]string{"intro.html": Puppet, "exam.html": Puppet}
}

// Scorm2004 is a package of SCORM 2004 with three units: a lesson, a test, and a
// remedial unit that is passed over once the test is satisfied.
func Scorm2004(key string) (*player.Course, map[string]string) {
	type m = map[string]any
	objective := func(write bool) m {
		return m{"objectiveID": "PRIMARY", "isPrimary": true, "mapInfo": []m{{
			"targetObjectiveID": "org.example.test", "readSatisfiedStatus": !write, "writeSatisfiedStatus": write,
		}}}
	}
	sequencing, err := json.Marshal(m{"activityTree": m{
		"id": "ORG", "title": "Interviewing", "sequencingControls": m{"choice": true, "flow": true},
		"children": []m{
			{"id": "LESSON", "title": "Lesson"},
			{"id": "TEST", "title": "Test", "primaryObjective": objective(true)},
			{
				"id": "MORE", "title": "More", "primaryObjective": objective(false),
				"sequencingControls": m{"rollupProgressCompletion": false, "rollupObjectiveSatisfied": false},
				"sequencingRules":    m{"preConditionRules": []m{{"action": "skip", "conditions": []m{{"condition": "satisfied"}}}}},
			},
		},
	}})
	if err != nil {
		panic(err) // it is a constant
	}
	return &player.Course{
		Key: key, Kind: player.Scorm2004, Title: "Interviewing", Language: "en", Bytes: 5000, Sequencing: sequencing, Shared: true,
		Units: []player.Unit{
			{ID: "LESSON", Title: "Lesson", Href: "lesson.html"},
			{ID: "TEST", Title: "Test", Href: "test.html", Given: map[string]string{"cmi.scaled_passing_score": "0.8"}},
			{ID: "MORE", Title: "More", Href: "more.html"},
		},
	}, map[string]string{"lesson.html": Puppet, "test.html": Puppet, "more.html": Puppet}
}

// Rules is a package of SCORM 2004 whose first unit writes a measure that its second
// is completed by, with a group that can be chosen and attempted once.
func Rules(key string) (*player.Course, map[string]string) {
	type m = map[string]any
	measure := func(write bool) m {
		return m{"objectiveID": "_primary", "isPrimary": true, "mapInfo": []m{{
			"targetObjectiveID": "org.example.measure", "readSatisfiedStatus": false, "readNormalizedMeasure": false,
			"readCompletionStatus": false, "readProgressMeasure": !write, "writeProgressMeasure": write,
		}}}
	}
	sequencing, err := json.Marshal(m{"activityTree": m{
		"id": "ORG", "title": "Rules", "sequencingControls": m{"choice": true, "flow": true},
		"children": []m{
			{"id": "FIRST", "title": "First", "primaryObjective": measure(true)},
			{
				"id": "SECOND", "title": "Second", "primaryObjective": measure(false),
				"completionThreshold": m{"completedByMeasure": true, "minProgressMeasure": 0.5},
				"sequencingRules":     m{"preConditionRules": []m{{"action": "skip", "conditions": []m{{"condition": "completed"}}}}},
			},
			{"id": "THIRD", "title": "Third"},
			{
				"id": "GROUP", "title": "Group", "attemptLimit": 1, "sequencingControls": m{"choice": true, "flow": true},
				"children": []m{{"id": "INNER", "title": "Inner"}, {"id": "NEXT", "title": "Next"}},
			},
			{"id": "LAST", "title": "Last"},
		},
	}})
	if err != nil {
		panic(err) // it is a constant
	}
	files := map[string]string{}
	unit := func(id, title string) player.Unit {
		name := strings.ToLower(title) + ".html"
		files[name] = Puppet
		return player.Unit{ID: id, Title: title, Href: name}
	}
	return &player.Course{
		Key: key, Kind: player.Scorm2004, Title: "Rules", Language: "en", Bytes: 5000, Sequencing: sequencing,
		Units: []player.Unit{
			unit("FIRST", "First"), unit("SECOND", "Second"), unit("THIRD", "Third"),
			{ID: "GROUP", Title: "Group", Units: []player.Unit{unit("INNER", "Inner"), unit("NEXT", "Next")}},
			unit("LAST", "Last"),
		},
	}, files
}

// Ways is a package of SCORM 2004 whose rules say where she may go: a group without flow,
// a unit that is shut by the second of its rules, one that is hidden, a group that only
// leads forward and is left when its measure is high enough, and a unit that leads on by
// itself.
func Ways(key string) (*player.Course, map[string]string) {
	type m = map[string]any
	always := func(actions ...string) m {
		var rules []m
		for _, a := range actions {
			rules = append(rules, m{"action": a, "conditions": []m{{"condition": "always"}}})
		}
		return m{"preConditionRules": rules}
	}
	own := m{"objectiveID": "_primary", "isPrimary": true}
	sequencing, err := json.Marshal(m{"activityTree": m{
		"id": "ORG", "title": "Ways", "sequencingControls": m{"choice": true, "flow": true},
		"children": []m{
			{"id": "ONE", "title": "One"},
			{
				"id": "WEIGHED", "title": "Weighed", "sequencingControls": m{"flow": true, "forwardOnly": true},
				"primaryObjective": m{"objectiveID": "whole", "isPrimary": true, "satisfiedByMeasure": true, "minNormalizedMeasure": 0.5},
				"sequencingRules":  m{"exitConditionRules": []m{{"action": "exit", "conditions": []m{{"condition": "satisfied"}}}}},
				"children": []m{
					{"id": "HALF", "title": "Half", "primaryObjective": own},
					{
						"id": "REST", "title": "Rest", "primaryObjective": own,
						"sequencingRules": m{"postConditionRules": []m{{"action": "continue", "conditions": []m{{"condition": "always"}}}}},
					},
				},
			},
			{"id": "END", "title": "End"},
			{"id": "STILL", "title": "Still", "children": []m{{"id": "INSIDE", "title": "Inside"}}},
			{"id": "SHUT", "title": "Shut", "sequencingRules": always("stopForwardTraversal", "disabled")},
			{"id": "SECRET", "title": "Secret", "sequencingRules": always("skip", "hiddenFromChoice")},
		},
	}})
	if err != nil {
		panic(err) // it is a constant
	}
	files := map[string]string{}
	unit := func(id, title string) player.Unit {
		name := strings.ToLower(title) + ".html"
		files[name] = Puppet
		return player.Unit{ID: id, Title: title, Href: name}
	}
	return &player.Course{
		Key: key, Kind: player.Scorm2004, Title: "Ways", Language: "en", Bytes: 5000, Sequencing: sequencing,
		Units: []player.Unit{
			unit("ONE", "One"),
			{ID: "WEIGHED", Title: "Weighed", Units: []player.Unit{unit("HALF", "Half"), unit("REST", "Rest")}},
			unit("END", "End"),
			{ID: "STILL", Title: "Still", Units: []player.Unit{unit("INSIDE", "Inside")}},
			unit("SHUT", "Shut"), unit("SECRET", "Secret"),
		},
	}, files
}
