package contentapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/api"
	"cadre/internal/content"
	"cadre/internal/content/manifest"
	"cadre/internal/db"
	"cadre/internal/durable"
	"cadre/internal/fault"
	"cadre/internal/i18n"
	"cadre/internal/id"
	"cadre/internal/web"
)

// Deps are what the operations stand on.
type Deps struct {
	DB      *db.DB
	Content *content.Service
	// Arriving is a folder for what is on its way in.
	Arriving string
}

// Package is a package that was brought in.
type Package struct {
	ID         string     `json:"id" doc:"Of the package: the same for all its versions."`
	Version    string     `json:"version"`
	Number     int        `json:"number" doc:"Of the version, from 1."`
	Kind       string     `json:"kind" enum:"scorm12,scorm2004,cmi5,xapi,h5p"`
	Edition    int        `json:"edition,omitempty" doc:"Of SCORM 2004: 2, 3 or 4."`
	Key        string     `json:"key" doc:"The module's key, by which programme files name it."`
	Module     string     `json:"module,omitempty" doc:"The id of the package that is the module; where this one is that module in another language, another's than its own."`
	Title      string     `json:"title"`
	Language   string     `json:"language,omitempty" doc:"The one that it is offered in."`
	Languages  []string   `json:"languages" doc:"Those that its manifest states."`
	Bytes      int64      `json:"bytes" doc:"What the whole package weighs when it is sent."`
	Activities []Activity `json:"activities" doc:"What can be launched, in the manifest's order."`
	Lacks      *Lacks     `json:"lacks,omitempty" doc:"What it lacks for some learners, as an officer has noted it, and as they read it before they begin. Left out until an officer has looked."`
	Warnings   []Warning  `json:"warnings" doc:"What was repaired, and what will not work."`
}

// Lacks is what a package lacks.
type Lacks struct {
	Captions bool   `json:"captions" doc:"Its sound and video have no captions."`
	Keyboard bool   `json:"keyboard" doc:"It cannot be used by keyboard alone."`
	Other    string `json:"other,omitempty" doc:"Whatever else, in the officer's words."`
}

// Activity is one unit to launch.
type Activity struct {
	ID           string   `json:"id" doc:"Fit for an address, unique in the package."`
	PublisherID  string   `json:"publisher_id,omitempty" doc:"As the manifest has it."`
	Title        string   `json:"title"`
	MasteryScore *float64 `json:"mastery_score,omitempty" doc:"As the manifest has it: 0 to 100 for SCORM 1.2, else a scaled score."`
	MoveOn       string   `json:"move_on,omitempty" doc:"cmi5's."`
	LaunchMethod string   `json:"launch_method,omitempty" doc:"cmi5's."`
	Remote       bool     `json:"remote,omitempty" doc:"It lies outside of the package."`
}

// Warning is a problem that did not keep the package out.
type Warning struct {
	Place  string `json:"place,omitempty" doc:"File and line in the package."`
	Key    string `json:"key"`
	Detail string `json:"detail" doc:"A sentence for a person, in the caller's language."`
}

type byID struct {
	ID string `path:"id"`
}

type handler struct{ Deps }

// Add adds the operations.
func Add(a *api.API, d Deps) {
	h := handler{d}
	need := func(v access.Verb) web.Need { return web.Need{Verb: string(v), Kind: string(access.Module)} }
	api.AddRaw(a, api.Raw{
		Operation: api.Operation{
			ID: "importPackage", Method: http.MethodPost, Path: "/packages", Need: need(access.Import),
			Summary: "Bring in a package: SCORM 1.2 or 2004, cmi5 (ZIP, or cmi5.xml alone), xAPI (tincan.xml) or H5P.",
		},
		Limit: content.MaxPackage + 1<<20, Status: http.StatusCreated, Answer: Package{},
		Body: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {Schema: &huma.Schema{
			Type: "object", Required: []string{"file"}, Properties: map[string]*huma.Schema{
				"file":       {Type: "string", Format: "binary", Description: "The package."},
				"replaces":   {Type: "string", Format: "uuid", Description: "The id of the package that this is a new version of."},
				"translates": {Type: "string", Format: "uuid", Description: "The id of a package whose module this one is in another language: people find one module, in their language."},
				"language":   {Type: "string", Description: "The language that it is in, as a tag (BCP 47). Without it, the one that it states itself."},
			},
		}}}},
	}, h.bringIn)
	api.Add(a, api.Operation{
		ID: "getPackage", Method: http.MethodGet, Path: "/packages/{id}", Need: need(access.List), Summary: "Describe a package, as its latest version is.",
	}, h.get)
	api.Add(a, api.Operation{
		ID: "withdrawPackage", Method: http.MethodDelete, Path: "/packages/{id}", Need: need(access.Withdraw), KeyOptional: true,
		Summary: "Take a package out of use. Attempts and what is known of them remain.",
	}, h.withdraw)
}

// bringIn reads the form as it streams in and imports the package.
func (h handler) bringIn(ctx context.Context, r *http.Request) (_ any, err error) {
	form, err := r.MultipartReader()
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "content.form-multipart", err)
	}
	if err := durable.MakeDir(h.Arriving); err != nil {
		return nil, err
	}
	file, err := os.CreateTemp(h.Arriving, "api-*")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(file.Name())) }()
	in, err := read(form, file)
	if err != nil {
		return nil, err
	}
	in.Programme, in.File, in.Publish = actor.From(ctx).Grant.Scope.Programme, file, true
	out, err := h.Content.ImportPackage(ctx, api.OperationOf(ctx), in)
	if err != nil {
		return nil, listed(err)
	}
	return h.describe(ctx, out.Version)
}

// read takes the form's parts: the file into w, and the rest.
func read(form *multipart.Reader, w io.Writer) (in content.ImportPackage, err error) {
	in.Size = -1
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return in, broken(err)
		}
		switch name := part.FormName(); name {
		case "file":
			if in.Size >= 0 {
				return in, fault.Bad("fault.invalid", fault.Field{Name: name, Key: "content.form-file-twice"})
			}
			if in.Size, err = io.Copy(w, part); err != nil {
				return in, broken(err)
			}
		case "replaces":
			err = packageIn(part, &in.Replaces)
		case "translates":
			err = packageIn(part, &in.Translates)
		case "language":
			in.Language, err = short(part)
		default:
			return in, fault.Bad("fault.invalid", fault.Field{Name: name, Key: "content.form-unknown"})
		}
		if err != nil {
			return in, err
		}
	}
	if in.Size < 0 {
		return in, fault.Bad("fault.invalid", fault.Field{Name: "file", Key: "fault.required"})
	}
	return in, nil
}

// short reads a part that is a word.
func short(part *multipart.Part) (string, error) {
	text, err := io.ReadAll(io.LimitReader(part, 100))
	if err != nil {
		return "", broken(err)
	}
	return strings.TrimSpace(string(text)), nil
}

// packageIn reads a part that names a package; an empty one names none.
func packageIn(part *multipart.Part, m *id.Module) error {
	text, err := short(part)
	if err != nil || text == "" {
		return err
	}
	if *m, err = id.Parse[id.Module](text); err != nil {
		return fault.Bad("fault.invalid", fault.Field{Name: part.FormName(), Key: "content.no-package"})
	}
	return nil
}

// broken is a request that ended early or is too large.
func broken(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return fault.New(fault.Invalid, "content.package-large", fault.Args{"mb": content.MaxPackage >> 20})
	}
	return fault.Wrap(fault.Invalid, "content.form-multipart", err)
}

// listed turns the problems of a package into a fault with one field each.
func listed(err error) error {
	var ps content.PackageProblems
	if !errors.As(err, &ps) {
		return err
	}
	f := &fault.Error{Kind: fault.Invalid, Key: "package.problems", Cause: err}
	for _, p := range ps {
		if p.Level == manifest.Error {
			place := p.Place()
			if place == "" {
				place = "file"
			}
			f.Fields = append(f.Fields, fault.Field{Name: place, Key: p.Key, Args: p.Args})
		}
	}
	return f
}

func (h handler) describe(ctx context.Context, v id.ModuleVersion) (*Package, error) {
	l := i18n.From(ctx)
	var out *Package
	err := h.DB.View(ctx, func(tx *db.Tx) error {
		p, err := h.Content.Package(tx, v)
		if err != nil {
			return err
		}
		out = &Package{
			ID: string(p.ID), Version: string(p.Version), Number: p.Number, Kind: string(p.Kind), Edition: p.Edition, Key: p.ModuleKey, Module: string(p.Module),
			Title: l.Text(p.Title).Text, Language: p.Language, Languages: append([]string{}, p.Languages...), Bytes: p.Weight.Wire, Activities: []Activity{}, Warnings: []Warning{},
		}
		if p.LacksRevision > 0 {
			out.Lacks = &Lacks{Captions: p.Lacks.Captions, Keyboard: p.Lacks.Keyboard, Other: p.Lacks.Other}
		}
		for _, u := range p.Units {
			out.Activities = append(out.Activities, Activity{
				ID: u.ID, PublisherID: u.PublisherID, Title: l.Text(u.Title).Text, MasteryScore: u.Mastery, MoveOn: u.MoveOn, LaunchMethod: u.LaunchMethod, Remote: u.URL != "",
			})
		}
		for _, w := range p.Warnings {
			out.Warnings = append(out.Warnings, Warning{w.Place(), w.Key, l.T(w.Key, w.Args)})
		}
		return nil
	})
	return out, err
}

func (h handler) get(ctx context.Context, in *byID) (*struct{ Body *Package }, error) {
	m, err := id.Parse[id.Module](in.ID)
	if err != nil {
		return nil, fault.Wrap(fault.NotFound, "content.no-package", err)
	}
	v, err := h.Content.LatestPackage(ctx, m)
	if err != nil {
		return nil, err
	}
	p, err := h.describe(ctx, v)
	if err != nil {
		return nil, fmt.Errorf("contentapi: %w", err)
	}
	return &struct{ Body *Package }{p}, nil
}

func (h handler) withdraw(ctx context.Context, in *byID) (*struct{}, error) {
	m, err := id.Parse[id.Module](in.ID)
	if err != nil {
		return nil, fault.Wrap(fault.NotFound, "content.no-package", err)
	}
	return &struct{}{}, h.Content.WithdrawPackage(ctx, api.OperationOf(ctx), m)
}
