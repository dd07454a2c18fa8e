package app_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"cadre/internal/actor"
	"cadre/internal/app"
	"cadre/internal/config"
	"cadre/internal/content"
	"cadre/internal/content/export"
	"cadre/internal/content/export/exporttest"
	"cadre/internal/content/manifest"
	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/player"
	"cadre/internal/web/webtest"
)

// program is another program, with a token that may launch and read attempts.
func program(ctx context.Context) context.Context {
	return actor.With(ctx, actor.Actor{Token: id.New[id.Token](), Scopes: "launch:any attempts"})
}

// A Markdown module is taken out as a package of each kind, brought in again
// without a warning, and launched; what was brought in is taken out as it came,
// byte for byte; and in Cadre's own player it is played to its end, in Urdu.
func TestAModuleGoesOutAndComesBack(t *testing.T) {
	cfg, err := config.Load("", []string{"CADRE_DATA=" + filepath.Join(t.TempDir(), "data"), "CADRE_LISTEN=127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	a := open(t, cfg, nil)
	defer closed(t, a)
	ctx := app.AsOperator(t.Context())
	if _, err := a.Content.Import(ctx, id.New[id.Operation](), content.Import{Key: "tip-basics", Files: exporttest.Folder(t), Publish: true}); err != nil {
		t.Fatal(err)
	}
	for what, in := range map[string]app.TakeOut{
		"a module as nothing": {Key: "tip-basics"}, "a module as H5P": {Key: "tip-basics", As: manifest.H5P}, "no module": {Key: "none", As: manifest.Cmi5},
		"no version": {Key: "tip-basics", As: manifest.Cmi5, Number: 7},
	} {
		in.To = filepath.Join(t.TempDir(), "none.zip")
		_, err := a.TakeOut(t.Context(), in)
		if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", what, err)
		}
		if _, err := os.Stat(in.To); err == nil {
			t.Errorf("%s left a file", what)
		}
	}
	back := map[manifest.Kind]content.ImportedPackage{}
	for _, kind := range export.Kinds() {
		to := filepath.Join(t.TempDir(), string(kind)+".zip")
		out, err := a.TakeOut(t.Context(), app.TakeOut{Key: "tip-basics", As: kind, To: to})
		if err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(to)
		if err != nil || int64(len(data)) != out.Bytes || out.AsItCame || out.Number != 1 {
			t.Fatalf("%+v, %v", out, err)
		}
		in, problems, err := a.ImportPackage(t.Context(), app.PackageFrom{Source: to, Key: "again-" + string(kind), Publish: true})
		if err != nil || len(problems) > 0 {
			t.Fatal(problems, err)
		}
		back[kind] = in
		if w, err := a.PackageWarnings(t.Context(), in.Version); err != nil || len(w) > 0 {
			t.Errorf("%s: %v, %v", kind, w, err)
		}
		again, err := a.TakeOut(t.Context(), app.TakeOut{Key: in.Key, To: to})
		if err != nil {
			t.Fatal(err)
		}
		if same, err := os.ReadFile(to); err != nil || !bytes.Equal(same, data) || !again.AsItCame || again.Kind != kind {
			t.Errorf("%s did not come out as it went in: %+v, %v", kind, again, err)
		}
		if _, err := a.TakeOut(t.Context(), app.TakeOut{Key: in.Key, As: manifest.XAPI, To: to}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s was made into something else: %v", kind, err)
		}
	}

	serving, end := context.WithCancel(context.Background())
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- a.Serve(serving, func(url string) { ready <- url }) }()
	defer func() {
		end()
		if err := <-ended; err != nil {
			t.Errorf("it ended with %v", err)
		}
	}()
	select {
	case <-ready:
	case err := <-ended:
		ended <- err
		t.Fatalf("it is not served: %v", err)
	}
	launch := func(kind manifest.Kind) (*player.Account, player.LaunchedFor) {
		t.Helper()
		her := &player.Account{HomePage: "https://other.example.org", Name: "learner-" + string(kind)}
		p, err := a.Content.PreviewPackage(ctx, back[kind].Version)
		if err != nil {
			t.Fatal(err)
		}
		l, err := a.Player.LaunchFor(program(t.Context()), id.New[id.Operation](), player.LaunchFor{Package: back[kind].Package, Account: her, Unit: p.Units[0].ID, Mode: player.Normal, OwnWindow: true})
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		return her, l
	}
	launch(manifest.Scorm12)
	launch(manifest.Scorm2004)
	her, l := launch(manifest.Cmi5)
	tab := webtest.Launch(t).Tab(t, "", webtest.Look{})
	tab.Open(l.URL)
	if got := webtest.Ask[string](tab, playThrough); got != "ur rtl آپ نے یہ ماڈیول مکمل کر لیا ہے۔" {
		t.Fatal(got)
	}
	tab.Press("#leave")
	all, err := a.Player.AttemptsAt(program(t.Context()), back[manifest.Cmi5].Package, "", her)
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	if st := all[0]; st.State != player.Passed || st.Completion != "completed" || st.Success != "passed" || st.Units[0].Scaled != "1" || !st.Satisfied {
		t.Errorf("the attempt is %+v", st)
	}

	// Tried before a store that forgets it plays to its end as well.
	before := traces(t, a)
	p, err := a.Player.Preview(ctx, back[manifest.Cmi5].Version, "")
	if err != nil || p.Spoken == nil {
		t.Fatalf("%+v, %v", p, err)
	}
	tab.Open(p.Spoken.URL)
	if got := webtest.Ask[string](tab, playThrough); got != "ur rtl آپ نے یہ ماڈیول مکمل کر لیا ہے۔" {
		t.Fatal(got)
	}
	tab.Press("#leave")
	if after := traces(t, a); after != before {
		t.Errorf("a preview left traces: %v, and before %v", after, before)
	}
}

// traces counts what playing a unit leaves.
func traces(t *testing.T, a *app.App) (out [8]int) {
	t.Helper()
	for i, table := range []string{"lrs_statements", "lrs_documents", "lrs_accounts", "player_attempts", "player_sessions", "player_launches", "player_paths", "player_units"} {
		if err := a.DB.View(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(`SELECT COUNT(*) FROM ` + table).Scan(&out[i]) }); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// playThrough plays the module in Urdu, and says what it shows in the end.
const playThrough = `(async () => {
	const see = s => new Promise((then, fail) => {
		const end = Date.now() + 15000;
		(function look() {
			const e = document.querySelector(s);
			if (e) then(e); else if (Date.now() > end) fail(s + " does not come: " + document.body.innerText); else setTimeout(look, 15);
		})();
	});
	const press = async s => (await see(s)).click();
	const check = key => press("#q-" + key + "-place button");
	await press("#language-ur");
	await press("#begin");
	await press("#q-act-0"); await check("act");
	await press("#q-means-0"); await press("#q-means-2"); await check("means");
	await press("#next");
	await press("#skip");
	const choose = async (key, wanted) => {
		await see("#q-" + key + "-place select");
		for (const l of document.querySelectorAll("#q-" + key + "-place label")) {
			const s = document.getElementById(l.htmlFor);
			s.value = [...s.options].find(o => o.text === wanted[l.textContent]).value;
		}
		await check(key);
	};
	await choose("steps", {"سلام کریں": "1", "پوچھیں": "2", "لکھیں": "3"});
	await choose("pairs", {"عمل": "نقل و حمل", "ذریعہ": "فریب"});
	(await see("#q-elements-count-0")).value = "۳"; await check("elements-count");
	(await see("#q-word-0")).value = "مقصد"; await check("word");
	await press("#next");
	const e = await see(".notice-done strong");
	return [document.documentElement.lang, document.documentElement.dir, e.textContent].join(" ");
})().catch(e => String(e))`
