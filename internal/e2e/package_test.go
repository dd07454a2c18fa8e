package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"

	"cadre/internal/actor"
	"cadre/internal/app"
	"cadre/internal/content"
	"cadre/internal/content/bundle/bundletest"
	"cadre/internal/db"
	"cadre/internal/id"
	"cadre/internal/pathway"
	"cadre/internal/player"
)

const twoUnits = `<?xml version="1.0"?>
<manifest identifier="M" version="1.0" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
 <metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
 <organizations default="O"><organization identifier="O"><title>Trafficking in persons</title>
  <item identifier="ONE" identifierref="R1"><title>One</title></item>
  <item identifier="TWO" identifierref="R2"><title>Two</title><adlcp:prerequisites type="aicc_script">ONE</adlcp:prerequisites><adlcp:masteryscore>70</adlcp:masteryscore></item>
 </organization></organizations>
 <resources>
  <resource identifier="R1" type="webcontent" adlcp:scormtype="sco" href="one.html"><file href="one.html"/></resource>
  <resource identifier="R2" type="webcontent" adlcp:scormtype="sco" href="two.html"><file href="two.html"/></resource>
 </resources>
</manifest>`

// A package is brought in, taken by an officer whose session may long be over
// when her work arrives, and the stage that asked for it is done.
func TestAPackageOpensTheNextStage(t *testing.T) {
	engines(t, func(t *testing.T, database string) {
		a := newInstance(t, database).open(t)
		defer closed(t, a)
		c, q := opening(t, a)
		her, err := act{Op: op(), Cohort: c, Quota: q}.do(a)
		if err == nil {
			_, err = act{Op: op(), Proposed: her.Proposed}.do(a)
		}
		if err != nil {
			t.Fatal(err)
		}
		p := her.Proposed.Person
		zip := bundletest.Zip("imsmanifest.xml", twoUnits, "one.html", "<html><body>One</body></html>", "two.html", "<html><body>Two</body></html>")
		if _, err := a.Content.ImportPackage(app.AsOperator(context.Background()), op(), content.ImportPackage{
			Key: "tip", File: bytes.NewReader(zip), Size: int64(len(zip)), Publish: true,
		}); err != nil {
			t.Fatal(err)
		}
		taking := actor.With(context.Background(), actor.Actor{Person: p, Grant: actor.Grant{ID: "g", Role: actor.Participant, Scope: actor.Scope{Cohort: c}}})
		l, err := a.Player.Start(taking, op(), player.Start{Cohort: c, Module: "tip"})
		if err != nil || !l.Package {
			t.Fatalf("%+v, %v", l, err)
		}
		o, err := a.Player.Open(taking, op(), player.OpenRun{Attempt: l.Attempt})
		if err != nil {
			t.Fatal(err)
		}
		if f, err := a.Player.File(context.Background(), o.Path, "two.html"); err != nil || f.Size == 0 {
			t.Fatalf("%+v, %v", f, err)
		}
		if got := o.Seed.Units[1]; got.ID != "TWO" || got.Prerequisites != "ONE" || got.Given["cmi.student_data.mastery_score"] != "70" || got.Href != "two.html" {
			t.Errorf("the second unit is %+v", got)
		}
		done := func() bool {
			for _, f := range facts(t, a, p, c) {
				if m, ok := f.Value.(pathway.ModuleCompleted); ok && m.Passed && m.SelfReported && f.Subject == "tip" {
					return true
				}
			}
			return false
		}
		for n, text := range []string{
			`{"activity":"ONE","at":0,"set":{"cmi.core.lesson_status":"completed"},"end":true}`,
			`{"activity":"TWO","at":0,"set":{"cmi.core.lesson_status":"passed","cmi.core.score.raw":"90"},"end":true}`,
		} {
			if done() {
				t.Error("it is completed before its end")
			}
			if _, err := a.Player.Accept(context.Background(), player.Batch{
				Credential: o.Credential, Entries: []player.Numbered{{Number: int64(n + 1), Entry: json.RawMessage(text)}},
			}); err != nil {
				t.Fatal(err)
			}
		}
		if !done() {
			t.Errorf("the ledger says %+v", facts(t, a, p, c))
		}
		s, _, err := a.Pathway.Standing(taking, p, c)
		if err != nil {
			t.Fatal(err)
		}
		if st := s.Stage("foundation"); st == nil || st.State != pathway.Done {
			t.Errorf("the stage stands at %+v", st)
		}
		verified(t, a)
	})
}

func facts(t *testing.T, a *app.App, p id.Person, c id.Cohort) (out []pathway.Fact) {
	t.Helper()
	if err := a.DB.View(context.Background(), func(tx *db.Tx) (err error) {
		out, err = pathway.FactsOf(tx, p, c)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}
