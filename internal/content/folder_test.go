package content

import (
	"archive/zip"
	"bytes"
	"testing"

	"cadre/internal/fault"
)

func archive(t *testing.T, files ...[2]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		w, err := z.Create(f[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(f[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAFolderIsReadFromAnArchive(t *testing.T) {
	key, files, err := Unpack(bytes.NewReader(archive(t, [2]string{"words/en.md", "a"}, [2]string{"words/a.png", "b"}, [2]string{"__MACOSX/x", ""}, [2]string{"words/.DS_Store", ""})))
	if err != nil || key != "words" || len(files) != 2 || string(files["en.md"]) != "a" {
		t.Errorf("%q %v %v", key, files, err)
	}
	if key, _, err := Unpack(bytes.NewReader(archive(t, [2]string{"en.md", "a"}))); err != nil || key != "" {
		t.Errorf("%q %v", key, err)
	}
	bomb := make([]byte, maxUnpacked+1)
	for name, data := range map[string][]byte{
		"not an archive": []byte("PK"),
		"nothing":        archive(t),
		"two folders":    archive(t, [2]string{"a/en.md", ""}, [2]string{"b/en.md", ""}),
		"folders within": archive(t, [2]string{"a/b/en.md", ""}),
		"upwards":        archive(t, [2]string{"../en.md", ""}),
		"backslashes":    archive(t, [2]string{`..\en.md`, ""}),
		"the same twice": archive(t, [2]string{"a/en.md", "x"}, [2]string{"a/en.md", "y"}),
		"a bomb":         archive(t, [2]string{"a/en.md", string(bomb)}),
	} {
		if _, _, err := Unpack(bytes.NewReader(data)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
