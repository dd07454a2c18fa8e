package app

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"cadre/internal/web/webtest"
)

// What happens in the week: on the trainers' telephones, at the door, and in the
// participants' hands.

// Twenty-two participants and three others are in the room, three participants
// online. One act marks them all; then come the exceptions.
func registerOfTwentyEight(w *walker) {
	w.atTheDoor()
	door := w.enters("assistant").Presses("Registers").Presses("Monday 2 November, morning")
	for _, guest := range []struct{ name, as string }{{"Daniyal Shah", "Interpreter"}, {"Mahnoor Butt", "Guest"}, {"Farida Jamal", "Observer"}, {"Sobia Tariq", "Staff"}} {
		door.Presses("Someone at the door").Fills("Name, as it is said", guest.name).Chooses(guest.as).Presses("Let in").Sees(guest.name)
	}

	trainer := w.enters("prosecutor").Presses("The register").Presses("Monday 2 November, morning").Sees("Not recorded yet")
	trainer.Rests().Presses("All present")
	if n := strings.Count(trainer.Reads(), "Not recorded yet"); n > 0 {
		w.Errorf("%d are not recorded after one act", n)
	}
	trainer.Within(1, 1)
	// One came at twenty past ten, one is excused.
	trainer.In("Saima").Presses("Change").Chooses("For a part").Fills("She came at", "10:20").Presses("Save").Sees("Part: 130 minutes")
	trainer.In("Kiran").Presses("Change").Chooses("Excused").Presses("Save").Sees("Excused")
	trainer.Within(5, 8)
	trainer.Presses("Close the register")
	trainer.Within(6, 9)
}

// A lost code is replaced in fifteen seconds by staff at her side, and she sees
// who did it.
func threeLostCodes(w *walker) {
	staff := w.enters("prosecutor").Presses("A lost code")
	for _, name := range []string{"Tahira", "Fozia", "Nasreen"} {
		staff.Rests().Fills("Name", name).Presses("Look for her").In(name).Presses("New code").Sees(name)
		if s := staff.Took().Seconds(); s > 15 {
			w.Errorf("a code for %s takes %.0f s", name, s)
		}
		staff.Within(2, 3)
		w.comesInWith(w.codeOf(staff), "Rabia Malik")
		staff.Presses("Done")
	}
}

// atTheDoor is half an hour before the week begins: the door is open.
func (w *walker) atTheDoor() { w.clock.Set(w.theatre.kept[monday].Add(10 * time.Minute)) }

// codeOf is the code of eight signs that staff read aloud from their page.
func (w *walker) codeOf(staff *webtest.Hands) string {
	w.Helper()
	code := regexp.MustCompile(`[a-z0-9]{4}-[a-z0-9]{4}`).FindString(staff.Reads())
	if code == "" {
		w.Fatalf("no code to read aloud: %s", staff.Reads())
	}
	return code
}

// comesInWith signs her in with a code, and lets her see who made it.
func (w *walker) comesInWith(code, by string) {
	w.Helper()
	her := w.chromium.Hands(w, w.url, w.way, "en").Goes("/sign-in")
	her.Fills("Code from your sheet", code).In("Code from your sheet").Presses("Go in")
	her.Presses("Later").Presses("Your sign-ins and your passphrase").Sees("Made for you by others", by)
}

// Somebody whom nobody expected is in the room within twenty seconds. One who was
// proposed and had no place comes too: she is found, is in, and has a code of her
// own.
func substituteAtTheDoor(w *walker) {
	w.clock.Set(w.theatre.kept[monday].Add(5 * time.Hour)) // the afternoon's door
	staff := w.enters("assistant").Presses("Registers").Presses("Monday 2 November, afternoon")
	staff.Rests().Presses("Someone at the door").Fills("Name, as it is said", "Nighat Parveen").Picks("In place of", "Noreen").Presses("Let in")
	staff.Sees("Nighat Parveen")
	if s := staff.Took().Seconds(); s > 20 {
		w.Errorf("that took %.0f s", s)
	}
	staff.Within(2, 4)
	staff.Rests().Presses("Someone at the door").Fills("Is it an officer we know?", "Yasmin Wazir").Presses("Find").Sees("Is it one of these?").Presses("Let in Yasmin")
	if s := staff.Took().Seconds(); s > 20 {
		w.Errorf("that took %.0f s", s)
	}
	staff.In("Yasmin").Presses("A code to sign in")
	staff.Within(4, 5)
	w.comesInWith(w.codeOf(staff), "Daniyal Shah")
}

// She says in the morning that she joins online; the register expects her there.
func onlineOnTuesday(w *walker) {
	her := w.enters("fia-10").Presses("See the timetable").Presses("I join online on this day Tuesday 3 November")
	her.Sees("Joining online on this day")
	her.Within(5, 4)
	// The trainer of that day expects her there.
	trainer := w.enters("investigator").Presses("The register").Presses("Tuesday 3 November, morning")
	trainer.In("Tahira").Sees("online")
}

// Twenty-five papers are typed as they lie: one line for each officer.
func twentyFivePapers(w *walker) {
	staff := w.enters("assistant").Presses("Cohorts and their places").Presses("Special investigation").Presses("Tests and what").Presses("After the course")
	staff.Rests().Fills("When was it written?", "2020-11-06T14:30")
	for i, name := range officers {
		staff.Fills(name+", Total", strconv.Itoa(5+i%12))
	}
	staff.Presses("Save the sheet").Sees("The sheet was saved.")
	staff.Within(1, len(officers)+2)
}

// officers are the twenty-five of the first programme on its last day, as they are
// called.
var officers = [...]string{
	"Amna", "Asma", "Ayesha", "Fatima", "Fozia", "Gulnaz", "Hina", "Kiran", "Maryam", "Mehwish", "Nadia", "Nasreen", "Noreen",
	"Robina", "Rubina", "Rukhsana", "Sadia", "Saima", "Samina", "Sana", "Shazia", "Shumaila", "Sumaira", "Tahira", "Zainab",
}
