// Package exporttest has modules to export, and reads what came of them.
package exporttest

import (
	"archive/zip"
	"bytes"
	"image"
	"image/color"
	"image/png"
	"io"
	"testing"

	"cadre/internal/content"
	"cadre/internal/content/export"
	"cadre/internal/content/manifest"
)

const english = `---
title: Human trafficking and migrant smuggling
minutes: 20
pass_mark: 75
competencies: []
warning: It speaks of violence.
sources:
  - {id: protocol, title: The Protocol, publisher: United Nations, year: 2000, url: "https://www.unodc.org/x"}
---
# Elements {#elements}

Three elements[^protocol]: *act*, means & purpose.

| element | example |
| --- | --- |
| act | recruitment |

![a line](line.png)

` + "```question\nid: act\nkind: single\ntext: Which is an act?\noptions:\n  - {text: Recruitment, correct: true}\n  - {text: Deception, feedback: That is a means.}\nfeedback: Acts are what is done.\n```\n" +
	"```question\nid: means\nkind: multiple\ntext: Which are means?\noptions:\n  - {text: Threat, correct: true}\n  - {text: Transport}\n  - {text: Fraud, correct: true}\n```\n" + `
# What it does {#impact}

` + "```warning\nThis page tells of an assault.\n```\n" + `
A hard page.

` + "```question\nid: after\nkind: true-false\ntext: She has to speak at once.\noptions:\n  - {text: Right}\n  - {text: Wrong, correct: true}\n```\n" + `
# Practice {#practice}

` + "```question\nid: steps\nkind: order\ntext: Put the steps in order.\nitems: [Greet her, Ask, Write down]\n```\n" +
	"```question\nid: pairs\nkind: match\ntext: What belongs together?\npairs:\n  - {left: Act, right: Transport}\n  - {left: Means, right: Fraud}\n```\n" +
	"```question\nid: elements-count\nkind: number\ntext: How many elements are there?\nanswer: \"3\"\ntolerance: \"0.5\"\n```\n" +
	"```question\nid: word\nkind: short\ntext: What is the third element?\naccept: [Purpose, the purpose]\n```\n"

const urdu = `---
title: انسانی سمگلنگ اور تارکین کی سمگلنگ
warning: اس میں تشدد کا ذکر ہے۔
---
# عناصر {#elements}

تین عناصر[^protocol]: *عمل*، ذریعہ اور مقصد۔

| عنصر | مثال |
| --- | --- |
| عمل | بھرتی |

![ایک لکیر](line.png)

` + "```question\nid: act\nkind: single\ntext: عمل کون سا ہے؟\noptions:\n  - {text: بھرتی, correct: true}\n  - {text: دھوکا, feedback: یہ ذریعہ ہے۔}\nfeedback: عمل وہ ہے جو کیا جائے۔\n```\n" +
	"```question\nid: means\nkind: multiple\ntext: ذرائع کون سے ہیں؟\noptions:\n  - {text: دھمکی, correct: true}\n  - {text: نقل و حمل}\n  - {text: فریب, correct: true}\n```\n" + `
# اس کا اثر {#impact}

` + "```warning\nاس صفحے پر ایک حملے کا ذکر ہے۔\n```\n" + `
ایک مشکل صفحہ۔

` + "```question\nid: after\nkind: true-false\ntext: اسے فوراً بولنا ہو گا۔\noptions:\n  - {text: درست}\n  - {text: غلط, correct: true}\n```\n" + `
# مشق {#practice}

` + "```question\nid: steps\nkind: order\ntext: مراحل کو ترتیب دیں۔\nitems: [سلام کریں, پوچھیں, لکھیں]\n```\n" +
	"```question\nid: pairs\nkind: match\ntext: کیا کس کے ساتھ ہے؟\npairs:\n  - {left: عمل, right: نقل و حمل}\n  - {left: ذریعہ, right: فریب}\n```\n" +
	"```question\nid: elements-count\nkind: number\ntext: کتنے عناصر ہیں؟\nanswer: \"3\"\ntolerance: \"0.5\"\n```\n" +
	"```question\nid: word\nkind: short\ntext: تیسرا عنصر کیا ہے؟\naccept: [مقصد]\n```\n"

// Material is a module of two languages with a question of each kind, a page that
// may be skipped, a table, a source and a picture.
func Material(t testing.TB) export.Material {
	t.Helper()
	return compiled(t, "tip-basics", "01900000-0000-7000-8000-0000000000a1", Folder(t))
}

// Folder is what an author wrote of that module.
func Folder(t testing.TB) map[string][]byte {
	t.Helper()
	return map[string][]byte{"en.md": []byte(english), "ur.md": []byte(urdu), "line.png": line(t)}
}

// Reading is a module of one language that asks nothing.
func Reading(t testing.TB) export.Material {
	t.Helper()
	return compiled(t, "house-rules", "01900000-0000-7000-8000-0000000000a2", map[string][]byte{
		"ur.md": []byte("---\ntitle: اصول\nminutes: 5\npass_mark: 0\ncompetencies: []\n---\n# پہلا {#one}\n\nمتن\n\n# دوسرا {#two}\n\nمتن\n"),
	})
}

func compiled(t testing.TB, key, id string, files map[string][]byte) export.Material {
	t.Helper()
	m, problems := content.Compile(key, files)
	for _, p := range problems {
		t.Fatal(p)
	}
	return export.Material{
		Module: m, ID: id, Nastaliq: []byte("wOF2 stands in for the font"),
		Open: func(f content.File) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(files[f.Name])), nil },
	}
}

func line(t testing.TB) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 40, 4))
	for x := range 40 {
		m.Set(x, 2, color.White)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Zip writes the package.
func Zip(t testing.TB, m export.Material, kind manifest.Kind) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := export.Write(&b, m, kind); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Files reads a package.
func Files(t testing.TB, data []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(b)
	}
	return out
}

// File reads one file of a package.
func File(t testing.TB, data []byte, name string) string {
	t.Helper()
	body, ok := Files(t, data)[name]
	if !ok {
		t.Fatalf("there is no %s", name)
	}
	return body
}
