package coaching

import (
	"testing"

	"cadre/internal/fault"
	"cadre/internal/pathway"
)

// The participant's half of agreeing on a time is entered for her on her word, never
// without saying on which; it is hers, and names who entered it. Her coach's half
// nobody says for her.
func TestATimeIsAgreedOnHerWordByTelephone(t *testing.T) {
	run(t, func(w *world) {
		w.paired(coach)
		in := ProposeInput{Of: hers, Round: "round-2", Starts: wednesday}
		_, err := w.Propose(officer, op(), in)
		w.refused(err, fault.Invalid)
		in.Basis = pathway.ByStaff
		_, err = w.Propose(officer, op(), in)
		w.refused(err, fault.Invalid)
		in.Basis = pathway.Telephone
		ses, err := w.Propose(officer, op(), in)
		w.must(err)

		session := func() Session {
			a, err := w.Account(herself, hers)
			w.must(err)
			return a.Sessions[len(a.Sessions)-1]
		}
		if s := session(); s.ProposedBy != she || s.ProposedOn != pathway.Telephone || s.EnteredBy != office {
			t.Errorf("proposed by %s on %q, entered by %s", s.ProposedBy, s.ProposedOn, s.EnteredBy)
		}
		w.refused(w.Agree(herself, op(), ses), fault.Denied)
		w.refused(w.AgreeFor(officer, op(), ses, pathway.Telephone), fault.Denied)
		w.must(w.Agree(coach, op(), ses))
		if s := session(); s.AgreedBy != rabia || s.AgreedOn != "" {
			t.Errorf("her coach's yes: by %s on %q", s.AgreedBy, s.AgreedOn)
		}
		w.must(w.Move(coach, op(), ses))

		ses, err = w.Propose(coach, op(), ProposeInput{Of: hers, Round: "round-2", Starts: wednesday})
		w.must(err)
		w.refused(w.Agree(officer, op(), ses), fault.Invalid)
		again := op()
		for range 2 {
			w.must(w.AgreeFor(officer, again, ses, pathway.Paper))
		}
		if s := session(); s.State != Agreed || s.AgreedBy != office || s.AgreedOn != pathway.Paper || s.ProposedOn != "" || s.EnteredBy != "" {
			t.Errorf("her yes on paper: %+v", s)
		}
	})
}
