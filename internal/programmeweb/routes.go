package programmeweb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/programme"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

// Deps are what the pages need.
type Deps struct {
	Programmes *programme.Service
	// Names says who brought a version in.
	Names func(ctx context.Context, ps []id.Person) (map[id.Person]string, error)
}

type handler struct{ Deps }

const (
	designsPath = "/designs"
	filesPath   = "/design-files/"
)

// fileLimit is the largest blueprint that is taken, in bytes.
const fileLimit = 1 << 20

// Routes returns the routes of this package.
func Routes(d Deps) []web.Route {
	h := handler{d}
	need := func(v access.Verb) web.Need { return web.Need{Verb: string(v), Kind: string(access.Blueprint)} }
	return []web.Route{
		{Method: http.MethodGet, Pattern: designsPath, Need: need(access.Import), Handler: h.list},
		{Method: http.MethodPost, Pattern: designsPath, Need: need(access.Import), Handler: h.bringIn, Upload: 2*fileLimit + 4096},
		{Method: http.MethodGet, Pattern: designsPath + "/schema", Need: need(access.Check), Handler: h.schema},
		{Method: http.MethodGet, Pattern: designsPath + "/{programme}", Need: need(access.List), Handler: h.versions},
		{Method: http.MethodGet, Pattern: filesPath + "{version}", Need: need(access.Export), Handler: h.save},
	}
}

func designForm() ui.Form {
	f := ui.NewForm("design", designsPath)
	f.Files = true
	return f
}

// list is for those who bring designs in; who only works by one reads it there.
func (h handler) list(w http.ResponseWriter, r *http.Request) error {
	a := actor.From(r.Context())
	if err := access.Allow(a, access.Import, access.Here(a, access.Blueprint)); err != nil {
		return err
	}
	all, err := h.Programmes.List(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, listPage(all, designForm(), "", nil))
}

type fileInput struct {
	File *web.Upload `form:"file,optional"`
	Text string      `form:"text,optional,max=1048576"`
	// Only is set by the button that checks and keeps nothing.
	Only string `form:"only,optional"`
}

// source returns the bytes of a blueprint: of a file exactly as they are, for a
// version is known by them; of what was typed with the ends of lines that a
// browser changes put right.
func (in fileInput) source() ([]byte, error) {
	if in.File == nil {
		text, err := web.TextOf(nil, in.Text, "text", fileLimit)
		return []byte(text), err
	}
	f, err := in.File.Open()
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(f, fileLimit+1))
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, fmt.Errorf("programmeweb: a file that was sent: %w", err)
	}
	_, err = web.TextOf(nil, string(data), "file", fileLimit) // empty, too long, not text
	return data, err
}

// bringIn takes a blueprint whole, or shows every problem beside its line with
// the text to mend it in; nothing is kept of a file that has any.
func (h handler) bringIn(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[fileInput](r)
	var data []byte
	if err == nil {
		data, err = in.source()
		in.Text = string(data)
	}
	clean := ""
	out := programme.Imported{}
	if err == nil {
		if in.Only != "" {
			if ps := programme.Check("programme.yaml", data); len(ps) > 0 {
				err = &fault.Error{Kind: fault.Invalid, Key: "programme.problems", Args: fault.Args{"n": len(ps)}, Cause: ps}
			} else {
				clean = "programme.clean"
			}
		} else {
			out, err = h.Programmes.Import(r.Context(), web.Operation(r), programme.ImportInput{File: "programme.yaml", Data: data})
		}
	}
	if err == nil && clean == "" {
		key := "programme.brought-in"
		if !out.Fresh {
			key = "programme.unchanged"
		}
		return web.Done(w, r, designsPath+"/"+string(out.Programme), key)
	}
	all, lerr := h.Programmes.List(r.Context())
	if lerr != nil {
		return lerr
	}
	f := designForm()
	if clean != "" {
		return web.Render(w, r, listPage(all, f.With("text", in.Text), clean, nil))
	}
	var ps programme.Problems
	errors.As(err, &ps)
	mends := make([]ui.Mend, len(ps))
	for i, p := range ps {
		mends[i] = ui.Mend{Line: p.Line, Wrong: p.What, Right: p.Right}
	}
	return web.Again(w, r, err, f, func(f ui.Form) templ.Component {
		return listPage(all, f.With("text", in.Text), "", mends)
	})
}

// schema is the JSON Schema of blueprints, for editors.
func (h handler) schema(w http.ResponseWriter, r *http.Request) error {
	a := actor.From(r.Context())
	if err := access.Allow(a, access.Check, access.Here(a, access.Blueprint)); err != nil {
		return err
	}
	b, err := programme.Schema()
	if err != nil {
		return err
	}
	return saved(w, "application/schema+json", "programme.schema.json", b)
}

// A version with who brought it in, in words.
type kept struct {
	programme.Version
	by string
}

func (h handler) versions(w http.ResponseWriter, r *http.Request) error {
	p, err := id.Parse[id.Programme](r.PathValue("programme"))
	if err != nil {
		return &fault.Error{Kind: fault.NotFound, Cause: err}
	}
	vs, err := h.Programmes.History(r.Context(), p)
	if err != nil {
		return err
	}
	var by []id.Person
	for _, v := range vs {
		if who, err := id.Parse[id.Person](v.ImportedBy); err == nil {
			by = append(by, who)
		}
	}
	names, err := h.Names(r.Context(), by)
	if err != nil {
		return err
	}
	b, err := h.Programmes.Blueprint(r.Context(), vs[0].ID)
	if err != nil {
		return err
	}
	l := i18n.From(r.Context())
	rows := make([]kept, len(vs))
	for i, v := range vs {
		rows[i] = kept{v, names[id.Person(v.ImportedBy)]}
		if rows[i].by == "" {
			rows[i].by = l.T("programme.by-command")
		}
	}
	return web.Render(w, r, versionsPage(b, rows))
}

// save sends a version as it came or, asked for, in the normal form.
func (h handler) save(w http.ResponseWriter, r *http.Request) error {
	v, err := id.Parse[id.Version](r.PathValue("version"))
	if err != nil {
		return &fault.Error{Kind: fault.NotFound, Cause: err}
	}
	normal := r.URL.Query().Has("normal")
	b, err := h.Programmes.Export(r.Context(), v, normal)
	if err != nil {
		return err
	}
	return saved(w, "application/yaml", "programme.yaml", b)
}

func saved(w http.ResponseWriter, kind, name string, b []byte) error {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Content-Length", strconv.Itoa(len(b)))
	_, err := w.Write(b)
	return err
}
