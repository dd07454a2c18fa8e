package cohort

import (
	"testing"

	"cadre/internal/journal/journaltest"
)

func TestBodiesAreReadForEver(t *testing.T) {
	journaltest.Golden(t, "cohort.opened", 1, opened{"v", 25})
	journaltest.Golden(t, "cohort.quota-set", 1, quotaSet{17, 18, "l"})
	journaltest.Golden(t, "cohort.seat-moved", 1, seatMoved{"m", Release, Held, Free, "n", "transfer", "l"})
	for _, kind := range []string{
		"proposed", "accepted", "declined", "decided", "confirmed", "released", "withdrawn", "substituted", "left-programme", "letter-covers", "taken-back",
	} {
		journaltest.Golden(t, "cohort."+kind, 1, told{"n", 2, "l", "transfer"})
	}
	journaltest.Golden(t, "cohort.need-said", 1, needSaid{ForProgramme})
	journaltest.Golden(t, "cohort.letter-filed", 1, letterFiled{ReleaseLetter, 17})
	journaltest.Golden(t, "cohort.called", 1, called{"2020-10-09T17:00 Asia/Karachi"})
	for _, kind := range []string{"enrolled", "enrolment-confirmed", "enrolment-back", "left"} {
		journaltest.Golden(t, "cohort."+kind, 1, enrolment{"participant"})
	}
	journaltest.Golden(t, "cohort.reached", 1, reached{"r", "telephone", SpokenTo})
	journaltest.Golden(t, "cohort.excepted", 1, excepted{"waiver", "foundation", "no-connection"})
	journaltest.Golden(t, "cohort.time-asked", 1, timeAsked{"01920000-0000-7000-8000-000000000001", "e-learning"})
	journaltest.Golden(t, "cohort.time-answered", 1, timeAnswered{"01920000-0000-7000-8000-000000000002", true, "stage-begins"})
	journaltest.Golden(t, "cohort.answer-paper", 1, answerPaper{"n", Yes})
	journaltest.Golden(t, "cohort.sheet-taken", 1, sheetTaken{24})
	journaltest.Golden(t, "cohort.selection-signed", 1, selectionSigned{"choice", "d", 12, 20})
	for _, kind := range []string{"selection-taken-back", "closed", "arrangement-asked", "arrangement-made"} {
		journaltest.Golden(t, "cohort."+kind, 1, struct{}{})
	}
}
