package ui

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"cadre/internal/fault"
	"cadre/internal/i18n"
)

// Details are closed, and open where a form in them, however deep, came back
// with something wrong.
func TestDetailsOpenWhereAFormInThemIsWrong(t *testing.T) {
	ctx := i18n.With(context.Background(), i18n.For(i18n.Prefs{Lang: "en"}))
	good := NewForm("f", "/f")
	bad := good
	bad.Wrong, bad.Fields = "fault.invalid", []fault.Field{{Name: "x", Key: "fault.choose"}}
	for name, c := range map[string]struct {
		inside templ.Component
		open   int
	}{
		"nothing":     {templ.NopComponent, 0},
		"a form":      {FormBody(good), 0},
		"a wrong one": {FormBody(bad), 1},
		"one in others": {templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
			return Details("inner").Render(templ.WithChildren(ctx, FormBody(bad)), w)
		}), 2},
	} {
		var b strings.Builder
		if err := Details("outer").Render(templ.WithChildren(ctx, c.inside), &b); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(b.String(), "<details class=\"details\" open>"); n != c.open {
			t.Errorf("%s: %d are open, want %d:\n%s", name, n, c.open, b.String())
		}
	}
}
