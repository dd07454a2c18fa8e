package scorm_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"cadre/internal/content/manifest"
	"cadre/internal/content/manifest/manifesttest"
	"cadre/internal/content/scorm"
)

// head12 and head2004 begin a manifest; line 2 is where the caller's text begins.
const (
	head12   = `<manifest identifier="m" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2"><metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>` + "\n"
	head2004 = `<manifest identifier="m" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" xmlns:adlseq="http://www.adlnet.org/xsd/adlseq_v1p3" xmlns:adlnav="http://www.adlnet.org/xsd/adlnav_v1p3" xmlns:imsss="http://www.imsglobal.org/xsd/imsss"><metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion></metadata>` + "\n"
	sco      = `<resource identifier="r" type="webcontent" adlcp:scormtype="sco" href="a.html"/>`
	org      = `<organizations default="o"><organization identifier="o"><title>T</title><item identifier="i" identifierref="r"><title>I</title></item></organization></organizations>`
)

func read(t *testing.T, text string, more ...string) (*manifest.Manifest, *manifest.Report) {
	t.Helper()
	files := manifesttest.Files{scorm.File: text, "a.html": "x"}
	for _, m := range more {
		files[m] = "x"
	}
	var r manifest.Report
	m, err := scorm.Read(files, &r)
	if err != nil {
		t.Fatal(err)
	}
	if (m == nil) != r.Bad() {
		t.Errorf("a manifest: %v, an error: %v", m != nil, r.Bad())
	}
	return m, &r
}

func TestWhatToolsGetWrong(t *testing.T) {
	res := func(s string) string { return "<resources>" + s + "</resources></manifest>" }
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"nothing":                      {head12 + org + res(sco), nil},
		"no version":                   {strings.Replace(head12, "<schemaversion>1.2</schemaversion>", "", 1) + org + res(sco), []string{"warning 1 package.version-guessed"}},
		"another root":                 {"<course/>", []string{"error 1 package.no-manifest-element"}},
		"Common Cartridge":             {strings.Replace(head12, "ADL SCORM", "IMS Common Cartridge", 1) + org + res(sco), []string{"error 1 package.common-cartridge"}},
		"no resources":                 {head12 + org + "</manifest>", []string{"error 1 package.no-resources", "error 2 package.resource-missing"}},
		"the launch file is missing":   {head12 + org + "\n" + res(strings.Replace(sco, "a.html", "b.html", 1)), []string{"error 3 package.launch-missing"}},
		"a way out":                    {head12 + org + "\n" + res(strings.Replace(sco, "a.html", "../../a.html", 1)), []string{"error 3 package.href-outside"}},
		"a script as address":          {head12 + org + "\n" + res(strings.Replace(sco, "a.html", "javascript:alert(1)", 1)), []string{"error 3 package.href-scheme"}},
		"other capitals":               {head12 + org + "\n" + res(strings.Replace(sco, "a.html", "A.HTML", 1)), []string{"warning 3 package.file-case"}},
		"kind in capitals":             {head12 + org + "\n" + res(strings.Replace(sco, `"sco"`, `"SCO"`, 1)), []string{"warning 3 package.scormtype-form"}},
		"no kind":                      {head12 + org + "\n" + res(strings.Replace(sco, `adlcp:scormtype="sco"`, "", 1)), []string{"warning 3 package.scormtype-form"}},
		"a resource twice":             {head12 + org + "\n" + res(sco+"\n"+sco), []string{"warning 4 package.resource-twice"}},
		"no such resource":             {head12 + strings.Replace(org, `identifierref="r"`, `identifierref="x"`, 1) + res(sco), []string{"error 2 package.resource-missing"}},
		"no such default":              {head12 + strings.Replace(org, `default="o"`, `default="x"`, 1) + res(sco), []string{"warning 2 package.organization-default"}},
		"no tree":                      {head12 + "<organizations/>" + res(sco), []string{"warning 2 package.no-organization"}},
		"no tree, nothing to open":     {head12 + "<organizations/>" + res(""), []string{"error 1 package.nothing-to-launch", "warning 2 package.no-organization"}},
		"a listed file is missing":     {head12 + org + res(strings.Replace(sco, "/>", "><file href='x.js'/></resource>", 1)), []string{"warning 2 package.file-missing"}},
		"an unknown dependency":        {head12 + org + res(strings.Replace(sco, "/>", "><dependency identifierref='x'/></resource>", 1)), []string{"warning 2 package.dependency-missing"}},
		"two items of one name":        {head12 + strings.Replace(org, "</organization>", "\n<item identifier='i' identifierref='r'><title>J</title></item></organization>", 1) + res(sco), []string{"warning 3 package.item-twice"}},
		"a bad score and bad times":    {head12 + strings.Replace(org, "<title>I</title>", "<title>I</title><adlcp:masteryscore>eighty</adlcp:masteryscore><adlcp:maxtimeallowed>1h</adlcp:maxtimeallowed><adlcp:timelimitaction>stop</adlcp:timelimitaction>", 1) + res(sco), []string{"warning 2 package.value-ignored", "warning 2 package.value-ignored", "warning 2 package.value-ignored"}},
		"an unknown prerequisite":      {head12 + strings.Replace(org, "<title>I</title>", `<title>I</title><adlcp:prerequisites type="aicc_script">i&amp;(gone|~"passed")</adlcp:prerequisites>`, 1) + res(sco), []string{"warning 2 package.prerequisite-unknown"}},
		"everything at once":           {head12 + strings.Replace(org, `identifierref="r"`, `identifierref="x"`, 1) + "\n" + res(strings.Replace(sco, "a.html", "b.html", 1)), []string{"error 2 package.resource-missing", "warning 3 package.resource-unused"}},
		"leftovers":                    {head12 + org + "\n" + res(sco+`<resource identifier="s" adlcp:scormtype="asset" href="gone.js"/><resource identifier="t" adlcp:scormtype="asset" href="mailto:a@example.org"/>`), []string{"warning 3 package.resource-unused", "warning 3 package.resource-unused"}},
		"a page among its files":       {head12 + org + res(`<resource identifier="r" adlcp:scormtype="sco"><file href="a.html"/><file href="a.js"/></resource>`), []string{"warning 2 package.resource-page", "warning 2 package.file-missing"}},
		"two pages among its files":    {head12 + org + res(`<resource identifier="r" adlcp:scormtype="sco"><file href="a.html"/><file href="a.html"/></resource>`), []string{"error 2 package.resource-no-href"}},
		"a folder with a backslash":    {head12 + org + strings.Replace(res(sco), "<resources>", `<resources xml:base=".\">`, 1), nil},
		"a document type":              {"<!DOCTYPE manifest>\n" + head12 + org + res(sco), []string{"error 1 package.xml-doctype"}},
		"a rule that is none":          {head2004 + strings.Replace(org, "<title>I</title>", "<title>I</title><imsss:sequencing><imsss:sequencingRules><imsss:preConditionRule><imsss:ruleConditions><imsss:ruleCondition condition='always'/></imsss:ruleConditions><imsss:ruleAction action='explode'/></imsss:preConditionRule></imsss:sequencingRules></imsss:sequencing>", 1) + res(sco), []string{"warning 2 package.rule-ignored"}},
		"a collection that is missing": {head2004 + strings.Replace(org, "<title>I</title>", "<title>I</title><imsss:sequencing IDRef='gone'/>", 1) + res(sco), []string{"warning 2 package.sequencing-missing"}},
	} {
		_, r := read(t, c.text)
		manifesttest.Expect(t, name, r, c.want...)
	}
}

// What a chapter asks for is asked of all that is in it; scores and times are read as
// tools write them.
func TestWhatAUnitIsGiven(t *testing.T) {
	m, r := read(t, head12+`<organizations default="o"><organization identifier="o"><title>T</title>
<item identifier="c1"><title>C1</title><item identifier="a" identifierref="r"><title>A</title><adlcp:masteryscore>80%</adlcp:masteryscore><adlcp:maxtimeallowed>0:30:00</adlcp:maxtimeallowed></item></item>
<item identifier="c2"><title>C2</title><adlcp:prerequisites type="aicc_script">c1</adlcp:prerequisites>
<item identifier="b" identifierref="r"><title>B</title><adlcp:prerequisites type="aicc_script">a|c1</adlcp:prerequisites><adlcp:maxtimeallowed>PT1H90M5S</adlcp:maxtimeallowed></item>
<item identifier="c" identifierref="r"><title>C</title></item></item>
<item identifier="d" identifierref="r"><title>D</title></item></organization></organizations><resources>`+sco+`</resources></manifest>`)
	manifesttest.Expect(t, "forgiven", r, "warning 3 package.value-taken", "warning 3 package.value-taken", "warning 5 package.value-taken")
	var got []string
	for _, u := range m.Units {
		mastery := ""
		if u.Mastery != nil {
			mastery = fmt.Sprint(*u.Mastery)
		}
		got = append(got, u.PublisherID+" "+u.Prerequisites+" "+mastery+" "+u.MaxTime)
	}
	if s := strings.Join(got, "; "); s != "a  80 00:30:00; b (c1)&(a|c1)  02:30:05; c c1  ; d   " {
		t.Errorf("units: %s", s)
	}
}

func TestAddressesAreResolved(t *testing.T) {
	for _, c := range []struct{ base, href, parameters, want string }{
		{"", "a.html", "", "a.html"},
		{"", "a.html?x=1#y", "", "a.html?x=1#y"},
		{"", "a.html", "?x=1", "a.html?x=1"},
		{"", "a.html", "&x=1", "a.html?x=1"},
		{"", "a.html", "x=1", "a.html?x=1"},
		{"", "a.html?x=1", "?y=2", "a.html?x=1&y=2"},
		{"", "a.html", "#top", "a.html#top"},
		{"", "a.html?x=1", "y=2#top", "a.html?x=1&y=2#top"},
		{"", "./a.html", "", "a.html"},
		{"sub/", "b.html", "", "sub/b.html"},
		{"sub", "../a.html", "", "a.html"},
		{"", "a%20b.html", "", "a%20b.html"},
		{"", `sub\b.html`, "", "sub/b.html"},
		{"", "https://example.org/x?a=1", "b=2", "https://example.org/x?a=1&b=2"},
	} {
		text := head12 + strings.Replace(org, `identifierref="r"`, fmt.Sprintf(`identifierref="r" parameters="%s"`, strings.ReplaceAll(c.parameters, "&", "&amp;")), 1) +
			fmt.Sprintf(`<resources xml:base="%s"><resource identifier="r" adlcp:scormtype="sco" href="%s"/></resources></manifest>`, c.base, c.href)
		m, r := read(t, text, "sub/b.html", "a b.html")
		if m == nil {
			t.Errorf("%+v: %v", c, manifesttest.Found(r))
			continue
		}
		if got := m.Units[0].Address(); got != c.want {
			t.Errorf("%+v is launched at %s", c, got)
		}
	}
}

// TestSequencingIsWrittenAsTheRunTimeTakesIt compares the whole with JSON in the
// shape of scorm-again's settings.
func TestSequencingIsWrittenAsTheRunTimeTakesIt(t *testing.T) {
	m, r := read(t, head2004+`<organizations default="o"><organization identifier="o" adlseq:objectivesGlobalToSystem="false"><title>Course</title>
<item identifier="lesson" identifierref="r"><title>Lesson</title></item>
<item identifier="test" identifierref="r" isvisible="false"><title>Test</title><adlcp:timeLimitAction>exit,no message</adlcp:timeLimitAction><adlcp:dataFromLMS>d</adlcp:dataFromLMS>
 <adlcp:completionThreshold completedByMeasure="true" minProgressMeasure="0.75"/>
 <imsss:sequencing IDRef="common"><imsss:limitConditions attemptLimit="2" attemptAbsoluteDurationLimit="PT1H"/>
  <imsss:sequencingRules><imsss:preConditionRule><imsss:ruleConditions conditionCombination="any"><imsss:ruleCondition condition="objectiveMeasureGreaterThan" operator="not" referencedObjective="g" measureThreshold="0.5"/></imsss:ruleConditions><imsss:ruleAction action="skip"/></imsss:preConditionRule></imsss:sequencingRules>
  <imsss:rollupRules objectiveMeasureWeight="0.5"><imsss:rollupRule childActivitySet="atLeastPercent" minimumPercent="0.25"><imsss:rollupConditions><imsss:rollupCondition condition="activityProgressKnown"/></imsss:rollupConditions><imsss:rollupAction action="completed"/></imsss:rollupRule></imsss:rollupRules>
  <imsss:objectives><imsss:primaryObjective objectiveID="p" satisfiedByMeasure="true"><imsss:minNormalizedMeasure>0.6</imsss:minNormalizedMeasure><imsss:mapInfo targetObjectiveID="g" writeSatisfiedStatus="true"/></imsss:primaryObjective></imsss:objectives>
 </imsss:sequencing><adlnav:presentation><adlnav:navigationInterface><adlnav:hideLMSUI>continue</adlnav:hideLMSUI></adlnav:navigationInterface></adlnav:presentation></item>
<imsss:sequencing><imsss:controlMode choice="false" flow="true"/></imsss:sequencing></organization></organizations>
<resources>`+sco+`</resources><imsss:sequencingCollection><imsss:sequencing ID="common"><imsss:controlMode forwardOnly="true"/></imsss:sequencing></imsss:sequencingCollection></manifest>`)
	if m == nil {
		t.Fatal(manifesttest.Found(r))
	}
	got, err := json.Marshal(m.Sequencing)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"activityTree":{"id":"o","title":"Course","children":[{"id":"lesson","title":"Lesson"},` +
		`{"id":"test","title":"Test","isVisible":false,"attemptLimit":2,"timeLimitAction":"exit,no message",` +
		`"primaryObjective":{"objectiveID":"p","isPrimary":true,"satisfiedByMeasure":true,"minNormalizedMeasure":0.6,"mapInfo":[{"targetObjectiveID":"g","writeSatisfiedStatus":true}]},` +
		`"sequencingRules":{"preConditionRules":[{"action":"skip","conditionCombination":"any","conditions":[{"condition":"objectiveMeasureGreaterThan","operator":"not","referencedObjective":"g","parameters":{"threshold":0.5}}]}]},` +
		`"sequencingControls":{"forwardOnly":true,"objectiveMeasureWeight":0.5},` +
		`"rollupRules":{"rules":[{"action":"completed","conditionCombination":"any","consideration":"atLeastPercent","minimumPercent":25,"conditions":[{"condition":"progressKnown"}]}]},` +
		`"completionThreshold":{"completedByMeasure":true,"minProgressMeasure":0.75},"hideLmsUi":["continue"]}],` +
		`"sequencingControls":{"choice":false,"flow":true}},` +
		`"objectivesGlobalToSystem":false,"sharedDataGlobalToSystem":true}`
	if string(got) != want {
		t.Errorf("written as\n%s, want\n%s", got, want)
	}
	u := m.Units[1]
	if *u.Mastery != 0.6 || *u.CompletionThreshold != 0.75 || u.MaxTime != "PT1H" || u.TimeLimitAction != "exit,no message" || u.LaunchData != "d" || !u.Hidden {
		t.Errorf("%+v", u)
	}
}

// TestAnItemStandsAboveTheCollectionItRefersTo takes an element of a kind whole
// from the one or from the other, and never a mixture of both.
func TestAnItemStandsAboveTheCollectionItRefersTo(t *testing.T) {
	m, r := read(t, head2004+`<organizations><organization identifier="o"><title>O</title>
<item identifier="own" identifierref="r"><title>Own</title><imsss:sequencing IDRef="common"><imsss:controlMode/></imsss:sequencing></item>
<item identifier="shared" identifierref="r"><title>Shared</title><imsss:sequencing IDRef="common"/></item></organization></organizations>
<resources>`+sco+`</resources><imsss:sequencingCollection><imsss:sequencing ID="common"><imsss:controlMode choice="false"/>
<imsss:limitConditions attemptLimit="3" attemptAbsoluteDurationLimit="PT2H"/>
<imsss:objectives><imsss:primaryObjective objectiveID="p" satisfiedByMeasure="true"/></imsss:objectives>
<imsss:deliveryControls tracked="false"/></imsss:sequencing></imsss:sequencingCollection></manifest>`)
	if m == nil {
		t.Fatal(manifesttest.Found(r))
	}
	for i, a := range m.Sequencing.Tree.Children {
		if a.AttemptLimit == nil || *a.AttemptLimit != 3 || a.Delivery == nil || *a.Delivery.Tracked || a.PrimaryObjective == nil {
			t.Errorf("%s is without what the collection gives: %+v", a.ID, a)
		}
		if u := m.Units[i]; u.MaxTime != "PT2H" || u.Mastery == nil || *u.Mastery != 1 {
			t.Errorf("the unit of %s is without what the collection gives: %+v", a.ID, u)
		}
	}
	if c := m.Sequencing.Tree.Children[0].Controls; c.Choice != nil {
		t.Errorf("an element of its own is mixed with the collection's: %+v", c)
	}
	if c := m.Sequencing.Tree.Children[1].Controls; c == nil || c.Choice == nil || *c.Choice {
		t.Errorf("the collection's controls are not taken: %+v", c)
	}
}

func TestMetadataIsRead(t *testing.T) {
	m, r := read(t, strings.Replace(head2004, "</metadata>", `<lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general><title><string language="en">T</string><string language="ur">ٹی</string></title><language>en</language><language>ur_PK</language></general>
<educational><typicalLearningTime><duration>PT1H15M</duration></typicalLearningTime></educational></lom></metadata>`, 1)+org+"<resources>"+sco+"</resources></manifest>")
	if m == nil {
		t.Fatal(manifesttest.Found(r))
	}
	if m.Minutes != 75 || strings.Join(m.Languages, " ") != "en ur-PK" || m.Title.Values["ur"] != "ٹی" || m.Edition != 4 {
		t.Errorf("%+v", m)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(head12 + org + "<resources>" + sco + "</resources></manifest>"))
	f.Add([]byte(head2004 + org + "<resources>" + sco + "</resources></manifest>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		var r manifest.Report
		m, err := scorm.Read(manifesttest.Files{scorm.File: string(data), "a.html": "x"}, &r)
		if err != nil {
			t.Fatal(err)
		}
		if (m == nil) != r.Bad() {
			t.Fatalf("a manifest: %v, an error: %v", m != nil, r.Bad())
		}
		if m == nil {
			return
		}
		seen := map[string]bool{}
		for _, u := range m.Units {
			if seen[u.ID] || u.ID == "" || strings.Contains(u.Path, "..") && strings.HasPrefix(u.Path, "..") {
				t.Fatalf("%+v", u)
			}
			seen[u.ID] = true
		}
		if _, err := json.Marshal(m); err != nil {
			t.Fatal(err)
		}
	})
}

// TestObjectivesAreNamedByURIs takes a name that is escaped, and one that is not, for the
// same.
func TestObjectivesAreNamedByURIs(t *testing.T) {
	m, r := read(t, head2004+`<organizations><organization identifier="o"><title>O</title><item identifier="i" identifierref="r"><title>I</title><imsss:sequencing>
<imsss:sequencingRules><imsss:preConditionRule><imsss:ruleConditions><imsss:ruleCondition condition="satisfied" referencedObjective=" my%20%20own  objective "/></imsss:ruleConditions><imsss:ruleAction action="skip"/></imsss:preConditionRule></imsss:sequencingRules>
<imsss:objectives><imsss:primaryObjective objectiveID="100%"/><imsss:objective objectiveID="my%20own%20objective"><imsss:mapInfo targetObjectiveID="%D9%85%D9%82%D8%B5%D8%AF%ff"/><imsss:mapInfo targetObjectiveID="%D9%85%D9%82%D8%B5%D8%AF"/></imsss:objective></imsss:objectives>
<adlseq:objectives><adlseq:objective objectiveID="my own objective"><adlseq:mapInfo targetObjectiveID="a+b"/></adlseq:objective></adlseq:objectives>
</imsss:sequencing></item></organization></organizations><resources>`+sco+`</resources></manifest>`)
	if m == nil {
		t.Fatal(manifesttest.Found(r))
	}
	a := m.Sequencing.Tree.Children[0]
	if got := a.Rules.Pre[0].Conditions[0].ReferencedObjective; got != "my own objective" {
		t.Errorf("a rule names %q", got)
	}
	if a.PrimaryObjective.ObjectiveID != "100%" || len(a.Objectives) != 1 || a.Objectives[0].ObjectiveID != "my own objective" {
		t.Fatalf("the objectives are %+v and %+v", a.PrimaryObjective, a.Objectives)
	}
	var targets []string
	for _, x := range a.Objectives[0].MapInfo {
		targets = append(targets, x.TargetObjectiveID)
	}
	if got := strings.Join(targets, " "); got != "%D9%85%D9%82%D8%B5%D8%AF%ff مقصد a+b" {
		t.Errorf("they are mapped to %s", got)
	}
}

// A chapter's prerequisites stand in each unit below it, so their length is bounded: of
// one by leaving it out, of all together by refusing the package.
func TestPrerequisitesAreBounded(t *testing.T) {
	chapter := func(asks string, units int) string {
		return head12 + `<organizations><organization identifier="o"><title>T</title><item identifier="c"><title>C</title>
<adlcp:prerequisites type="aicc_script">` + asks + `</adlcp:prerequisites>` +
			strings.Repeat(`<item identifierref="r" identifier="u"><title>U</title><adlcp:prerequisites type="aicc_script">c</adlcp:prerequisites></item>`, units) +
			`</item></organization></organizations><resources>` + sco + `</resources></manifest>`
	}
	length := func(m *manifest.Manifest) int {
		sum := 0
		for _, u := range m.Units {
			sum += len(u.Prerequisites)
		}
		return sum
	}
	m, r := read(t, chapter("c"+strings.Repeat(" ", 100)+"&amp;c", 3))
	if m == nil || length(m) != 3*len("(c"+strings.Repeat(" ", 100)+"&c)&(c)") {
		t.Errorf("%v: %d signs", manifesttest.Found(r), length(m))
	}
	m, r = read(t, chapter(strings.Repeat("c|", 1<<20)+"c", 600))
	if found := manifesttest.Found(r); m == nil || length(m) != 600 || !slices.Contains(found, "warning 3 package.prerequisites-long") {
		t.Errorf("one of two million signs: %q", found)
	}
	// The joined length counts: a chapter's own is short enough, with the unit's it is not.
	m, r = read(t, chapter(strings.Repeat("c|", 2045)+"c", 3))
	if found := manifesttest.Found(r); m == nil || length(m) != 3*4091 || !slices.Contains(found, "warning 3 package.prerequisites-long") {
		t.Errorf("one of four thousand signs: %q", found)
	}
	m, r = read(t, chapter(strings.Repeat("c|", 2000)+"c", 600))
	if found := manifesttest.Found(r); m != nil || found[0] != "error 3 package.prerequisites-many" || found[1][:5] == "error" {
		t.Errorf("six hundred of four thousand signs: %q", found)
	}
}

// What items take from the collection is bounded as if it were written out.
func TestSharedSequencingIsBounded(t *testing.T) {
	text := func(maps, items int) string {
		var b strings.Builder
		b.WriteString(head2004 + `<organizations><organization identifier="o"><title>T</title>`)
		for i := range items {
			fmt.Fprintf(&b, "\n"+`<item identifier="i%d" identifierref="r"><title>I</title><imsss:sequencing IDRef="s"/></item>`, i)
		}
		return b.String() + `</organization></organizations><resources>` + sco + `</resources><imsss:sequencingCollection><imsss:sequencing ID="s"><imsss:objectives><imsss:primaryObjective objectiveID="p">` +
			strings.Repeat(`<imsss:mapInfo targetObjectiveID="g"/>`, maps) + `</imsss:primaryObjective></imsss:objectives></imsss:sequencing></imsss:sequencingCollection></manifest>`
	}
	m, r := read(t, text(20, 1000))
	if m == nil || len(m.Sequencing.Tree.Children) != 1000 || len(m.Sequencing.Tree.Children[999].PrimaryObjective.MapInfo) != 20 {
		t.Errorf("twenty maps for a thousand items: %v", manifesttest.Found(r))
	}
	_, r = read(t, text(20_000, 80))
	manifesttest.Expect(t, "twenty thousand maps for eighty items", r, "error 8 package.sequencing-large")
	// An objective that stands there twice does not get the fourth edition's maps twice.
	m, r = read(t, head2004+`<organizations><organization identifier="o"><title>T</title><item identifier="i" identifierref="r"><title>I</title><imsss:sequencing><imsss:objectives><imsss:primaryObjective/>`+
		strings.Repeat(`<imsss:objective objectiveID="x"/>`, 2000)+`</imsss:objectives><adlseq:objectives><adlseq:objective objectiveID="x">`+strings.Repeat(`<adlseq:mapInfo targetObjectiveID="g"/>`, 2000)+
		`</adlseq:objective></adlseq:objectives></imsss:sequencing></item></organization></organizations><resources>`+sco+`</resources></manifest>`)
	if m == nil {
		t.Fatal(manifesttest.Found(r))
	}
	maps := 0
	for _, o := range m.Sequencing.Tree.Children[0].Objectives {
		maps += len(o.MapInfo)
	}
	if maps != 2000 {
		t.Errorf("%d maps", maps)
	}
}

// What many items have alike is read once, and as many units as are taken are read.
func TestManyAlike(t *testing.T) {
	name := strings.Repeat("n", 3000)
	m, r := read(t, head12+`<organizations><organization identifier="o"><title>T</title>`+strings.Repeat(`<item identifier="`+name+`" identifierref="r"/>`, 4900)+
		`</organization></organizations><resources>`+sco+`</resources></manifest>`)
	if m == nil || len(m.Units) != 4900 || m.Units[4899].PublisherID != name+"-4900" || m.Units[4899].ID != name[:59]+"-4900" {
		t.Errorf("units of one name: %v", manifesttest.Found(r))
	}
	_, r = read(t, head12+`<resources xml:base="`+strings.Repeat("b/", 1<<20)+`">`+strings.Replace(sco, "/>", ">"+strings.Repeat(`<file href="a.html"/>`, 20_000)+"</resource>", 1)+org+"</resources>"+org+"</manifest>")
	if found := manifesttest.Found(r); len(found) != 501 || found[0] != "error 2 package.href-form" || found[500] != "warning 2 package.href-form" {
		t.Errorf("a base of two million signs: %.200q", found)
	}
	var b strings.Builder
	for i := range 5001 {
		fmt.Fprintf(&b, `<resource identifier="r%d" adlcp:scormtype="sco" href="a.html"/>`, i)
	}
	_, r = read(t, head12+"<organizations/>\n<resources>"+b.String()+"</resources></manifest>")
	manifesttest.Expect(t, "too many without a tree", r, "error 3 package.too-many-units", "warning 2 package.no-organization")
}
