package cmi5_test

import (
	"fmt"
	"strings"
	"testing"

	"cadre/internal/content/cmi5"
	"cadre/internal/content/manifest"
	"cadre/internal/content/manifest/manifesttest"
)

const words = `<title><langstring lang="en">T</langstring></title><description><langstring lang="en">D</langstring></description>`

// whole is a course with a block in it; the AU stands in line 4.
const whole = `<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">
<course id="https://example.org/c">` + words + `</course>
<objectives><objective id="https://example.org/o">` + words + `</objective></objectives>
<au id="https://example.org/a" moveOn="CompletedAndPassed" masteryScore="0.75" launchMethod="OwnWindow" activityType="https://example.org/type">` + words + `<objectives><objective idref="https://example.org/o"/></objectives><url>a.html?x=1</url><launchParameters>p</launchParameters><entitlementKey>k</entitlementKey></au>
<block id="https://example.org/b">` + words + `<au id="https://example.org/b/1">` + words + `<url>b.html</url></au></block>
</courseStructure>`

func read(t *testing.T, text string, bare bool) (*manifest.Manifest, *manifest.Report) {
	t.Helper()
	var r manifest.Report
	m, err := cmi5.Read(manifesttest.Files{cmi5.File: text, "a.html": "x", "b.html": "x"}, cmi5.File, bare, &r)
	if err != nil {
		t.Fatal(err)
	}
	return m, &r
}

func TestACourseIsRead(t *testing.T) {
	m, r := read(t, whole, false)
	if m == nil {
		t.Fatal(manifesttest.Found(r))
	}
	a, b := m.Units[0], m.Units[1]
	if a.PublisherID != "https://example.org/a" || a.ID != "a" || a.MoveOn != "CompletedAndPassed" || *a.Mastery != 0.75 || a.LaunchMethod != "OwnWindow" ||
		a.ActivityType != "https://example.org/type" || a.Address() != "a.html?x=1" || a.LaunchData != "p" || a.EntitlementKey != "k" || len(a.Objectives) != 1 || a.Block != "" {
		t.Errorf("%+v", a)
	}
	// What the manifest does not state has the specification's default (13.1.4).
	if b.MoveOn != "NotApplicable" || b.LaunchMethod != "AnyWindow" || b.Mastery != nil || b.Block != "https://example.org/b" {
		t.Errorf("%+v", b)
	}
	if len(m.Course.Blocks) != 1 || m.Course.Blocks[0].Units[0] != b.ID || len(m.Tree) != 2 || m.Tree[1].Nodes[0].ID != b.ID {
		t.Errorf("%+v %+v", m.Course, m.Tree)
	}
}

// course and goals are the course's own lines.
const (
	course = `<course id="https://example.org/c">` + words + `</course>`
	goals  = `<objectives><objective id="https://example.org/o">` + words + `</objective></objectives>`
)

// TestWhatMustBeRejected: sections 13 and 14 of the specification leave nothing
// of this to be repaired.
func TestWhatMustBeRejected(t *testing.T) {
	change := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(whole) }
	for name, c := range map[string]struct{ text, want string }{
		"another namespace":         {change("CourseStructure.xsd", "Other.xsd"), "error 1 package.cmi5-root"},
		"another root":              {"<course/>", "error 1 package.cmi5-root"},
		"a relative course id":      {change("https://example.org/c\"", "example.org/c\""), "error 2 package.cmi5-id-relative"},
		"a relative AU id":          {change("au id=\"https://example.org/a", "au id=\"example.org/a"), "error 4 package.cmi5-id-relative"},
		"a relative block id":       {change("https://example.org/b\"", "b\""), "error 5 package.cmi5-id-relative"},
		"two AUs of one id":         {change("https://example.org/b/1", "https://example.org/a"), "error 5 package.cmi5-id-twice"},
		"an AU with the course's":   {change("https://example.org/b/1", "https://example.org/c"), "error 5 package.cmi5-id-twice"},
		"an AU without an id":       {change(`id="https://example.org/b/1"`, ""), "error 5 package.cmi5-id-missing"},
		"a file that is missing":    {change("a.html", "c.html"), "error 4 package.launch-missing"},
		"a file in other capitals":  {change("a.html", "A.html"), "error 4 package.launch-missing"},
		"a way out":                 {change("a.html", "../a.html"), "error 4 package.href-outside"},
		"an absolute path":          {change("a.html", "/a.html"), "error 4 package.href-outside"},
		"no address":                {change("<url>b.html</url>", ""), "error 5 package.cmi5-missing"},
		"no title":                  {strings.Replace(whole, "<title><langstring lang=\"en\">T</langstring></title>", "", 1), "error 2 package.cmi5-missing"},
		"an unknown moveOn":         {change("CompletedAndPassed", "Whenever"), "error 4 package.cmi5-choice"},
		"an unknown launchMethod":   {change("OwnWindow", "Popup"), "error 4 package.cmi5-choice"},
		"a score above one":         {change("0.75", "75"), "error 4 package.cmi5-mastery"},
		"a score of five decimals":  {change("0.75", "0.75001"), "error 4 package.cmi5-mastery"},
		"a score in words":          {change("0.75", "most"), "error 4 package.cmi5-mastery"},
		"an unknown objective":      {change(`idref="https://example.org/o"`, `idref="https://example.org/x"`), "error 4 package.cmi5-objective"},
		"the name endpoint":         {change("x=1", "endpoint=1"), "error 4 package.cmi5-reserved"},
		"the name fetch":            {change("x=1", "y=1&amp;fetch=1"), "error 4 package.cmi5-reserved"},
		"the name actor":            {change("x=1", "actor=1"), "error 4 package.cmi5-reserved"},
		"the name registration":     {change("x=1", "registration=1"), "error 4 package.cmi5-reserved"},
		"the name activityId":       {change("x=1", "activityId=1"), "error 4 package.cmi5-reserved"},
		"an escaped reserved name":  {change("x=1", "%66etch=1"), "error 4 package.cmi5-reserved"},
		"an element of no meaning":  {change("<entitlementKey>", "<colour>red</colour><entitlementKey>"), "error 4 package.cmi5-element"},
		"two addresses":             {change("<url>b.html</url>", "<url>b.html</url><url>a.html</url>"), "error 5 package.cmi5-twice"},
		"an empty block":            {change(`<au id="https://example.org/b/1">`+words+`<url>b.html</url></au>`, ""), "error 5 package.cmi5-block-empty"},
		"an address that is broken": {change("a.html?x=1", "http://example.com index.html"), "error 4 package.href-form"},
		"a slip in capitals":        {change("masteryScore=", "masteryscore="), "error 4 package.cmi5-attribute"},
		"half an address":           {change("a.html?x=1", "//example.org/a.html"), "error 4 package.cmi5-url-scheme"},
		"an address before a title": {change("<au id=\"https://example.org/b/1\">"+words+"<url>b.html</url>", "<au id=\"https://example.org/b/1\"><url>b.html</url>"+words), "error 5 package.cmi5-order"},
		"a description first":       {strings.Replace(whole, words, "<description><langstring>D</langstring></description><title><langstring>T</langstring></title>", 1), "error 2 package.cmi5-order"},
		"objectives behind units":   {change(goals, "", "</courseStructure>", goals+"</courseStructure>"), "error 6 package.cmi5-order"},
		"the course behind units":   {change(course, "", "</courseStructure>", course+"</courseStructure>"), "error 6 package.cmi5-order"},
		"an extension amid others":  {change("<entitlementKey>", `<x:colour xmlns:x="urn:x"/><entitlementKey>`), "error 4 package.cmi5-order"},
		"no objective":              {change(goals, "<objectives/>"), "error 3 package.cmi5-missing"},
		"no objective to refer to":  {change(`<objective idref="https://example.org/o"/>`, ""), "error 4 package.cmi5-missing"},
		"objectives of something":   {change("</objective></objectives>\n", "</objective><colour/></objectives>\n"), "error 3 package.cmi5-element"},
		"an objective's own":        {change(`<objective id="https://example.org/o"`, `<objective id="https://example.org/o" colour="red"`), "error 3 package.cmi5-attribute"},
		"a reference's own":         {change(`idref=`, `xmlns:v="urn:v" v:colour="red" idref=`), "error 4 package.cmi5-attribute"},
		"an extended objective":     {change("</objective></objectives>\n", `<x:colour xmlns:x="urn:x"/></objective></objectives>`+"\n"), "error 3 package.cmi5-element"},
		"a title of something":      {change("</title>", "<b>T</b></title>"), "error 2 package.cmi5-element"},
		"a title of plain text":     {change(`<title><langstring lang="en">T</langstring></title>`, "<title>T</title>"), "error 2 package.cmi5-text"},
		"a title of others' words":  {change(`<title><langstring lang="en">T</langstring>`, `<title><v:langstring xmlns:v="urn:v" lang="en">T</v:langstring>`), "error 2 package.cmi5-missing"},
		"a wording with markup":     {change(`>T</langstring>`, `>T<x:b xmlns:x="urn:x"/></langstring>`), "error 2 package.cmi5-element"},
		"an element of no space":    {change("</courseStructure>", `<colour xmlns=""/></courseStructure>`), "error 6 package.cmi5-element"},
		"a language that is none":   {change(`lang="en"`, `lang="en_US"`), "error 2 package.cmi5-language"},
		"a score in hexadecimals":   {change("0.75", "0x1p-1"), "error 4 package.cmi5-mastery"},
		"a score in powers":         {change("0.75", "75e-2"), "error 4 package.cmi5-mastery"},
		"a score parted by _":       {change("0.75", "0_0.5"), "error 4 package.cmi5-mastery"},
		"a score that is infinite":  {change("0.75", "Infinity"), "error 4 package.cmi5-mastery"},
		"a word with a space":       {change("CompletedAndPassed", " CompletedAndPassed"), "error 4 package.cmi5-choice"},
		"a broken escape":           {change("x=1", "x=%zz"), "error 4 package.href-form"},
		"a script":                  {change("a.html?x=1", "javascript:alert(1)"), "error 4 package.href-scheme"},
	} {
		m, r := read(t, c.text, false)
		found := manifesttest.Found(r)
		if m != nil || len(found) == 0 || !contains(found, c.want) {
			t.Errorf("%s: found %q, want %s", name, found, c.want)
		}
	}
}

func contains(all []string, want string) bool {
	for _, s := range all {
		if s == want {
			return true
		}
	}
	return false
}

// TestExtensionsAreLeftAlone: elements and attributes of other namespaces, wherever the
// schema has room for them, are never taken for cmi5's own (13.1.5).
func TestExtensionsAreLeftAlone(t *testing.T) {
	change := func(pairs ...string) string {
		return strings.NewReplacer(append(pairs, "<courseStructure ", `<courseStructure xmlns:v="urn:v" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b" `)...).Replace(whole)
	}
	for name, text := range map[string]string{
		"an element":              change("</entitlementKey>", `</entitlementKey><v:colour shade="dark">red<v:deep><au xmlns="`+cmi5.Space+`"/></v:deep></v:colour>`),
		"elements all over":       change("</course>", "<v:a/></course>", "</objectives><url>", "<v:objective idref='x'/></objectives><url>", "</courseStructure>", "<v:au id='x'/><v:block/></courseStructure>", "</title>", "<v:title/></title>"),
		"objectives of its own":   change("</au></block>", `<v:objectives><v:objective idref="urn:x"/></v:objectives></au></block>`, "</courseStructure>", "<v:objectives><v:objective id='x'/></v:objectives></courseStructure>"),
		"an attribute":            change(`id="https://example.org/b/1"`, `id="https://example.org/b/1" v:moveOn="sometimes" v:id="x" v:masteryScore="0.1" v:launchMethod="OwnWindow"`),
		"attributes in a wording": change(`<langstring lang`, `<langstring v:lang="not a tag" lang`),
		"parameters in elements":  change("<launchParameters>p", "<launchParameters x='1'>p<q>r</q>"),
		"a query in parts":        change("a.html?x=1", "a.html?x=1;endpoint=2"),
	} {
		m, r := read(t, text, false)
		if m == nil || len(r.Problems) > 0 {
			t.Errorf("%s: %q", name, manifesttest.Found(r))
			continue
		}
		if u := m.Units[1]; u.MoveOn != "NotApplicable" || u.Mastery != nil || u.LaunchMethod != "AnyWindow" || len(u.Objectives) > 0 || len(m.Units) != 2 {
			t.Errorf("%s: %+v", name, u)
		}
	}
	m, _ := read(t, change("a.html?x=1", "a.html?x=1;y=2"), false)
	if m == nil || m.Units[0].Address() != "a.html?x=1;y=2" {
		t.Errorf("%+v", m)
	}
}

func TestACourseWithoutFilesIsRemote(t *testing.T) {
	_, r := read(t, whole, true)
	manifesttest.Expect(t, "relative addresses", r, "error 4 package.cmi5-url-relative", "error 5 package.cmi5-url-relative")
	m, r := read(t, strings.NewReplacer("a.html?x=1", "https://example.org/a?x=1", "b.html", "https://example.org/b").Replace(whole), true)
	if m == nil || m.Units[0].URL != "https://example.org/a?x=1" || m.Units[0].Path != "" {
		t.Errorf("%v %v", m, manifesttest.Found(r))
	}
}

func TestAThousandUnits(t *testing.T) {
	var b strings.Builder
	b.WriteString(`<courseStructure xmlns="` + cmi5.Space + `"><course id="https://example.org/c">` + words + `</course>`)
	for i := range 1500 {
		fmt.Fprintf(&b, `<au id="https://example.org/au/%d/index">%s<url>a.html</url></au>`, i, words)
	}
	b.WriteString("</courseStructure>")
	m, r := read(t, b.String(), false)
	if m == nil || len(m.Units) != 1500 {
		t.Fatal(manifesttest.Found(r))
	}
	seen := map[string]bool{}
	for _, u := range m.Units {
		if seen[u.ID] {
			t.Fatalf("two units are called %s", u.ID)
		}
		seen[u.ID] = true
	}
}

// Blocks count as units do.
func TestTooManyUnits(t *testing.T) {
	whole := func(inner string) string {
		return `<courseStructure xmlns="` + cmi5.Space + `">` + course + "\n" + inner + "</courseStructure>"
	}
	var b strings.Builder
	for i := range 10_001 {
		fmt.Fprintf(&b, `<block id="urn:b:%d">%s<au id="urn:a:%d">%s<url>a.html</url></au></block>`, i, words, i, words)
	}
	_, r := read(t, whole(b.String()), false)
	manifesttest.Expect(t, "blocks and units", r, "error 1 package.too-many-units")
	_, r = read(t, whole(strings.Repeat("<block/>", 100_000)), false)
	manifesttest.Expect(t, "blocks of nothing", r, "error 1 package.too-many-units")
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(whole), false)
	// What is short is tried more often.
	f.Add([]byte(`<courseStructure xmlns="`+cmi5.Space+`"><course id="https://example.org/c">`+words+`</course><au id="https://example.org/a">`+words+`<url>a.html</url></au></courseStructure>`), false)
	f.Fuzz(func(t *testing.T, data []byte, bare bool) {
		var r manifest.Report
		m, err := cmi5.Read(manifesttest.Files{cmi5.File: string(data), "a.html": "x"}, cmi5.File, bare, &r)
		if err != nil || (m == nil) != r.Bad() {
			t.Fatalf("a manifest: %v, an error: %v, %v", m != nil, r.Bad(), err)
		}
	})
}
