package cohort_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"cadre/internal/actor"
	"cadre/internal/cohort"
	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/fault"
	"cadre/internal/i18n"
)

func filled(t *testing.T, lang string, rows ...[]string) []byte {
	t.Helper()
	tmpl, err := cohort.Template(i18n.For(i18n.Prefs{Lang: lang}))
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(tmpl))
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+2), &r); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if _, err := f.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTheTemplateComesBackFilledIn(t *testing.T) {
	for _, lang := range []string{"en", "ur"} {
		rows, err := cohort.ReadSheet(filled(t, lang, []string{"Saima Iqbal", "صائمہ اقبال", "", "Inspector"}, nil, []string{"Rubina"}))
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != 2 || rows[0].Values["name_ur"] != "صائمہ اقبال" || rows[0].Number != 2 || rows[1].Number != 4 {
			t.Errorf("%s: %+v", lang, rows)
		}
	}
	for sep, text := range map[string]string{
		",":  "Name,Sex\nSaima,woman\n",
		";":  "\ufeffName as in the letter;Woman or man\nSaima;عورت\n",
		"\t": "a note above\nname\tsex\nSaima\tf\n",
	} {
		rows, err := cohort.ReadSheet([]byte(text))
		if err != nil || len(rows) != 1 || rows[0].Values["name"] != "Saima" || rows[0].Values["sex"] == "" {
			t.Errorf("CSV by %q: %+v, %v", sep, rows, err)
		}
	}
	for _, bad := range []string{"", "just a text", "name\n", "PK\x03\x04 no zip", "\xff\xfe"} {
		if _, err := cohort.ReadSheet([]byte(bad)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestNothingIsHalfImported(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d, blueprint)
		known := w.propose("fia", "Saima Iqbal")
		sheet := "name,sex,rank_group,phone,email,needs\n" +
			"Rubina Shah,f,inspector,+92 300 1234567,,escort\n" +
			"Saima Iqbal,f,,,,\n" + // proposed already
			"Nasreen,robot,chief,12,nowhere,\n" +
			",f,,,,\n" +
			"Rubina Shah,f,,+92 300 1234567,,\n" // twice
		im, err := w.ImportSheet(w.focal, op(), cohort.Importing{Cohort: w.cohort, Quota: w.quota["fia"], Data: []byte(sheet)})
		w.must(err)
		p, err := w.Sheet(w.focal, im)
		w.must(err)
		if p.Ready() != 1 || p.Mend() != 4 {
			t.Fatalf("%d ready, %d to mend: %+v", p.Ready(), p.Mend(), p.Rows)
		}
		var found []string
		for _, r := range p.Rows {
			for _, f := range r.Problems {
				found = append(found, fmt.Sprintf("%d:%s:%s", r.Number, f.Name, f.Key))
			}
		}
		want := "3:name:cohort.row-proposed 4:sex:cohort.row-sex 4:rank_group:cohort.row-rank 4:phone:cohort.row-phone 4:email:cohort.row-email 5:name:cohort.row-name 6:name:cohort.row-twice"
		if got := strings.Join(found, " "); got != want {
			t.Errorf("problems beside their rows:\n%s, want\n%s", got, want)
		}
		if _, err := w.Sheet(w.stranger, im); !fault.Is(err, fault.NotFound) {
			t.Errorf("another agency reads the sheet: %v", err)
		}
		if _, err := w.TakeSheet(w.focal, op(), cohort.Sheetful{Import: im}); !fault.Is(err, fault.Conflict) {
			t.Errorf("a sheet with problems was taken: %v", err)
		}
		ls, _, err := w.Nominations(w.officer, cohort.Listing{Cohort: w.cohort, Lang: "en"})
		w.must(err)
		if len(ls) != 1 || ls[0].Person != known.Person {
			t.Fatalf("half of it was taken: %d nominations", len(ls))
		}
		done, err := w.TakeSheet(w.focal, op(), cohort.Sheetful{Import: im, LeaveOut: []int{3, 4, 5, 6}})
		if err != nil || len(done) != 1 {
			t.Fatalf("the ready row: %v, %v", done, err)
		}
		if _, err := w.Sheet(w.focal, im); !fault.Is(err, fault.NotFound) {
			t.Errorf("the sheet is still kept: %v", err)
		}
	})
}

func TestASheetIsImportedOnTheCommandLine(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		w := setup(t, d, blueprint)
		machine := actor.With(t.Context(), actor.Actor{Operator: true})
		in := cohort.Importing{Cohort: w.cohort, Quota: w.quota["fia"], Data: []byte("name,sex\nSaima Iqbal,f\n,f\n")}
		out, err := w.ImportNominations(machine, in, false)
		w.must(err)
		if len(out.Rows) != 2 || out.Rows[1].Ready() || len(out.Proposed) != 0 {
			t.Fatalf("with a mistake: %+v", out)
		}
		in.Data = []byte("name,sex\nSaima Iqbal,f\nRubina Shah,f\n")
		if out, err = w.ImportNominations(machine, in, true); err != nil || len(out.Proposed) != 0 {
			t.Fatalf("only looked at: %+v, %v", out, err)
		}
		told := map[string]int64{}
		in.Progress = func(stage string, done, total int64) {
			if done > total || done < told[stage] {
				t.Errorf("%s: %d of %d, after %d", stage, done, total, told[stage])
			}
			told[stage] = done
		}
		defer func() {
			if told["rows"] != 2 || told["proposals"] != 2 {
				t.Errorf("of 2 rows and proposals it told %v", told)
			}
		}()
		if out, err = w.ImportNominations(machine, in, false); err != nil || len(out.Proposed) != 2 {
			t.Fatalf("taken: %+v, %v", out, err)
		}
	})
}

func FuzzReadSheet(f *testing.F) {
	f.Add([]byte("name,sex\nSaima,f\n"))
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("\ufeffname;needs\n\"a\nb\";c"))
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := cohort.ReadSheet(data)
		if err == nil && (len(rows) == 0 || len(rows) > cohort.SheetRows) {
			t.Errorf("%d rows", len(rows))
		}
		if err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("not a sentence for a person: %v", err)
		}
	})
}
