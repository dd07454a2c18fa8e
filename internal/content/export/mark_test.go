package export_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"cadre/internal/content/export/bundler"
	"cadre/internal/item"
	"cadre/internal/web/webtest"
)

// An export marks as Cadre does: the same answers are right, in the digits and
// letters of any script.
func TestAnExportMarksAsCadreDoes(t *testing.T) {
	script, err := bundler.Script("src", "mark.ts", "marking")
	if err != nil {
		t.Fatal(err)
	}
	type pair struct {
		Item     item.Item     `json:"item"`
		Response item.Response `json:"response"`
	}
	var all []pair
	add := func(it item.Item, rs ...item.Response) {
		it.Key, it.Points = "q", 1
		for _, r := range rs {
			all = append(all, pair{it, r})
		}
	}
	typed := func(words ...string) (out []item.Response) {
		for _, w := range words {
			out = append(out, item.Response{Written: w})
		}
		return out
	}
	numbers := typed(
		"12.5", "۱۲٫۵", "١٢٫٥", "১২.৫", "१२.५", " 12,5 ", "12,500", "12 500", "1,250.0", "12.50 %", "12٫۵٪", "+12.5", "−12.5", "-12.5", "12.5.", "twelve", "", "12..5",
		".5", "5.", "0.1", "0.3", "0.30000000000000004", "1e3", "1/3", "12\u202f500", "000012.5", "12.4999999999999999999", "99999999999999999999999999999999999999999", "--1", "1-2", "٬1", "12,5,0", "½", "𝟙𝟚", "۳.4",
	)
	for _, n := range []struct{ answer, tolerance string }{{"12.5", "0"}, {"12.5", "0.05"}, {"-12.5", ""}, {"0.3", "0"}, {"12500", "1"}, {"0", "13"}, {"۳", "0.5"}, {"-1", "1.5"}} {
		add(item.Item{Kind: item.Number, Answer: n.answer, Tolerance: n.tolerance}, numbers...)
	}
	words := typed("Purpose", " the  PURPOSE! ", "purposes", "مقصد", "مَقصد", "مقصدٌ", "كتاب", "کتاب", "آدمی", "ادمي", "ہفتہ", "هفته", "ﷲ", "a1b2", "a 1 b 2", "А", "é", "e", "İ", "ß", "SS", "12", "۱۲", "", "…", "نقل‌و‌حمل", "نقل و حمل", "ـكـ", "ك", "ئ", "ی")
	for _, a := range []string{"purpose", "مقصد", "کتاب", "آدمی", "ہفتہ", "é", "12", "نقل و حمل", "ss", "ك", "a 1 b 2", "İ", "الله"} {
		add(item.Item{Kind: item.Short, Accept: []string{"other", a}}, words...)
	}
	r := rand.New(rand.NewPCG(1, 2))
	chance := func(n, low, high int) []int {
		out := make([]int, n)
		for i := range out {
			out[i] = low + r.IntN(high-low+1)
		}
		return out
	}
	for range 300 {
		options := make([]item.Option, 2+r.IntN(3))
		for i := range options {
			options[i].Correct = r.IntN(2) == 0
		}
		add(item.Item{Kind: item.Multiple, Options: options}, item.Response{Chosen: chance(r.IntN(4), 0, len(options)-1)})
		pairs := make([]item.Pair, 2+r.IntN(2))
		for i := range pairs {
			pairs[i].Right = item.Text{"en": strconv.Itoa(r.IntN(2)), "ur": "الف"}
		}
		add(item.Item{Kind: item.Match, Pairs: pairs}, item.Response{Match: chance(len(pairs)-r.IntN(2), -1, len(pairs))})
		things := make([]item.Text, 2+r.IntN(2))
		add(item.Item{Kind: item.Order, Sequence: things}, item.Response{Order: chance(len(things)-r.IntN(2), -1, len(things)-1)})
	}
	given, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	// A page of this machine's: what is evaluated needs no other.
	p := openPlatform(t, nothing(t), nil)
	tab := webtest.Launch(t).Tab(t, p.URL, webtest.Look{}).Open("/elsewhere")
	got := webtest.Ask[string](tab, string(script)+fmt.Sprintf(`; %s.map(p => marking.mark(p.item, p.response) ? "1" : "0").join("")`, given))
	if len(got) != len(all) {
		t.Fatalf("%d of %d answers were marked", len(got), len(all))
	}
	right := 0
	for i, p := range all {
		want, _ := p.Item.Mark(p.Response)
		if want {
			right++
		}
		if (got[i] == '1') != want {
			t.Errorf("%s %+v, answered %+v: right is %v, and the export says %v", p.Item.Kind, p.Item, p.Response, want, !want)
		}
	}
	if right < 50 {
		t.Errorf("only %d answers are right: the cases say little", right)
	}
}
