package ui_test

import (
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"testing"

	"github.com/a-h/templ"

	"cadre/internal/actor"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/web"
	"cadre/internal/web/ui"
	"cadre/internal/web/webtest"
)

// in draws c with children.
func in(c templ.Component, children ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return c.Render(templ.WithChildren(ctx, all(children...)), w)
	})
}

func all(cs ...templ.Component) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		for _, c := range cs {
			if err := c.Render(ctx, w); err != nil {
				return err
			}
		}
		return nil
	})
}

func raw(format string, args ...any) templ.Component {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = html.EscapeString(s)
		}
	}
	return templ.Raw(fmt.Sprintf(format, args...))
}

// gallery shows every part, in the page's language.
func gallery(f ui.Form) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		say := func(en, ur string) string {
			if i18n.From(ctx).Lang() == "ur" {
				return ur
			}
			return en
		}
		title := say("Smuggling of migrants: the basics", "تارکینِ وطن کی سمگلنگ: بنیادی باتیں")
		ctx = ui.With(ctx, ui.From(ctx))
		body := all(
			raw(`<p class="over">%s</p><div class="next"><h1>%s</h1><ul class="facts"><li>%s</li><li>%s</li><li>%s</li></ul>`,
				say("Next for you", "آپ کا اگلا قدم"), title,
				say("12 minutes left", "۱۲ منٹ باقی"), say("90 kB", "۹۰ کلو بائٹ"), say("by Wednesday 28 October", "بدھ ۲۸ اکتوبر تک")),
			in(ui.Buttons(), ui.ButtonLink(say("Continue", "جاری رکھیں"), ui.Primary, "#way"), ui.ButtonLink(say("Need more time?", "مزید وقت چاہیے؟"), ui.Plain, "#more-time")),
			raw(`</div>`),
			in(ui.Section("way", say("Your way", "آپ کا سفر")), ui.Way([]ui.Step{
				{Mood: ui.MoodDone, Title: say("You said yes", "آپ نے ہاں کہا"), Word: say("14 October", "۱۴ اکتوبر")},
				{Mood: ui.MoodPart, Title: say("E-learning", "ای لرننگ"), Word: say("3 of 5 done", "۵ میں سے ۳ مکمل"), Href: "#way", Here: true},
				{Mood: ui.MoodLocked, Title: say("The week, 2–6 November", "تربیتی ہفتہ، ۲ تا ۶ نومبر"), Word: say("Not open yet", "ابھی نہیں کھلا"), Note: []string{say("Opens when you finish 2 modules.", "دو ماڈیول مکمل ہونے پر کھلے گا۔")}},
				{Mood: ui.MoodLocked, Title: say("Coaching, three times", "کوچنگ، تین بار"), Word: say("Not open yet", "ابھی نہیں کھلا"), Note: []string{say("After the week.", "ہفتے کے بعد۔")}},
			})),
			in(ui.Notice(ui.MoodOpen), raw(`<p>%s</p>`, say("Your place is kept until 28 October.", "آپ کی جگہ ۲۸ اکتوبر تک محفوظ ہے۔"))),
			in(ui.Notice(ui.MoodAttend), raw(`<p>%s</p>`, say("Two people asked for the same room.", "دو افراد نے ایک ہی کمرہ مانگا ہے۔"))),
			in(ui.Notice(ui.MoodDanger), raw(`<p>%s</p>`, say("This deletes the scan for good.", "اس سے سکین ہمیشہ کے لیے مٹ جائے گا۔"))),
			ui.Undo(say("Marked present: 25 people.", "۲۵ افراد حاضر درج ہوئے۔"), "/undo"),
			in(ui.Section("status", say("Statuses", "حالتیں")), raw(`<p>`),
				ui.Status(ui.MoodDone, say("Confirmed", "تصدیق شدہ")), raw(` &emsp; `), ui.Status(ui.MoodPart, say("From 10:20", "۱۰:۲۰ سے")), raw(` &emsp; `),
				ui.Status(ui.MoodOpen, say("Open", "کھلا")), raw(` &emsp; `), ui.Status(ui.MoodLocked, say("Not open yet", "ابھی نہیں کھلا")), raw(` &emsp; `),
				ui.Status(ui.MoodAttend, say("In doubt", "غیر یقینی")), raw(` &emsp; `), ui.Status(ui.MoodUnknown, say("Not recorded yet", "ابھی درج نہیں")), raw(` &emsp; `),
				ui.Status(ui.MoodDanger, say("Will be lost", "ضائع ہو جائے گا")), raw(` &emsp; `), ui.Tag(say("online", "آن لائن")), raw(` &emsp; `), ui.Code("NOC-14/2020"), raw(`</p>`)),
			in(ui.Section("tabs", say("Lists", "فہرستیں")),
				ui.Tabs(say("Views", "مناظر"), []ui.Tab{{Label: say("In doubt", "غیر یقینی"), Href: "#tabs", Here: true}, {Label: say("Ready", "تیار"), Href: "#tabs"}, {Label: say("Everyone", "سب"), Href: "#tabs"}}),
				in(ui.TableOf(ui.Table{Caption: say("In doubt for Monday", "پیر کے لیے غیر یقینی"), Stack: true, Foot: say("As of 10:42.", "۱۰:۴۲ تک۔"), Head: []ui.Column{
					{Label: say("Name", "نام")}, {Label: say("What is missing", "کیا باقی ہے")}, {Label: say("Minutes", "منٹ"), Number: true}, {Label: say("Last word", "آخری رابطہ")},
				}}),
					raw(`<tr><th scope="row">S. Iqbal</th><td data-label="%[1]s">%[2]s</td><td class="number" data-label="%[3]s">35</td><td data-label="%[4]s">%[5]s</td></tr>
					<tr><th scope="row">N. Bibi</th><td data-label="%[1]s">%[6]s</td><td class="number" data-label="%[3]s">120</td><td data-label="%[4]s">%[7]s</td></tr>`,
						say("What is missing", "کیا باقی ہے"), say("2 modules", "۲ ماڈیول"), say("Minutes", "منٹ"), say("Last word", "آخری رابطہ"), say("called Tuesday: yes", "منگل کو فون: ہاں"), say("no answer since 19 October", "۱۹ اکتوبر سے جواب نہیں"), say("not reached", "رابطہ نہیں ہوا"))),
				ui.Pagination("#tabs", "#tabs"),
				ui.EmptyState(say("Nobody is in doubt", "کوئی غیر یقینی نہیں"), say("Whoever has not finished three days before the week stands here.", "جو ہفتے سے تین دن پہلے تک مکمل نہ کر سکیں، یہاں نظر آئیں گی۔"), ui.Link{Label: say("See everyone", "سب دیکھیں"), Href: "#tabs"}),
				ui.ProgressLine(say("E-learning", "ای لرننگ"), 3, 5, say("3 of 5", "۵ میں سے ۳")),
			),
			in(ui.Section("check", say("Check your answers", "اپنے جوابات دیکھ لیں")), ui.Definitions([]ui.Pair{
				{Term: say("Name as in the letter", "خط کے مطابق نام"), Detail: ui.Written("عائشہ خان"), Change: ui.Link{Label: say("Change", "بدلیں"), Href: "#check"}},
				{Term: say("Letter", "خط"), Detail: ui.Code("FIA/AHT/2020-117"), Change: ui.Link{Label: say("Change", "بدلیں"), Href: "#check"}},
			}), in(ui.Details(say("Why do you ask?", "یہ کیوں پوچھا جا رہا ہے؟")), raw(`<p>%s</p>`, say("The name goes on your certificate.", "یہ نام آپ کی سند پر آئے گا۔")))),
			in(ui.Section("drawings", say("Drawings", "خاکے")),
				ui.Map(ui.Drawn{ID: "map", Title: say("The way of the programme", "پروگرام کا سفر"), Description: say("Four stages; two are behind you.", "چار مرحلے؛ دو مکمل۔")}, []ui.Station{
					{Label: say("Acceptance", "قبولیت"), Mood: ui.MoodDone, Count: "25"},
					{Label: say("E-learning", "ای لرننگ"), Mood: ui.MoodPart, Count: "19", Gate: say("Her own yes", "خود کی ہاں"), Open: true},
					{Label: say("The week of November", "نومبر کا ہفتہ"), Mood: ui.MoodLocked, Count: "0", Gate: say("Five modules", "پانچ ماڈیول"), Href: "#drawings"},
					{Label: say("Coaching", "کوچنگ"), Mood: ui.MoodLocked, Gate: say("Eight half-days", "آٹھ نصف دن")},
				}),
				ui.BarsOf(ui.Bars{Drawn: ui.Drawn{ID: "bars", Title: say("Ready, by agency", "ادارے کے لحاظ سے تیار")}, Max: 17, Rows: []ui.BarRow{
					{Label: "FIA", Value: 16, Target: 17, Words: say("16 of 17", "۱۷ میں سے ۱۶")}, {Label: say("Punjab police", "پنجاب پولیس"), Value: 8, Target: 8, Words: say("8 of 8", "۸ میں سے ۸")},
				}}),
				ui.GridOf(ui.Grid{Drawn: ui.Drawn{ID: "grid", Title: say("Half-days", "نصف دن"), Description: say("Ayesha was there twice.", "عائشہ دو بار موجود تھیں۔")}, Columns: []string{say("Mon am", "پیر صبح"), say("Mon pm", "پیر سہ پہر"), say("Tue am", "منگل صبح"), say("Tue pm", "منگل سہ")}, Rows: []ui.GridRow{
					{Label: say("Ayesha K.", "عائشہ"), Cells: []ui.Cell{{ui.MoodDone, "x"}, {ui.MoodDone, "x"}, {ui.MoodPart, "x"}, {ui.MoodUnknown, "x"}}},
					{Label: say("Rubina S.", "روبینہ"), Cells: []ui.Cell{{ui.MoodDone, "x"}, {ui.MoodOpen, "x"}, {ui.MoodLocked, "x"}, {ui.MoodUnknown, "x"}}},
				}}),
				ui.DotsOf(ui.Dots{Drawn: ui.Drawn{ID: "dots", Title: say("Before and after", "پہلے اور بعد"), Description: say("All five gained.", "پانچوں نے سیکھا۔")}, Max: 20, Before: say("before", "پہلے"), After: say("after", "بعد"), Rows: []ui.DotRow{
					{say("Pair 1", "جوڑا ۱"), 9, 15}, {say("Pair 2", "جوڑا ۲"), 12, 16}, {say("Pair 3", "جوڑا ۳"), 7, 14}, {say("Pair 4", "جوڑا ۴"), 14, 13}, {say("Pair 5", "جوڑا ۵"), 10, 17},
				}, Mean: 4.6, Low: 2.1, High: 7.1, Words: say("Mean gain 4.6 points, 95% interval 2.1 to 7.1", "اوسط بہتری ۴٫۶ پوائنٹ، ۹۵٪ وقفہ ۲٫۱ تا ۷٫۱")}),
			),
			in(ui.Section("tasks", say("Your tasks", "آپ کے کام")), raw(`<div class="lower">`), ui.Cards([]ui.Card{
				{Title: say("Who is in doubt", "کون غیر یقینی ہے"), Text: say("Ring them before Monday.", "پیر سے پہلے فون کریں۔"), Href: "#tasks", Count: say("4 people", "۴ افراد")},
				{Title: say("Seat ledger", "نشستوں کا کھاتہ"), Text: say("Every place and every movement.", "ہر نشست اور ہر تبدیلی۔"), Href: "#status"},
			}), raw(`</div>`)),
			raw(`<h2>%s</h2>`, say("Say what you need", "بتائیے آپ کو کیا چاہیے")),
			in(ui.FormBody(f),
				ui.Text(f, ui.Field{Name: "name", Label: say("Name as called", "پکارنے کا نام"), Hint: say("As colleagues call you.", "جیسے ساتھی پکارتی ہیں۔")}),
				ui.Text(f, ui.Field{Name: "code", Label: say("Number of the letter", "خط کا نمبر"), Dir: "ltr", Chars: 16, Optional: true}),
				ui.Date(f, ui.Field{Name: "day", Label: say("Until when", "کب تک")}),
				ui.Select(f, ui.Field{Name: "agency", Label: say("Agency", "ادارہ")}, []ui.Option{{Value: "fia", Label: "FIA"}, {Value: "pp", Label: say("Punjab police", "پنجاب پولیس")}}),
				ui.Radios(f, ui.Field{Name: "mode", Label: say("How will you join?", "کیسے شامل ہوں گی؟")}, []ui.Option{{Value: "room", Label: say("In the room", "کمرے میں")}, {Value: "online", Label: say("Online", "آن لائن"), Hint: say("A link comes the evening before.", "لنک ایک شام پہلے ملے گا۔")}}),
				ui.Checkboxes(f, ui.Field{Name: "needs", Label: say("What helps you to come?", "آنے میں کیا مدد دے گا؟"), Optional: true}, []ui.Option{{Value: "child", Label: say("Childcare", "بچوں کی دیکھ بھال")}, {Value: "escort", Label: say("Someone to travel with", "سفر میں ساتھ")}}),
				ui.TextArea(f, ui.Field{Name: "note", Label: say("Anything else", "کچھ اور"), Optional: true}),
				ui.Checkbox(f, ui.Field{Name: "agreed", Label: say("I have read this.", "میں نے یہ پڑھ لیا ہے۔")}),
				in(ui.Buttons(), ui.Button(say("Ask for more time", "مزید وقت مانگیں"), ui.Primary), ui.ButtonLink(say("Back", "واپس"), ui.Secondary, "#way"), ui.Button(say("Delete the scan", "سکین مٹائیں"), ui.Danger)),
			),
			ui.Saved(say("Saved 10:42", "۱۰:۴۲ پر محفوظ ہوا")),
		)
		return ui.Document(ui.Page{Title: say("Parts", "اجزا"), Up: ui.Link{Label: say("All programmes", "تمام پروگرام"), Href: "/gallery"}}).Render(templ.WithChildren(ctx, body), w)
	})
}

func galleryRoutes() []web.Route {
	form := ui.NewForm("more-time", "/gallery").With("mode", "room").With("needs", "child")
	return []web.Route{
		{Method: "GET", Pattern: "/gallery", Need: web.SignedIn, Handler: func(w http.ResponseWriter, r *http.Request) error {
			return web.Render(w, r, gallery(form))
		}},
		{Method: "POST", Pattern: "/gallery", Need: web.SignedIn, Handler: func(w http.ResponseWriter, r *http.Request) error {
			return web.Again(w, r, fault.Bad("fault.invalid", fault.Field{Name: "name", Key: "fault.required"}, fault.Field{Name: "mode", Key: "fault.choose"}), form, gallery)
		}},
	}
}

func rubina() actor.Actor {
	return actor.Actor{Person: id.New[id.Person](), Grant: actor.Grant{ID: id.New[id.Grant](), Role: actor.Trainer}}
}

func TestEveryPartIsWellFormed(t *testing.T) {
	site := webtest.Start(t, nil, galleryRoutes()...)
	for _, lang := range []string{"en", "ur"} {
		b := site.As(t, rubina(), i18n.Prefs{Lang: lang})
		a := b.Get("/gallery").CheckPage(t).Must(t, 200)
		b.Submit(a, "more-time", nil).CheckPage(t).Must(t, 422)
	}
}

func TestEveryPartInARealBrowser(t *testing.T) {
	site := webtest.Start(t, nil, galleryRoutes()...)
	chromium := webtest.Launch(t)
	other := actor.Grant{ID: id.New[id.Grant](), Role: actor.Coach}
	for _, lang := range []string{"en", "ur"} {
		for _, width := range []int{360, 1280} {
			for _, dark := range []bool{false, true} {
				name := fmt.Sprintf("gallery-%s-%d-%v", lang, width, dark)
				t.Run(name, func(t *testing.T) {
					a := rubina()
					tab := chromium.Tab(t, site.URL, webtest.Look{Width: width, Dark: dark, Token: site.Sessions.Add(a, i18n.Prefs{Lang: lang}, a.Grant, other)})
					tab.Open("/gallery").CheckAxe().Shot(name)
					if n := tab.Overflow(); n > 0 {
						t.Errorf("the page is %d px wider than its window", n)
					}
				})
			}
		}
	}
}

func TestTheSummaryTakesTheFocus(t *testing.T) {
	site := webtest.Start(t, nil, galleryRoutes()...)
	chromium := webtest.Launch(t)
	for _, noScripts := range []bool{false, true} {
		a := rubina()
		tab := chromium.Tab(t, site.URL, webtest.Look{NoScripts: noScripts, Token: site.Sessions.Add(a, i18n.Prefs{}, a.Grant)})
		tab.Open("/gallery")
		tab.Press("#more-time button.button-primary")
		if noScripts {
			// The browser itself focuses it; that needs no script of ours, but the
			// protocol cannot ask where the focus is while scripts are off.
			tab.MustShow("Please look at this again")
			continue
		}
		if got := webtest.Ask[string](tab, `document.activeElement.className`); got != "summary" {
			t.Errorf("the focus is on %q", got)
		}
		tab.CheckAxe().Shot("gallery-wrong")
	}
}
