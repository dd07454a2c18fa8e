package web

import (
	"bytes"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"cadre/internal/fault"
	"cadre/internal/web/ui"
)

// Render answers with a page. It is drawn completely before a byte is sent, so
// an error in it is returned like any other.
func Render(w http.ResponseWriter, r *http.Request, page templ.Component) error {
	return render(w, r, http.StatusOK, page)
}

// RenderAs answers with a page and a status of its own.
func RenderAs(w http.ResponseWriter, r *http.Request, status int, page templ.Component) error {
	return render(w, r, status, page)
}

func render(w http.ResponseWriter, r *http.Request, status int, page templ.Component) error {
	var b bytes.Buffer
	if err := page.Render(r.Context(), &b); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(b.Bytes()) // fails only if the person has gone
	}
	return nil
}

// Again shows a form once more after err, with what was typed and with what is
// wrong, if err is something that the person can mend: Invalid, Conflict, Stale,
// Closed or Limited. Every other error is returned. The fields show what was sent and
// nothing else: a box that was ticked beforehand and is ticked no more sends nothing,
// and does not come back ticked. Of a Stale one f is the form
// as it would be drawn for what stands now: each field shows that beside what was
// typed, and what is sent next is sent for the revision that stands now.
//
//	in, err := web.Decode[cohort.Confirm](r)
//	if err == nil {
//		_, err = h.cohort.Confirm(r.Context(), web.Operation(r), in)
//	}
//	if err != nil {
//		return web.Again(w, r, err, confirmForm(), page)
//	}
//	return web.Done(w, r, "/", "cohort.confirmed")
func Again(w http.ResponseWriter, r *http.Request, err error, f ui.Form, page func(ui.Form) templ.Component) error {
	kind := fault.KindOf(err)
	switch kind {
	case fault.Invalid, fault.Conflict, fault.Stale, fault.Closed, fault.Limited:
	default:
		return err
	}
	var x *fault.Error
	if !asError(err, &x) {
		return err
	}
	values := url.Values{}
	if !r.PostForm.Has(operationField) {
		maps.Copy(values, f.Values) // what was sent could not be read
	}
	if kind == fault.Stale {
		f.Stored = maps.Clone(f.Values)
	}
	for k, v := range r.PostForm {
		if k != tokenField && k != operationField && k != formField {
			values[k] = v
		}
	}
	if now, ok := f.Stored[revisionField]; ok {
		values[revisionField] = now // what is sent next is meant for what stands now
	}
	f.Values = values
	f.Wrong, f.WrongArgs, f.Fields = x.Key, x.Args, x.Fields
	if f.Wrong == "" {
		f.Wrong = "fault." + kind.String()
	}
	return render(w, r, Status(kind), page(f))
}

// Done leads to another page after something was done, and says there what: key
// names the sentence. It must not hold anything about a person. If the route is
// [UndoneBy] another that its address tells, undoing is offered beside it.
func Done(w http.ResponseWriter, r *http.Request, to, key string) error {
	return done(w, r, to, key, undoing(r))
}

// DoneUndo is Done with an offer to undo: undo is the address to which the
// undoing form is sent.
func DoneUndo(w http.ResponseWriter, r *http.Request, to, key, undo string) error {
	return done(w, r, to, key, undo)
}

func done(w http.ResponseWriter, r *http.Request, to, key, undo string) error {
	u, err := url.Parse(to)
	if err != nil {
		return err
	}
	q := u.Query()
	q.Set("done", key)
	q.Del("undo")
	if undo != "" {
		q.Set("undo", undo)
	}
	q.Set("mac", flashMAC(r, key, undo))
	u.RawQuery = q.Encode()
	http.Redirect(w, r, u.String(), http.StatusSeeOther)
	return nil
}

// See leads to another page.
func See(w http.ResponseWriter, r *http.Request, to string) error {
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// Within returns to if it is an address inside Cadre, otherwise "/": for
// addresses to come back to that were part of a request.
func Within(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || u.Opaque != "" ||
		!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
		return "/"
	}
	return to
}
