package contentweb

import (
	"bytes"
	"errors"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"cadre/internal/access"
	"cadre/internal/actor"
	"cadre/internal/content"
	"cadre/internal/content/export"
	"cadre/internal/content/manifest"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/item"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

// Deps are what the pages stand on.
type Deps struct {
	Content *content.Service
	// Export makes packages of Markdown modules, for other systems.
	Export export.Exporter
}

type handler struct{ Deps }

// Routes returns the pages' routes.
func Routes(d Deps) []web.Route {
	h := handler{d}
	need := func(v access.Verb) web.Need { return web.Need{Verb: string(v), Kind: string(access.Module)} }
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/modules", Need: need(access.List), Handler: h.list},
		{Method: http.MethodPost, Pattern: "/modules", Need: need(access.Import), Handler: h.bringIn, Upload: content.MaxArchive},
		{Method: http.MethodGet, Pattern: "/modules/{version}", Need: need(access.List), Handler: h.module},
		{Method: http.MethodPost, Pattern: "/modules/{version}/publish", Need: need(access.Publish), Handler: h.publish},
		{Method: http.MethodGet, Pattern: "/modules/{version}/export/{kind}", Need: need(access.Export), Handler: h.export},
		{Method: http.MethodGet, Pattern: "/packages", Need: need(access.List), Handler: h.packages},
		{Method: http.MethodPost, Pattern: "/packages", Need: need(access.Import), Handler: h.bringPackage, Upload: content.MaxPackage},
		{Method: http.MethodPost, Pattern: "/package-uploads", Need: need(access.Import), Handler: h.beginUpload},
		{Method: http.MethodGet, Pattern: "/package-uploads/{upload}", Need: need(access.Import), Handler: h.upload},
		{Method: http.MethodPost, Pattern: "/package-uploads/{upload}/parts", Need: need(access.Import), Handler: h.appendUpload, Upload: content.MaxPart},
		{Method: http.MethodPost, Pattern: "/package-uploads/{upload}/finish", Need: need(access.Import), Handler: h.finishUpload},
		{Method: http.MethodPost, Pattern: "/package-uploads/{upload}/drop", Need: need(access.Import), Handler: h.dropUpload},
		{Method: http.MethodGet, Pattern: "/packages/{version}", Need: need(access.List), Handler: h.pack},
		{Method: http.MethodGet, Pattern: "/packages/{version}/original", Need: need(access.Export), Handler: h.original},
		{Method: http.MethodPost, Pattern: "/packages/{version}/publish", Need: need(access.Publish), Handler: h.publishPackage},
		{Method: http.MethodPost, Pattern: "/packages/{version}/allow", Need: need(access.Change), Handler: h.allow},
		{Method: http.MethodPost, Pattern: "/packages/{version}/lacks", Need: need(access.Change), Handler: h.noteLacks},
		{Method: http.MethodPost, Pattern: "/packages/{version}/language", Need: need(access.Change), Handler: h.setLanguage},
		{Method: http.MethodPost, Pattern: "/packages/{version}/withdraw", Need: need(access.Withdraw), Handler: h.withdraw},
	}
}

func importForm() ui.Form {
	f := ui.NewForm("import", "/modules")
	f.Files = true
	return f
}

func (h handler) list(w http.ResponseWriter, r *http.Request) error {
	all, err := h.Content.List(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, listPage(all, mayImport(r), importForm(), nil))
}

func mayImport(r *http.Request) bool {
	a := actor.From(r.Context())
	return access.Allows(a, access.Import, access.Here(a, access.Module))
}

func mayExport(r *http.Request) bool {
	a := actor.From(r.Context())
	return access.Allows(a, access.Export, access.Here(a, access.Module))
}

func (h handler) bringIn(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[struct {
		Key    string      `form:"key,optional,max=64"`
		Folder *web.Upload `form:"folder"`
	}](r)
	var out content.Imported
	if err == nil {
		out, err = h.send(r, in.Key, in.Folder)
	}
	if err != nil {
		all, listErr := h.Content.List(r.Context())
		if listErr != nil {
			return listErr
		}
		var problems content.Problems
		errors.As(err, &problems)
		return web.Again(w, r, err, importForm(), func(f ui.Form) templ.Component { return listPage(all, true, f, problems) })
	}
	key := "content.brought-in"
	if out.Unchanged {
		key = "content.unchanged"
	}
	return web.Done(w, r, modulePath(out.Version), key)
}

func (h handler) send(r *http.Request, key string, folder *web.Upload) (content.Imported, error) {
	f, err := folder.Open()
	if err != nil {
		return content.Imported{}, err
	}
	defer func() { _ = f.Close() }() // it was only read
	name, files, err := content.Unpack(f)
	if err != nil {
		return content.Imported{}, err
	}
	if key == "" {
		key = name
	}
	if !item.ValidKey(key) {
		return content.Imported{}, fault.Bad("fault.invalid", fault.Field{Name: "key", Key: "content.key-form"})
	}
	return h.Content.Import(r.Context(), web.Operation(r), content.Import{
		Programme: actor.From(r.Context()).Grant.Scope.Programme, Key: key, Files: files,
	})
}

func modulePath(v id.ModuleVersion) string { return "/modules/" + string(v) }

// module is one version, with the others of its module.
func (h handler) module(w http.ResponseWriter, r *http.Request) error {
	v, err := id.Parse[id.ModuleVersion](r.PathValue("version"))
	if err != nil {
		return fault.Wrap(fault.NotFound, "", err)
	}
	version, m, err := h.Content.Preview(r.Context(), v)
	if err != nil {
		return err
	}
	all, err := h.Content.List(r.Context())
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.ID == version.Module {
			return web.Render(w, r, versionPage(o, version, m, mayImport(r), mayExport(r)))
		}
	}
	return fault.New(fault.NotFound, "content.no-version", nil)
}

func (h handler) publish(w http.ResponseWriter, r *http.Request) error {
	v, err := id.Parse[id.ModuleVersion](r.PathValue("version"))
	if err != nil {
		return fault.Wrap(fault.NotFound, "", err)
	}
	if _, err := web.Decode[struct{}](r); err != nil {
		return err
	}
	if err := h.Content.Publish(r.Context(), web.Operation(r), content.Publish{Version: v}); err != nil {
		return err
	}
	return web.Done(w, r, modulePath(v), "content.published")
}

func exportPath(v id.ModuleVersion, kind manifest.Kind) string {
	return modulePath(v) + "/export/" + string(kind)
}

// export sends a version as a package for other systems.
func (h handler) export(w http.ResponseWriter, r *http.Request) error {
	v, err := id.Parse[id.ModuleVersion](r.PathValue("version"))
	if err != nil {
		return fault.Wrap(fault.NotFound, "", err)
	}
	p, err := h.Export.Of(r.Context(), v, manifest.Kind(r.PathValue("kind")))
	if err != nil {
		return err
	}
	// Written before anything is sent: a picture that cannot be read is still told.
	// A module is bounded (content.MaxArchive).
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/zip")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Disposition", `attachment; filename="`+p.Name+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b.Bytes()))
	return nil
}
