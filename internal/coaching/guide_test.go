package coaching

import (
	"testing"

	"cadre/internal/fault"
	"cadre/internal/pathway"
)

// Answers belong to questions of the guide: others are refused wherever they come,
// and nothing of what came with them is kept.
func TestAnswersAreToTheGuidesQuestions(t *testing.T) {
	run(t, func(w *world) {
		w.paired(coach)
		ses := w.agreed()
		unasked := Text{Free: "went well", Answers: map[string]string{"will": "plan first", "smuggled": "anything"}}
		w.refused(w.Close(coach, op(), CloseInput{Session: ses, Outcome: pathway.Held, Note: unasked}), fault.Invalid)
		_, err := w.Write(herself, op(), WriteInput{Of: hers, Kind: KindNeed, Text: unasked})
		w.refused(err, fault.Invalid)
		account, err := w.Account(coach, hers)
		w.must(err)
		if got := account.Sessions[0].State; got != Agreed {
			t.Errorf("the session is %s all the same", got)
		}
		page, err := w.Prepare(coach, hers)
		w.must(err)
		if len(page.Notes)+len(page.Needs) != 0 {
			t.Errorf("kept all the same: %+v %+v", page.Notes, page.Needs)
		}
		asked := Text{Answers: map[string]string{"will": "plan first"}}
		w.must(w.Close(coach, op(), CloseInput{Session: ses, Outcome: pathway.Held, Note: asked}))
		if page, err = w.Prepare(coach, hers); err != nil || len(page.Notes) != 1 {
			t.Fatalf("%+v, %v", page.Notes, err)
		}
		n := page.Notes[0]
		w.refused(w.Rewrite(coach, op(), RewriteInput{Note: n.ID, Revision: n.Revision, Text: unasked}), fault.Invalid)
		w.must(w.Rewrite(coach, op(), RewriteInput{Note: n.ID, Revision: n.Revision, Text: Text{Free: "more", Answers: n.Text.Answers}}))
	})
}
