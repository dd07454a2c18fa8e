// Package apitest holds that an interface for other programs only grows.
package apitest

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"

	"cadre/internal/api"
)

// Update, set to any value, makes [OnlyGrows] write the document as it is now.
const Update = "CADRE_UPDATE"

// OnlyGrows compares the document of an interface with the committed one, and
// fails where something has gone or become stricter, or was not committed.
func OnlyGrows(t *testing.T, a *api.API, file string) {
	t.Helper()
	now, err := json.MarshalIndent(a.Document(), "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	now = append(now, '\n')
	old, err := os.ReadFile(file)
	if err == nil {
		gone, err := Broken(old, now)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range gone {
			t.Errorf("callers rely on it: %s", b)
		}
	}
	if t.Failed() {
		return
	}
	if os.Getenv(Update) != "" {
		if err := os.WriteFile(file, now, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(old) != string(now) {
		t.Errorf("%s is not current: run this test with %s=1", file, Update)
	}
}

// Broken lists what a caller of the old OpenAPI document could do or rely on,
// and no longer can with the new one: operations and answers that have gone,
// fields that have gone or changed their type, inputs that are newly needed.
// Both are documents as JSON.
func Broken(old, now []byte) ([]string, error) {
	var a, b any
	if err := json.Unmarshal(old, &a); err != nil {
		return nil, fmt.Errorf("the old document: %w", err)
	}
	if err := json.Unmarshal(now, &b); err != nil {
		return nil, fmt.Errorf("the new document: %w", err)
	}
	var out []string
	compare("", a, b, &out)
	slices.Sort(out)
	return out, nil
}

// told are the parts of a document that only tell people something.
var told = []string{"description", "summary", "title", "example", "examples", "info", "tags", "externalDocs"}

func compare(at string, old, now any, out *[]string) {
	switch o := old.(type) {
	case map[string]any:
		n, ok := now.(map[string]any)
		if !ok {
			*out = append(*out, at+" has changed its form")
			return
		}
		for k, v := range o {
			if slices.Contains(told, k) && at != "" && !isProperties(at) {
				continue
			}
			if at == "" && slices.Contains(told, k) {
				continue
			}
			w, there := n[k]
			switch {
			case k == "required" && !there:
				// fewer needs: welcome
			case !there:
				*out = append(*out, at+"/"+k+" has gone")
			default:
				compare(at+"/"+k, v, w, out)
			}
		}
		if list, ok := n["required"].([]any); ok && o["required"] == nil && o["type"] == "object" {
			*out = append(*out, fmt.Sprintf("%s newly needs %v", at, list))
		}
	case []any:
		n, ok := now.([]any)
		if !ok {
			*out = append(*out, at+" has changed its form")
			return
		}
		if len(at) > 9 && at[len(at)-9:] == "/required" {
			for _, x := range n {
				if !slices.Contains(o, x) {
					*out = append(*out, fmt.Sprintf("%s newly holds %v", at, x))
				}
			}
			return
		}
		for i, x := range o {
			if m, ok := x.(map[string]any); ok {
				if j := slices.IndexFunc(n, func(y any) bool { return same(m, y) }); j >= 0 {
					compare(fmt.Sprintf("%s/%v", at, name(m, i)), m, n[j], out)
					continue
				}
			} else if slices.Contains(n, x) {
				continue
			}
			*out = append(*out, fmt.Sprintf("%s/%v has gone", at, x))
		}
		for _, y := range n {
			m, ok := y.(map[string]any)
			if ok && m["required"] == true && !slices.ContainsFunc(o, func(x any) bool { return same(m, x) }) {
				*out = append(*out, fmt.Sprintf("%s newly needs %v", at, m["name"]))
			}
		}
	default:
		if old != now && !(len(at) > 9 && at[len(at)-9:] == "/required" && now == false) {
			*out = append(*out, fmt.Sprintf("%s was %v and is %v", at, old, now))
		}
	}
}

func isProperties(at string) bool {
	return len(at) > 11 && at[len(at)-11:] == "/properties"
}

// same reports whether two entries of a list speak of the same parameter.
func same(m map[string]any, y any) bool {
	n, ok := y.(map[string]any)
	if !ok {
		return false
	}
	if m["name"] != nil {
		return m["name"] == n["name"] && m["in"] == n["in"]
	}
	for k := range m {
		if _, there := n[k]; !there {
			return false
		}
	}
	return true
}

func name(m map[string]any, i int) any {
	if m["name"] != nil {
		return m["name"]
	}
	return i
}
