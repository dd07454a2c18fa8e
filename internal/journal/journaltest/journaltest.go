// Package journaltest checks the golden bodies of journal entries: one committed
// file per kind and version, so that what was written once can be read for ever.
package journaltest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// Update, set to any value, makes [Golden] write files that are missing. A file
// that is there is never changed: a body of another form is another version.
const Update = "CADRE_UPDATE_GOLDEN"

// Golden checks the body example of a kind's version against the file
// testdata/journal/<kind>.v<version>.json of the calling package: the example is
// written exactly so, and the file is read back, with no unknown field, as a
// value equal to the example. The example fills every field.
func Golden[T any](t *testing.T, kind string, version int, example T) {
	t.Helper()
	path := filepath.Join("testdata", "journal", fmt.Sprintf("%s.v%d.json", kind, version))
	if field := empty(reflect.ValueOf(example), "body"); field != "" {
		t.Errorf("%s: the example leaves %s empty: a field that is not shown is not kept", path, field)
	}
	got, err := json.Marshal(example)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile(path)
	if os.IsNotExist(err) && os.Getenv(Update) != "" {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		want, err = append(bytes.Clone(got), '\n'), os.WriteFile(path, append(bytes.Clone(got), '\n'), 0o644)
	}
	if err != nil {
		t.Fatalf("%v\nA new kind or version needs its golden body: run with %s=1 and commit the file.", err, Update)
	}
	want = bytes.TrimSuffix(want, []byte("\n"))
	if !bytes.Equal(got, want) {
		t.Errorf("%s: bodies of this version are written\n%s\nbut now it would be\n%s\nA new form is a new version.", path, want, got)
	}
	var back T
	dec := json.NewDecoder(bytes.NewReader(want))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&back); err != nil {
		t.Errorf("%s cannot be read any more: %v", path, err)
	} else if !reflect.DeepEqual(back, example) {
		t.Errorf("%s is read as %+v, not %+v", path, back, example)
	}
}

// empty names the first field, at any depth, that holds its zero value.
func empty(v reflect.Value, name string) string {
	switch v.Kind() {
	case reflect.Struct:
		if v.NumField() == 0 {
			return ""
		}
		for i := range v.NumField() {
			if !v.Type().Field(i).IsExported() {
				continue
			}
			if f := empty(v.Field(i), name+"."+v.Type().Field(i).Name); f != "" {
				return f
			}
		}
		return ""
	case reflect.Slice:
		for i := range v.Len() {
			if f := empty(v.Index(i), fmt.Sprintf("%s[%d]", name, i)); f != "" {
				return f
			}
		}
	}
	if v.IsZero() {
		return name
	}
	return ""
}
