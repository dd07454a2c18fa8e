package tincan_test

import (
	"strings"
	"testing"

	"cadre/internal/content/manifest"
	"cadre/internal/content/manifest/manifesttest"
	"cadre/internal/content/tincan"
)

const whole = `<tincan xmlns="http://projecttincan.com/tincan.xsd"><activities>
<activity id="https://example.org/a" type="http://adlnet.gov/expapi/activities/course"><name lang="en">Course</name><name lang="ur">کورس</name><launch lang="en-US">a.html?x=1</launch></activity>
<activity id="https://example.org/a/q" type="http://adlnet.gov/expapi/activities/interaction"><name lang="en">Question</name></activity>
</activities></tincan>`

func TestTincan(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"nothing":              {whole, nil},
		"another root":         {"<activities/>", []string{"error 1 package.tincan-root"}},
		"nothing to launch":    {strings.Replace(whole, "<launch lang=\"en-US\">a.html?x=1</launch>", "", 1), []string{"error 1 package.nothing-to-launch"}},
		"a missing file":       {strings.Replace(whole, "a.html", "b.html", 1), []string{"error 2 package.launch-missing"}},
		"other capitals":       {strings.Replace(whole, "a.html", "A.html", 1), []string{"warning 2 package.file-case"}},
		"no id":                {strings.Replace(whole, `id="https://example.org/a" `, "", 1), []string{"error 2 package.tincan-id"}},
		"an id that is no IRI": {strings.Replace(whole, "https://example.org/a\"", "course-1\"", 1), []string{"error 2 package.tincan-id-relative"}},
	} {
		var r manifest.Report
		m, err := tincan.Read(manifesttest.Files{tincan.File: c.text, "a.html": "x"}, &r)
		if err != nil || (m == nil) != r.Bad() {
			t.Errorf("%s: %v, %v", name, m, err)
		}
		manifesttest.Expect(t, name, &r, c.want...)
	}
	var r manifest.Report
	m, err := tincan.Read(manifesttest.Files{tincan.File: whole, "a.html": "x"}, &r)
	if err != nil || len(m.Units) != 1 || m.Units[0].Address() != "a.html?x=1" || m.Title.Values["ur"] != "کورس" || m.Units[0].Language != "en-US" {
		t.Errorf("%+v, %v", m, err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(whole))
	f.Fuzz(func(t *testing.T, data []byte) {
		var r manifest.Report
		m, err := tincan.Read(manifesttest.Files{tincan.File: string(data), "a.html": "x"}, &r)
		if err != nil || (m == nil) != r.Bad() {
			t.Fatalf("a manifest: %v, an error: %v, %v", m != nil, r.Bad(), err)
		}
	})
}
