package contentweb

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/a-h/templ"

	"cadre/internal/actor"
	"cadre/internal/content"
	"cadre/internal/fault"
	"cadre/internal/id"
	"cadre/internal/web"
	"cadre/internal/web/ui"
)

// progress is what the page's script is told of an upload.
type progress struct {
	Address  string `json:"address"` // the upload's own
	Size     int64  `json:"size"`
	Received int64  `json:"received"`
	Most     int64  `json:"most"` // bytes of one part
	Smaller  bool   `json:"smaller"`
	Worked   *int   `json:"worked,omitempty"` // per cent, while it is being brought in
	// Last is the last part that came, by which another file of the same name is
	// known.
	Last struct {
		Start  int64  `json:"start"`
		Size   int64  `json:"size"`
		Digest string `json:"digest"`
	} `json:"last"`
}

func (h handler) tell(w http.ResponseWriter, u content.Upload) error {
	out := progress{Address: uploadPath(u.ID), Size: u.Size, Received: u.Received, Most: content.MaxPart, Smaller: u.Smaller}
	out.Last.Start, out.Last.Size, out.Last.Digest = u.Last.Start, u.Last.Size, u.Last.Digest
	if worked, ok := h.Content.Working(u.ID); ok {
		out.Worked = &worked
	}
	b, err := json.Marshal(out)
	if err != nil {
		return fault.Wrap(fault.Internal, "", err)
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(b) // fails only if the person has gone
	return nil
}

func uploadPath(u id.Upload) string { return "/package-uploads/" + string(u) }

func uploadIn(r *http.Request) (id.Upload, error) {
	u, err := id.Parse[id.Upload](r.PathValue("upload"))
	return u, fault.Wrap(fault.NotFound, "content.no-upload", err)
}

// beginUpload takes what the script knows of the file, and answers how much of it
// is here already.
func (h handler) beginUpload(w http.ResponseWriter, r *http.Request) error {
	in, err := web.Decode[struct {
		Replaces string `form:"replaces,optional,max=36"`
		As       string `form:"as,optional,max=10"`
		Language string `form:"language,optional,max=35"`
		Smaller  string `form:"smaller,optional,max=3"`
		Name     string `form:"name,max=300"`
		Size     int64  `form:"size"`
		Modified int64  `form:"modified,optional"`
	}](r)
	if err != nil {
		return err
	}
	begin := content.BeginUpload{Programme: actor.From(r.Context()).Grant.Scope.Programme, Language: in.Language, Name: in.Name, Size: in.Size, Modified: in.Modified}
	if in.Smaller != "" {
		smaller := in.Smaller == "yes"
		begin.Smaller = &smaller
	}
	if begin.Replaces, begin.Translates, err = related(in.Replaces, in.As); err != nil {
		return err
	}
	u, err := h.Content.BeginUpload(r.Context(), begin)
	if err != nil {
		return err
	}
	return h.tell(w, u)
}

func (h handler) upload(w http.ResponseWriter, r *http.Request) error {
	v, err := uploadIn(r)
	if err != nil {
		return err
	}
	u, err := h.Content.Upload(r.Context(), v)
	if err != nil {
		return err
	}
	return h.tell(w, u)
}

func (h handler) appendUpload(w http.ResponseWriter, r *http.Request) error {
	v, err := uploadIn(r)
	if err != nil {
		return err
	}
	in, err := web.Decode[struct {
		Start  int64       `form:"start"`
		Digest string      `form:"digest,optional,max=64"`
		Part   *web.Upload `form:"part"`
	}](r)
	if err != nil {
		return err
	}
	part, err := in.Part.Open()
	if err != nil {
		return err
	}
	u, err := h.Content.AppendUpload(r.Context(), content.AppendUpload{Upload: v, Start: in.Start, Digest: in.Digest, Part: part})
	if err = errors.Join(err, part.Close()); err != nil {
		return err
	}
	return h.tell(w, u)
}

// finishUpload brings the package in, as [handler.bringPackage] does.
func (h handler) finishUpload(w http.ResponseWriter, r *http.Request) error {
	v, err := uploadIn(r)
	if err != nil {
		return err
	}
	if _, err = web.Decode[struct{}](r); err != nil {
		return err
	}
	out, err := h.Content.FinishUpload(r.Context(), v)
	if err != nil {
		page, listErr := h.listPackages(r, "")
		if listErr != nil {
			return listErr
		}
		var problems content.PackageProblems
		errors.As(err, &problems)
		page.problems = problems
		form := packagesForm("", "")
		if u, lookErr := h.Content.Upload(r.Context(), v); lookErr == nil {
			if form = packagesForm(u.Replaces, asVersion); u.Translates != "" {
				form = packagesForm(u.Translates, asLanguage)
			}
			form = form.With("language", u.Language)
			if u.Smaller {
				form = form.With("smaller", "yes")
			}
		}
		return web.Again(w, r, err, form, func(f ui.Form) templ.Component {
			page.form = f
			return packagesPage(page)
		})
	}
	return brought(w, r, out)
}

func (h handler) dropUpload(w http.ResponseWriter, r *http.Request) error {
	v, err := uploadIn(r)
	if err != nil {
		return err
	}
	if _, err = web.Decode[struct{}](r); err != nil {
		return err
	}
	if err := h.Content.DropUpload(r.Context(), web.Operation(r), v); err != nil {
		return err
	}
	return web.Done(w, r, "/packages", "content.upload-dropped")
}
