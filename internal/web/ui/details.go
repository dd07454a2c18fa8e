package ui

import (
	"bytes"
	"context"
	"io"

	"github.com/a-h/templ"
)

// Details is something that can be opened, for those who want to know more.
//
// It is open where a form in it came back with something wrong: what is said
// above a form would otherwise be said where nobody sees it.
func Details(summary string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		children := templ.GetChildren(ctx)
		wrong := false
		var body bytes.Buffer
		if err := children.Render(context.WithValue(templ.ClearChildren(ctx), wrongKey{}, &wrong), &body); err != nil {
			return err
		}
		if wrong {
			noteWrong(ctx) // what lies around it opens too
		}
		inside := templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			_, err := w.Write(body.Bytes())
			return err
		})
		return details(summary, wrong, inside).Render(templ.ClearChildren(ctx), w)
	})
}

type wrongKey struct{}

// noteWrong tells the details around that something in them is wrong.
func noteWrong(ctx context.Context) {
	if wrong, ok := ctx.Value(wrongKey{}).(*bool); ok {
		*wrong = true
	}
}
