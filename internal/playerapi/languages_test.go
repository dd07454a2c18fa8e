package playerapi_test

import (
	"net/http"
	"strings"
	"testing"

	"cadre/internal/db"
	"cadre/internal/db/dbtest"
	"cadre/internal/player"
)

const inUrdu = "01900000-0000-7000-8000-0000000000d3"

// A program launches a course in a language: another registration, at another
// package, of one module, whose course is one activity.
func TestAProgramLaunchesInALanguage(t *testing.T) {
	dbtest.Run(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		k.shelf.Put(&player.Course{
			Module: inUrdu, Key: "cmi5", Kind: player.Cmi5, Title: "کورس", Language: "ur", Publisher: "https://example.org/c/ur",
			Units: []player.Unit{{ID: "https://example.org/ur/ek", Key: "ek", Title: "ایک", Href: "one.html", Says: player.Says{MoveOn: "Completed"}}},
		}, map[string]string{"one.html": "<!doctype html>"})
		launches := "/packages/" + course + "/launches"
		english := k.must(http.StatusCreated, "POST", launches, object{"person": known, "activity": "one", "own_window": true})
		urdu := k.must(http.StatusCreated, "POST", launches, object{"person": known, "activity": "ek", "language": "ur-PK", "own_window": true})
		if english["registration"] == urdu["registration"] {
			t.Error("two languages are one registration")
		}
		if again := k.must(http.StatusCreated, "POST", "/packages/"+inUrdu+"/launches", object{"person": known, "activity": "ek", "own_window": true}); again["registration"] != urdu["registration"] {
			t.Error("the package of a language does not find its open registration")
		} else {
			urdu = again
		}
		if again := k.must(http.StatusCreated, "POST", launches, object{"person": known, "activity": "two", "own_window": true}); again["registration"] != english["registration"] {
			t.Error("without a language, another package than the one named was launched")
		}
		k.must(http.StatusUnprocessableEntity, "POST", launches, object{"person": known, "activity": "one", "language": "ps"})

		// What Cadre says of the course names the module; a unit reaches its own package.
		if got := k.unit(urdu["launch_url"].(string), "initialized", "completed", "terminated"); got != http.StatusOK {
			t.Fatalf("the unit is answered %d", got)
		}
		var satisfied int
		err := d.View(t.Context(), func(tx *db.Tx) error {
			all, err := db.Collect(tx, func(r *db.Rows) (s string, err error) {
				var raw []byte
				err = r.Scan(&raw)
				return string(raw), err
			}, `SELECT body FROM lrs_statements`)
			for _, s := range all {
				if strings.Contains(s, "satisfied") && strings.Contains(s, `"id":"https://training.example.org/xapi/packages/`+course+`"`) {
					satisfied++
				}
			}
			return err
		})
		if err != nil || satisfied != 1 {
			t.Errorf("%d statements say that the module's course is satisfied, %v", satisfied, err)
		}
		if !strings.Contains(urdu["launch_url"].(string), "packages%2F"+inUrdu+"%2Funits%2Fek") {
			t.Errorf("the unit is launched as %s", urdu["launch_url"])
		}

		// Either package's id names the module's attempts.
		for _, of := range []string{course, inUrdu} {
			all := k.must(http.StatusOK, "GET", "/packages/"+of+"/attempts?person="+known, nil)["attempts"].([]any)
			if len(all) != 2 {
				t.Fatalf("%d attempts: %v", len(all), all)
			}
			for _, a := range all {
				x := a.(object)
				want, state := object{"package": course, "language": "en"}, "open"
				if x["registration"] == urdu["registration"] {
					want, state = object{"package": inUrdu, "language": "ur"}, "passed"
				}
				if x["package"] != want["package"] || x["language"] != want["language"] || x["state"] != state {
					t.Errorf("%v, want %v and %s", x, want, state)
				}
			}
		}

		// Taken out of use, what is open in that language ends, and no other.
		open := k.must(http.StatusCreated, "POST", launches, object{"person": known, "activity": "two", "own_window": true})
		k.ends(d, inUrdu)
		if got := k.unit(open["launch_url"].(string), "initialized"); got != http.StatusOK {
			t.Errorf("a session in the other language ended: %d", got)
		}
	})
}
