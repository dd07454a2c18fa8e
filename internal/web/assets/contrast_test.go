package assets

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Each colour of text with the grounds that it stands on. WCAG 2.2, success
// criterion 1.4.3, asks for 4.5 to 1; 1.4.11 for 3 to 1 around what is operated.
var pairs = []struct {
	text, ground string
	least        float64
}{
	{"ink", "paper", 4.5},
	{"ink", "raised", 4.5},
	{"ink", "sunken", 4.5},
	{"quiet", "paper", 4.5},
	{"quiet", "raised", 4.5},
	{"quiet", "sunken", 4.5},
	{"act", "paper", 4.5},
	{"act", "raised", 4.5},
	{"act", "act-soft", 4.5},
	{"act", "done-soft", 4.5},
	{"act", "attend-soft", 4.5},
	{"act", "danger-soft", 4.5},
	{"act-deep", "paper", 4.5},
	{"act-deep", "act-soft", 4.5},
	{"on-act", "act", 4.5},
	{"on-act", "act-deep", 4.5},
	{"on-danger", "danger", 4.5},
	{"paper", "ink", 4.5},
	{"done", "paper", 4.5},
	{"done", "raised", 4.5},
	{"done", "done-soft", 4.5},
	{"attend", "paper", 4.5},
	{"attend", "raised", 4.5},
	{"attend", "attend-soft", 4.5},
	{"danger", "paper", 4.5},
	{"danger", "raised", 4.5},
	{"danger", "danger-soft", 4.5},
	{"ink", "act-soft", 4.5},
	{"ink", "done-soft", 4.5},
	{"ink", "attend-soft", 4.5},
	{"ink", "danger-soft", 4.5},
	{"edge", "paper", 3},
	{"edge", "raised", 3},
	{"focus", "paper", 3},
	{"focus", "raised", 3},
}

func TestEveryTextCanBeRead(t *testing.T) {
	b, err := os.ReadFile("src/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, ok := strings.Cut(string(b), "prefers-color-scheme: dark")
	if !ok {
		t.Fatal("no dark colours")
	}
	for name, part := range map[string]string{"light": light, "dark": dark} {
		c := colours(t, part)
		for _, p := range pairs {
			x, okX := c[p.text]
			y, okY := c[p.ground]
			if !okX || !okY {
				t.Errorf("%s: %s or %s is not set", name, p.text, p.ground)
				continue
			}
			if got := contrast(x, y); got < p.least {
				t.Errorf("%s: %s on %s has %.2f to 1, less than %.1f", name, p.text, p.ground, got, p.least)
			}
		}
	}
}

var colour = regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`)

func colours(t *testing.T, css string) map[string][3]float64 {
	t.Helper()
	out := map[string][3]float64{}
	for _, m := range colour.FindAllStringSubmatch(css, -1) {
		var c [3]float64
		for i := range c {
			n, err := strconv.ParseUint(m[2][2*i:2*i+2], 16, 8)
			if err != nil {
				t.Fatal(err)
			}
			c[i] = float64(n) / 255
		}
		out[m[1]] = c
	}
	return out
}

// contrast is the contrast ratio of WCAG 2.2.
func contrast(x, y [3]float64) float64 {
	a, b := luminance(x), luminance(y)
	return (max(a, b) + 0.05) / (min(a, b) + 0.05)
}

func luminance(c [3]float64) float64 {
	for i, v := range c {
		if v <= 0.04045 {
			c[i] = v / 12.92
		} else {
			c[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2]
}
