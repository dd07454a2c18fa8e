package app

// What happens on the way before and after the week: reading, coaching,
// reporting.

import "strings"

func readsOn(w *walker) {
	her := w.enters("fia-01").Sees("20 minutes left").Presses("Begin").Presses("Begin")
	her.Within(5, 4)
	her.Rests().Presses("Go on")
	her.Within(1, 1)
	// She is back where she was, from her first page, in one act.
	her.Presses("Cadre").Rests().Presses("Continue")
	her.Within(1, 1)
}

// Her certificate names her as she confirmed it, in both scripts; on paper stands
// what it certifies and nothing of the page around it.
func readsHerCertificate(w *walker) {
	her := w.enters("fia-10").Presses("My certificates").Presses("Certificate")
	her.Sees("Special investigation techniques for female officers", "Number", "Issued on Monday 16 November 2020", "طاہرہ", "Tahira")
	her.Within(5, 4)
	paper := her.OnPaper()
	for _, words := range []string{"Tahira", "طاہرہ", "Special investigation techniques for female officers", "16 November 2020"} {
		if !strings.Contains(paper, words) {
			w.Errorf("%q is not on the paper: %s", words, paper)
		}
	}
	for _, words := range []string{"print this page", "Sign out", "My certificates"} {
		if strings.Contains(paper, words) {
			w.Errorf("%q is on the paper", words)
		}
	}
}

func supervisorConfirms(w *walker) {
	chief := w.enters("supervisor").Presses("Use at work").Sees("nothing of their coaching")
	in := chief.In("Six months later")
	in.Chooses("Sometimes").In("Six months later").Presses("Confirm this")
	chief.Sees("You said: Sometimes")
	chief.Within(5, 5)
}

// Everything to prepare with is on one page, the last promise first; closing is
// one form of five fields.
func coachPreparesAndCloses(w *walker) {
	coach := w.enters("coach-4").Presses("Those you coach").Presses("Nadia")
	coach.Sees("What was promised", "Take the source device, never a copy", "To think about before", "What she wants to work on", "Sessions so far")
	coach.Within(5, 4)
	coach.Rests().Presses("Close this session")
	coach.Chooses("Held in part").Fills("How many minutes?", "45").Fills("What shall both remember?", "Begin with the page before the step.")
	coach.Fills("What will be done?", "Write that page before the next step.").Fills("By when?", "2021-12-31").Presses("Close this session")
	coach.Sees("Held in part", "Write that page before the next step.")
	coach.Within(2, 7)
}

func observerOpensTheFigure(w *walker) {
	observer := w.enters("observer").Presses("Published figures").Presses("Special investigation techniques").Presses("Officers who attended at least one half-day")
	observer.Sees("Value 25", "What is counted", "Half-day sheets", "Monday morning", "Letters", "FIA/TRG")
	observer.Within(6, 5)
}

func officerOpensTheFigure(w *walker) {
	officer := w.enters("officer").Presses("Figures").Presses("Special investigation techniques").Presses("Officers who attended at least one half-day")
	officer.Sees("Value 25", "Half-day sheets", "Monday morning", "Letters")
	officer.Within(6, 5)
	// Down to the papers: the register of a half-day with its signed sheet, and the
	// letter with its scan.
	figure := officer.At()
	officer.Rests().Presses("Monday morning").Sees("Monday 2 November, morning", "Ayesha", "Sheet with")
	officer.Within(1, 1)
	officer.Goes(figure).Rests().Presses("FIA/TRG/F-12/2020/3517").Sees("release letter", "Covers 18 officers", "Fetch the scan")
	officer.Within(1, 1)
}
