package app

import (
	"testing"

	"cadre/internal/web/webtest"
)

// A walk is a task of the first programme, done by hand in a real browser.
type walk struct {
	name string
	// at is the moment at which it is done, in Pakistan.
	at string
	do func(w *walker)
}

// The moments of the walks.
const (
	before    = "2020-09-14 09:00" // an empty installation
	proposing = "2020-10-04 10:00" // FIA has proposed 17, Punjab Police too
	answering = "2020-10-06 10:00" // places are offered, the officers say yes or no
	learning  = "2020-10-19 10:00" // all do their modules, before the release letters
	monday    = "2020-11-02 08:25" // the first day, before the door, the test, and the register
	friday    = "2020-11-06 15:05" // the last day, before the test
	reported  = "2020-11-19 10:00" // the figures are released
	following = "2021-05-27 10:00" // six months later
	coached   = "2021-09-27 14:00" // an hour of coaching has just ended
)

// walks are the tasks that every role has, and those that are counted because
// people do them standing, at a door, or twenty times over.
func walks() []walk {
	return []walk{
		{"a focal point proposes an officer", proposing, proposesAnOfficer},
		{"an officer says yes", answering, saysYes},
		{"a programme officer rings who is in doubt", learning, ringsWhoIsInDoubt},
		{"a participant reads on", learning, readsOn},
		{"an administrator looks after the installation", learning, looksAfterTheInstallation},
		{"one letter releases seventeen", learning, oneLetterForSeventeen},
		{"three lost codes", monday, threeLostCodes},
		{"she moves online on Tuesday", monday, onlineOnTuesday},
		{"a register of twenty-five in the room and three online", monday, registerOfTwentyEight},
		{"a substitute at the door", monday, substituteAtTheDoor},
		{"twenty-five papers", friday, twentyFivePapers},
		{"a participant reads her certificate", reported, readsHerCertificate},
		{"an observer opens the figure 25", reported, observerOpensTheFigure},
		{"a programme officer opens the figure 25", reported, officerOpensTheFigure},
		{"a supervisor confirms", following, supervisorConfirms},
		{"a coach prepares and closes", coached, coachPreparesAndCloses},
	}
}

// walker is where a walk takes place, and in which way.
type walker struct {
	*testing.T
	*scene
	chromium *webtest.Chromium
	way      webtest.Way
}

// enters signs somebody of the cast in by the link that she was sent, and counts
// from there.
func (w *walker) enters(key string) *webtest.Hands {
	w.Helper()
	return w.chromium.Hands(w, w.url, w.way, "en").Goes(w.link(w, key)).Presses("Go in").Presses("Later")
}

// Each task is done in each way that people have of using a page, and takes no
// more pages and acts than are said with it. See [webtest.Hands] for what fails
// beside the task itself.
func TestWalks(t *testing.T) {
	if testing.Short() {
		t.Skip("a real browser walks")
	}
	all := walks()
	th := rehearse(t)
	chromium := webtest.Launch(t)
	for _, way := range webtest.Ways() {
		t.Run(way.Name, func(t *testing.T) {
			t.Parallel()
			scenes := map[string]*scene{}
			for _, wk := range all {
				if scenes[wk.at] == nil {
					scenes[wk.at] = th.open(t, wk.at)
				}
				t.Run(wk.name, func(t *testing.T) {
					wk.do(&walker{T: t, scene: scenes[wk.at], chromium: chromium, way: way})
				})
			}
		})
	}
}
