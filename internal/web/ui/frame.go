package ui

import (
	"context"

	"github.com/a-h/templ"

	"cadre/internal/actor"
	"cadre/internal/i18n"
)

// Frame is what every page of one request shares.
type Frame struct {
	// Path is the request's path, without its query.
	Path string
	// Back is the path and query to come back to after a change of language.
	Back string
	// Acting is who acts, and in which role.
	Acting actor.Actor
	// Roles are the grants the person may act under instead; shown when there
	// are two or more.
	Roles []actor.Grant
	// Languages are the languages that can be chosen, in the order shown.
	Languages []Language
	// Bars stand above the header: the demo's clock, for instance.
	Bars []templ.Component
	// Done is what the person just did, if a redirect brought her here.
	Done *Done
	// Styles and Scripts are the addresses of the page's bundles.
	Styles  []string
	Scripts []string
	// Icon is the address of the picture that a browser shows beside the title.
	Icon string
	// PlayStyle and PlayScript are the bundles of the player's frame.
	PlayStyle, PlayScript string
	// UploadScript is the bundle of forms that send large files.
	UploadScript string
	// AheadScript is the bundle of pages that fetch a package before it is opened.
	AheadScript string
	// AgainScript is the bundle of the page that a used launch leads to.
	AgainScript string

	// Token returns the form token, differently masked at each call.
	Token func() string
	// Operation mints an operation id.
	Operation func() string
	// Sent is the form that this request carried, if it carried one.
	Sent Sent
	// Reversal tells what the form that is sent to an address says about undoing it;
	// nil says nothing.
	Reversal func(action string) Reversal
}

// DateTime is the layout in which a browser sends a field of type datetime-local: on
// the clock of a place that the page names.
const DateTime = "2006-01-02T15:04"

// Reversal is what a form says about undoing what it does.
type Reversal struct {
	// Key is the sentence's key; empty says nothing.
	Key string
	// Beforehand says so beside single buttons too: nothing undoes the act at once.
	Beforehand bool
}

// Language is one that a person can choose: its tag and its own name for itself.
type Language struct {
	Tag, Name, Dir string
}

// Sent is what a request carried as a form: which form, and the operation id it
// was rendered with. A form that is shown again keeps its operation id, so an
// outcome that nobody heard of is found and not repeated.
type Sent struct {
	Form, Operation string
}

// Done is what just happened: a sentence's key, and the address to which a form
// can be sent to undo it, if it can be undone.
type Done struct {
	Key  string
	Undo string
}

type frameKey struct{}

// With returns a context in which pages are drawn in f.
func With(ctx context.Context, f *Frame) context.Context {
	return context.WithValue(ctx, frameKey{}, f)
}

// From returns the frame of ctx: an empty one outside a request.
func From(ctx context.Context) *Frame {
	if f, ok := ctx.Value(frameKey{}).(*Frame); ok {
		return f
	}
	return &Frame{}
}

// T returns the sentence of key in the language of ctx.
func T(ctx context.Context, key string, args ...any) string {
	return i18n.From(ctx).T(key, args...)
}

func lang(ctx context.Context) string { return i18n.From(ctx).Lang() }
func dir(ctx context.Context) string  { return i18n.From(ctx).Dir() }

func (f *Frame) token() string {
	if f.Token == nil {
		return ""
	}
	return f.Token()
}

func (f *Frame) operation(form string) string {
	if form != "" && form == f.Sent.Form && f.Sent.Operation != "" {
		return f.Sent.Operation
	}
	if f.Operation == nil {
		return ""
	}
	return f.Operation()
}

func (f *Frame) reversal(action string) Reversal {
	if f.Reversal == nil {
		return Reversal{}
	}
	return f.Reversal(action)
}

// otherRoles lists the grants that the person could act under instead.
func (f *Frame) otherRoles() []actor.Grant {
	var out []actor.Grant
	for _, g := range f.Roles {
		if g.ID != f.Acting.Grant.ID {
			out = append(out, g)
		}
	}
	return out
}
