package contentweb

import (
	"cmp"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"cadre/internal/actor"
	"cadre/internal/content"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

// packagesForm is the form on which a package comes in: a new one, or, where of is
// one, a new version of that, or the same in another language.
func packagesForm(of id.Module, as string) ui.Form {
	f := ui.NewForm("package", "/packages")
	f.Files = true
	if of != "" {
		f = f.With("replaces", string(of)).With("as", cmp.Or(as, asVersion))
	}
	return f
}

// What a package is to the one that the form names.
const (
	asVersion  = "version"
	asLanguage = "language"
)

// related reads what a package is to the one named: a new version of it, or its
// module in another language.
func related(to, as string) (replaces, translates id.Module, err error) {
	if to == "" {
		return "", "", nil
	}
	m, err := id.Parse[id.Module](to)
	switch {
	case err != nil:
		return "", "", fault.Wrap(fault.NotFound, "content.no-package", err)
	case as == asLanguage:
		return "", m, nil
	}
	return m, "", nil
}

// listed is the page of all packages.
type listed struct {
	all      []content.PackageOverview
	next     string // the key after which the next page begins
	may      bool
	form     ui.Form
	problems []content.PackageProblem
	uploads  []content.Upload // her own that are under way
	media    bool             // sound and video can be made smaller, too
}

func (h handler) listPackages(r *http.Request, after string) (out listed, err error) {
	all, more, err := h.Content.ListPackages(r.Context(), after)
	out = listed{all: all, may: mayImport(r), form: packagesForm("", ""), media: h.Content.ShrinksMedia()}
	if more {
		out.next = all[len(all)-1].Key
	}
	if err == nil && out.may {
		out.uploads, err = h.Content.Uploads(r.Context(), actor.From(r.Context()).Grant.Scope.Programme)
	}
	return out, err
}

func (h handler) packages(w http.ResponseWriter, r *http.Request) error {
	page, err := h.listPackages(r, r.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	return web.Render(w, r, packagesPage(page))
}

// bringPackage takes an upload. Where something is wrong with it, the page lists
// everything, by file and line.
func (h handler) bringPackage(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[struct {
		File     *web.Upload `form:"file"`
		Replaces string      `form:"replaces,optional,max=36"`
		As       string      `form:"as,optional,max=10"`
		Language string      `form:"language,optional,max=35"`
		Smaller  bool        `form:"smaller"`
	}](r)
	var out content.ImportedPackage
	if err == nil {
		ask := content.ImportPackage{Programme: actor.From(r.Context()).Grant.Scope.Programme, Language: in.Language, Smaller: in.Smaller, Patience: content.ShortPatience}
		if ask.Replaces, ask.Translates, err = related(in.Replaces, in.As); err == nil {
			out, err = h.takePackage(r, in.File, ask)
		}
	}
	if err != nil {
		page, listErr := h.listPackages(r, "")
		if listErr != nil {
			return listErr
		}
		var problems content.PackageProblems
		errors.As(err, &problems)
		page.problems = problems
		return web.Again(w, r, err, packagesForm(id.Module(in.Replaces), in.As), func(f ui.Form) templ.Component {
			page.form = f
			return packagesPage(page)
		})
	}
	return brought(w, r, out)
}

// brought leads to the package that was brought in.
func brought(w http.ResponseWriter, r *http.Request, out content.ImportedPackage) error {
	key := "content.package-brought-in"
	if out.Unchanged {
		key = "content.unchanged"
	}
	return web.Done(w, r, packagePath(out.Version), key)
}

func (h handler) takePackage(r *http.Request, file *web.Upload, in content.ImportPackage) (out content.ImportedPackage, err error) {
	f, err := file.Open()
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	sized, ok := f.(interface {
		io.ReaderAt
		io.Seeker
	})
	if !ok {
		return out, errors.New("contentweb: an upload that cannot be read at a place")
	}
	if in.Size, err = sized.Seek(0, io.SeekEnd); err != nil {
		return out, err
	}
	in.File = sized
	return h.Content.ImportPackage(r.Context(), web.Operation(r), in)
}

func packagePath(v id.ModuleVersion) string { return "/packages/" + string(v) }

func versionIn(r *http.Request) (id.ModuleVersion, error) {
	v, err := id.Parse[id.ModuleVersion](r.PathValue("version"))
	return v, fault.Wrap(fault.NotFound, "content.no-version", err)
}

// packageIn is the package whose version a request names.
func (h handler) packageIn(r *http.Request) (content.PackagePage, error) {
	v, err := versionIn(r)
	if err != nil {
		return content.PackagePage{}, err
	}
	return h.Content.PreviewPackage(r.Context(), v)
}

func (h handler) pack(w http.ResponseWriter, r *http.Request) error {
	p, err := h.packageIn(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, packagePage(p, h.Content.ShrinksMedia(), mayImport(r), packageForms{allowForm(p), lacksForm(p), languageForm(p)}))
}

func languageForm(p content.PackagePage) ui.Form {
	return ui.NewForm("language", packagePath(p.Version)+"/language").With("language", p.Language)
}

// setLanguage says which language a package is in.
func (h handler) setLanguage(w http.ResponseWriter, r *http.Request) error {
	p, err := h.packageIn(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[struct {
		Language string `form:"language,max=35"`
	}](r)
	if err == nil {
		err = h.Content.SetLanguage(r.Context(), web.Operation(r), content.SetLanguage{Package: p.ID, Language: in.Language})
	}
	if err != nil {
		return web.Again(w, r, err, languageForm(p), func(f ui.Form) templ.Component {
			return packagePage(p, h.Content.ShrinksMedia(), true, packageForms{allowForm(p), lacksForm(p), f})
		})
	}
	return web.Done(w, r, packagePath(p.Version), "content.language-saved")
}

func allowForm(p content.PackagePage) ui.Form {
	f := ui.NewForm("allow", packagePath(p.Version)+"/allow").With("hosts", strings.Join(p.AllowedHosts, "\n")).With("revision", strconv.Itoa(p.Revision))
	f.Page = packagePath(p.Version)
	if p.AllowPopups {
		f = f.With("popups", "yes")
	}
	return f
}

func (h handler) publishPackage(w http.ResponseWriter, r *http.Request) error {
	v, err := versionIn(r)
	if err != nil {
		return err
	}
	if _, err := web.Decode[struct{}](r); err != nil {
		return err
	}
	if err := h.Content.Publish(r.Context(), web.Operation(r), content.Publish{Version: v}); err != nil {
		return err
	}
	return web.Done(w, r, packagePath(v), "content.published")
}

func (h handler) allow(w http.ResponseWriter, r *http.Request) error {
	p, err := h.packageIn(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[struct {
		Hosts    string `form:"hosts,optional,max=5000"`
		Popups   bool   `form:"popups"`
		Revision int    `form:"revision"`
	}](r)
	if err == nil {
		err = h.Content.AllowPackage(r.Context(), web.Operation(r), content.AllowPackage{Package: p.ID, Hosts: strings.Fields(in.Hosts), Popups: in.Popups, Revision: in.Revision})
	}
	if err != nil {
		return web.Again(w, r, err, allowForm(p), func(f ui.Form) templ.Component {
			return packagePage(p, h.Content.ShrinksMedia(), true, packageForms{f, lacksForm(p), languageForm(p)})
		})
	}
	return web.Done(w, r, packagePath(p.Version), "content.package-allowed")
}

// packageForms are the forms of a package's page.
type packageForms struct{ allowing, lacking, speaking ui.Form }

// lacksForm is what a package lacks. While nobody has noted anything, what was found
// in it is proposed.
func lacksForm(p content.PackagePage) ui.Form {
	f := ui.NewForm("lacks", packagePath(p.Version)+"/lacks").With("other", p.Lacks.Other).With("revision", strconv.Itoa(p.LacksRevision))
	f.Page = packagePath(p.Version)
	if p.Lacks.Captions || proposed(p) {
		f = f.With("captions", "yes")
	}
	if p.Lacks.Keyboard {
		f = f.With("keyboard", "yes")
	}
	return f
}

// proposed reports whether the page proposes to note that captions are missing.
func proposed(p content.PackagePage) bool { return p.LacksRevision == 0 && p.Uncaptioned }

// noteLacks notes what a package lacks.
func (h handler) noteLacks(w http.ResponseWriter, r *http.Request) error {
	p, err := h.packageIn(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[struct {
		Captions bool   `form:"captions"`
		Keyboard bool   `form:"keyboard"`
		Other    string `form:"other,optional,max=500"`
		Revision int    `form:"revision"`
	}](r)
	if err == nil {
		err = h.Content.NoteLacks(r.Context(), web.Operation(r), content.NoteLacks{
			Package: p.ID, Lacks: content.Lacks{Captions: in.Captions, Keyboard: in.Keyboard, Other: in.Other}, Revision: in.Revision,
		})
	}
	if err != nil {
		return web.Again(w, r, err, lacksForm(p), func(f ui.Form) templ.Component {
			return packagePage(p, h.Content.ShrinksMedia(), true, packageForms{allowForm(p), f, languageForm(p)})
		})
	}
	return web.Done(w, r, packagePath(p.Version), "content.package-lacks-saved")
}

func (h handler) withdraw(w http.ResponseWriter, r *http.Request) error {
	v, err := versionIn(r)
	if err != nil {
		return err
	}
	if _, err := web.Decode[struct{}](r); err != nil {
		return err
	}
	p, err := h.Content.PreviewPackage(r.Context(), v)
	if err != nil {
		return err
	}
	if err := h.Content.WithdrawPackage(r.Context(), web.Operation(r), p.ID); err != nil {
		return err
	}
	return web.Done(w, r, packagePath(v), "content.package-taken-out")
}

// original sends the archive as it came.
func (h handler) original(w http.ResponseWriter, r *http.Request) error {
	v, err := versionIn(r)
	if err != nil {
		return err
	}
	p, f, err := h.Content.Original(r.Context(), v)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	ext := ".zip"
	if p.Weight.Files == 0 {
		ext = ".xml"
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Disposition", `attachment; filename="`+p.Key+"-"+strconv.Itoa(p.Number)+ext+`"`)
	http.ServeContent(w, r, "", time.Time{}, f)
	return nil
}

// slowLine is the connection that weights are told for, in bits per second.
const slowLine = 400_000

// takes is how long bytes take on a slow line.
func takes(bytes int64) time.Duration {
	return (time.Duration(bytes*8) * time.Second / slowLine).Round(time.Second)
}
