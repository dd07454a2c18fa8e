package demo

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"cadre/internal/actor"
	"cadre/internal/content"
	"cadre/internal/fault"
	"cadre/internal/player"
)

// packages is the folder of the packages made elsewhere, each unpacked in a folder
// of its module's key.
const packages = "packages/"

// importPackage brings in the package that is the module of that key; false if the
// script has none.
func (p *Play) importPackage(ctx context.Context, key string) (bool, error) {
	packed, err := pack(p.script.Files, packages+key)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, err = p.Content.ImportPackage(ctx, op(), content.ImportPackage{
		Programme: p.programme, Key: key, File: bytes.NewReader(packed), Size: int64(len(packed)), Publish: true,
	})
	if f := (*fault.Error)(nil); errors.As(err, &f) && len(f.Fields) == 1 && f.Fields[0].Key == "content.key-taken" {
		err = nil // another programme of this instance has brought it in
	}
	return true, err
}

// pack packs a folder as the tools of packages do. The same folder gives the same
// bytes.
func pack(files fs.FS, dir string) ([]byte, error) {
	root, err := fs.Sub(files, dir)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	err = fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		w, err := z.Create(name)
		if err != nil {
			return err
		}
		_, err = w.Write(text)
		return err
	})
	err = errors.Join(err, z.Close()) // which writes the end of it
	return b.Bytes(), err
}

// scenes goes through a package of the content type H5P.CadreChoice from its first
// scene to its last, choosing rightly in so many of them, and hands in what the
// run time of packages would.
func (p *Play) scenes(ctx context.Context, e Event) error {
	var in struct {
		Module  string `yaml:"module"`
		Minutes int    `yaml:"minutes"`
		Right   int    `yaml:"right"`
	}
	if err := e.decode(&in); err != nil {
		return err
	}
	ctx, err := p.as(ctx, e.By, actor.Participant)
	if err != nil {
		return err
	}
	src, err := p.read(packages + in.Module + "/content/content.json")
	if err != nil {
		return err
	}
	var of struct {
		Scenes []scene `json:"scenes"`
		Pass   int     `json:"passPercentage"`
	}
	if err := json.Unmarshal(src, &of); err != nil {
		return fmt.Errorf("%s: %w", in.Module, err)
	}
	l, err := p.Player.Start(ctx, op(), player.Start{Cohort: p.cohort, Module: in.Module})
	if err != nil || l.Review {
		return err
	}
	o, err := p.Player.Open(ctx, op(), player.OpenRun{Attempt: l.Attempt})
	if err != nil {
		return err
	}
	batch := player.Batch{Credential: o.Credential, Now: p.clock.Now().UnixMilli(), End: true}
	note := func(ends bool, set map[string]string) error {
		entry, err := json.Marshal(map[string]any{"activity": o.Seed.Units[0].ID, "at": batch.Now, "set": set, "end": ends})
		batch.Entries = append(batch.Entries, player.Numbered{Number: int64(len(batch.Entries) + 1), Entry: entry})
		return err
	}
	chosen := map[string]int{}
	for i, s := range of.Scenes {
		result, n := "incorrect", s.option(i < in.Right)
		if i < in.Right {
			result = "correct"
		}
		chosen[s.ID] = n
		state, err := json.Marshal(map[string]any{"chosen": chosen, "at": i + 1})
		if err != nil {
			return err
		}
		at := fmt.Sprintf("cmi.interactions.%d.", i)
		if err := note(false, map[string]string{
			"cmi.completion_status": "incomplete", "cmi.progress_measure": fmt.Sprint(float64((i+1)*100/len(of.Scenes)) / 100),
			at + "id": s.ID, at + "type": "choice", at + "learner_response": fmt.Sprint(n), at + "result": result, "user_data.0.state": string(state),
		}); err != nil {
			return err
		}
	}
	success := "failed"
	if in.Right*100 >= of.Pass*len(of.Scenes) {
		success = "passed"
	}
	if err := note(true, map[string]string{
		"cmi.completion_status": "completed", "cmi.success_status": success, "cmi.exit": "normal",
		"cmi.score.min": "0", "cmi.score.max": fmt.Sprint(len(of.Scenes)), "cmi.score.raw": fmt.Sprint(in.Right),
		"cmi.total_time": fmt.Sprintf("PT%dS", int((time.Duration(in.Minutes) * time.Minute).Seconds())),
	}); err != nil {
		return err
	}
	_, err = p.Player.Accept(ctx, batch)
	return err
}

// scene is a scene as content.json has it.
type scene struct {
	ID      string `json:"id"`
	Options []struct {
		Correct bool `json:"correct"`
	} `json:"options"`
}

// option returns the first option that is right, or one that is not.
func (s scene) option(right bool) int {
	for i, o := range s.Options {
		if o.Correct == right {
			return i
		}
	}
	return 0
}
