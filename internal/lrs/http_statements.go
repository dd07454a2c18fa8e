package lrs

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"cadre/internal/db"
	"cadre/internal/fault"
	"cadre/internal/lrs/statement"
)

// read reads the statements of a request, and their attachments.
func (e *exchange) read() (*body, error) {
	in, err := readBody(e.files(), e.r.Header.Get("Content-Type"), e.version, e.body)
	if err != nil {
		return nil, err
	}
	return in, in.claim()
}

func postStatements(e *exchange) error {
	if err := e.params(); err != nil {
		return err
	}
	in, err := e.read()
	if err != nil {
		return err
	}
	ids, err := e.store(in.batch, in.files)
	if err != nil {
		return err
	}
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = id.String()
	}
	b, err := json.Marshal(out)
	if err != nil {
		return err
	}
	e.seen()
	return e.json(b)
}

// readBatch reads one statement or a list of them.
func readBatch(top statement.Value, v statement.Version) ([]*statement.Statement, error) {
	list := []statement.Value{top}
	if top.Kind() == statement.Array {
		list = list[:0]
		for c := top.First(); c.OK(); c = c.Next() {
			list = append(list, c)
		}
	}
	batch := make([]*statement.Statement, len(list))
	for i, c := range list {
		st, err := statement.Read(c, v)
		if err != nil {
			return nil, invalid(err)
		}
		batch[i] = st
	}
	return batch, nil
}

func putStatement(e *exchange) error {
	if err := e.params("statementId"); err != nil {
		return err
	}
	id, err := e.uuidParam("statementId")
	if err != nil {
		return err
	}
	if id == nil {
		return refuse(fault.Invalid, "the parameter statementId is missing")
	}
	in, err := e.read()
	if err != nil {
		return err
	}
	st, err := statement.Read(in.top, e.version)
	if err != nil {
		return invalid(err)
	}
	if st.HasID && st.ID != *id {
		return refuse(fault.Invalid, "the statement's id is not the parameter statementId")
	}
	st.ID, st.HasID = *id, true
	if _, err := e.store([]*statement.Statement{st}, in.files); err != nil {
		return err
	}
	e.seen()
	e.w.WriteHeader(http.StatusNoContent)
	return nil
}

// seen sets the header that every answer about statements has, after some were
// kept. What was written moved the head that this instance knows past itself, so
// that nothing has to be read. What was kept is answered as kept, also where the
// caller has gone or the head cannot be read anew: then it says what is known.
func (e *exchange) seen() {
	t, late := e.s.head.known(db.Micros(e.s.DB.Clock().Now()))
	if late {
		if now, err := e.s.Through(context.WithoutCancel(e.ctx())); err == nil {
			t = now
		}
	}
	e.through(t)
}

func getStatements(e *exchange) error {
	if err := e.params("statementId", "voidedStatementId", "agent", "verb", "activity", "registration", "related_activities",
		"related_agents", "since", "until", "limit", "format", "attachments", "ascending", "cursor"); err != nil {
		return err
	}
	form, err := e.form()
	if err != nil {
		return err
	}
	for _, name := range []string{"statementId", "voidedStatementId"} {
		id, err := e.uuidParam(name)
		if err != nil {
			return err
		}
		if id == nil {
			continue
		}
		for other := range e.query {
			if other != name && other != "format" && other != "attachments" {
				return refuse(fault.Invalid, "beside "+name+" only format and attachments may stand")
			}
		}
		p, err := e.s.Get(e.ctx(), e.key, *id, name == "voidedStatementId", form)
		if err != nil {
			return err
		}
		if err := e.noted(p.People...); err != nil {
			return err
		}
		e.through(p.Through)
		e.modified(p)
		return e.page(p, form, p.Statements[0])
	}
	q, err := e.find()
	if err != nil {
		return err
	}
	q.Form = form
	p, err := e.s.Find(e.ctx(), e.key, q)
	if err != nil {
		return err
	}
	if err := e.noted(p.People...); err != nil {
		return err
	}
	e.through(p.Through)
	e.modified(p)
	more := ""
	if p.More != 0 {
		next := url.Values{}
		for k, v := range e.query {
			next[k] = v
		}
		next.Set("cursor", strconv.FormatInt(p.More, 36))
		more = e.base + "/statements?" + next.Encode()
	}
	size := 64 + len(more)
	for _, s := range p.Statements {
		size += len(s) + 1
	}
	b := append(make([]byte, 0, size), `{"statements":[`...)
	for i, s := range p.Statements {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, s...)
	}
	b = append(b, `],"more":`...)
	b = statement.AppendString(b, more)
	return e.page(p, form, append(b, '}'))
}

func (e *exchange) modified(p Page) {
	if !p.Stored.IsZero() {
		e.w.Header().Set("Last-Modified", p.Stored.Format(http.TimeFormat))
	}
}

func (e *exchange) form() (f Form, err error) {
	if f.Attachments, err = e.boolParam("attachments"); err != nil {
		return f, err
	}
	f.Format = e.query.Get("format")
	if f.Format == "" && e.query.Has("format") || !slices.Contains([]string{"", "exact", "ids", "canonical"}, f.Format) {
		return f, refuse(fault.Invalid, "the parameter format is not exact, ids or canonical")
	}
	f.Languages = e.languages()
	return f, nil
}

// find reads what statements are wanted.
func (e *exchange) find() (q Query, err error) {
	set := func(f func() error) {
		if err == nil {
			err = f()
		}
	}
	set(func() (err error) { q.Agent, err = e.agentParam(false); return })
	set(func() (err error) { q.Verb, err = e.iriParam("verb", false); return })
	set(func() (err error) { q.Activity, err = e.iriParam("activity", false); return })
	set(func() (err error) { q.Registration, err = e.uuidParam("registration"); return })
	set(func() (err error) { q.RelatedAgents, err = e.boolParam("related_agents"); return })
	set(func() (err error) { q.RelatedActivities, err = e.boolParam("related_activities"); return })
	set(func() (err error) { q.Ascending, err = e.boolParam("ascending"); return })
	set(func() (err error) { q.Since, err = e.instantParam("since"); return })
	set(func() error {
		until, err := e.instantParam("until")
		if e.query.Has("until") {
			q.Until = &until // the zero Time is an instant as well
		}
		return err
	})
	set(func() (err error) {
		if !e.query.Has("limit") {
			return nil
		}
		if q.Limit, err = strconv.Atoi(e.query.Get("limit")); err != nil || q.Limit < 0 {
			return refuse(fault.Invalid, "the parameter limit is no whole number")
		}
		return nil
	})
	set(func() (err error) {
		if !e.query.Has("cursor") {
			return nil
		}
		if q.After, err = strconv.ParseInt(e.query.Get("cursor"), 36, 64); err != nil {
			return refuse(fault.Invalid, "the address of the next page is damaged")
		}
		return nil
	})
	return q, err
}

// page answers with statements, and with their attachments where these were
// asked for.
func (e *exchange) page(p Page, f Form, text []byte) error {
	if !f.Attachments {
		return e.json(text)
	}
	mw := multipart.NewWriter(e.w)
	e.w.Header().Set("Content-Type", `multipart/mixed; boundary=`+mw.Boundary())
	if e.r.Method == http.MethodHead {
		return nil
	}
	part, err := mw.CreatePart(textproto.MIMEHeader{"Content-Type": {"application/json"}})
	if err == nil {
		_, err = part.Write(text)
	}
	for _, a := range p.Attachments {
		if err != nil {
			break
		}
		err = writeFile(mw, a)
	}
	if err == nil {
		err = mw.Close()
	}
	if err != nil {
		// The answer has begun: all that is left is to end it so that it is not
		// taken for whole.
		e.h.log.ErrorContext(e.ctx(), "lrs: an answer with attachments broke off", "error", err.Error())
		panic(http.ErrAbortHandler)
	}
	return nil
}

func writeFile(mw *multipart.Writer, a File) error {
	f, err := a.Open()
	if err != nil {
		return err
	}
	defer f.Close() // only read
	part, err := mw.CreatePart(textproto.MIMEHeader{
		"Content-Type":              {a.ContentType},
		"Content-Transfer-Encoding": {"binary"},
		headerHash:                  {a.SHA2},
		"Content-Length":            {strconv.FormatInt(a.Size, 10)},
	})
	if err != nil {
		return err
	}
	_, err = io.Copy(part, f)
	return err
}

// languagesMax bounds the languages that a reader is asked for: each is looked for in
// every text of an answer.
const languagesMax = 20

// acceptLanguages reads an Accept-Language header, best first.
func acceptLanguages(header string) []string {
	type want struct {
		tag string
		q   float64
	}
	var all []want
	for part := range strings.SplitSeq(header, ",") {
		tag, rest, _ := strings.Cut(strings.TrimSpace(part), ";")
		w := want{strings.TrimSpace(tag), 1}
		if q, ok := strings.CutPrefix(strings.TrimSpace(rest), "q="); ok {
			n, err := strconv.ParseFloat(q, 64)
			if err != nil {
				continue
			}
			w.q = n
		}
		if w.tag != "" && w.tag != "*" && w.q > 0 {
			all = append(all, w)
		}
	}
	slices.SortStableFunc(all, func(a, b want) int { return cmp.Compare(b.q, a.q) })
	all = all[:min(len(all), languagesMax)]
	out := make([]string, len(all))
	for i, w := range all {
		out[i] = w.tag
	}
	return out
}

// mediaType reads a Content-Type.
func mediaType(header string) (string, map[string]string, error) {
	kind, params, err := mime.ParseMediaType(header)
	if err != nil {
		return "", nil, refuse(fault.Invalid, fmt.Sprintf("the Content-Type cannot be read: %v", err))
	}
	return kind, params, nil
}
