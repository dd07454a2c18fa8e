package content

import (
	"bytes"
	"slices"
	"testing"

	"cadre/internal/content/bundle"
	"cadre/internal/content/bundle/bundletest"
	"cadre/internal/content/manifest"
	"cadre/internal/content/manifest/manifesttest"
)

const oneAU = `<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd"><course id="urn:c"><title><langstring>C</langstring></title><description><langstring>C</langstring></description></course>
<au id="urn:a"><title><langstring>A</langstring></title><description><langstring>A</langstring></description><url>two.html</url></au></courseStructure>`

// A course structure lies at the root of the archive and is called cmi5.xml (cmi5, 14 and
// 14.1); an archive that has it elsewhere is what else it is.
func TestWhatAnArchiveIs(t *testing.T) {
	scos := []string{"imsmanifest.xml", twoScos, "One/Index.html", "x", "two.html", "x"}
	within := func(folder string, files ...string) []string {
		out := slices.Clone(files)
		for i := 0; i < len(out); i += 2 {
			out[i] = folder + "/" + out[i]
		}
		return out
	}
	for name, c := range map[string]struct {
		files []string
		kind  manifest.Kind
		found []string
	}{
		"cmi5":                        {[]string{"cmi5.xml", oneAU, "two.html", "x"}, manifest.Cmi5, nil},
		"cmi5 and SCORM":              {append([]string{"cmi5.xml", oneAU}, scos...), manifest.Cmi5, nil},
		"cmi5 in a folder":            {within("course", "cmi5.xml", oneAU, "two.html", "x"), "", []string{"error 0 package.cmi5-not-root"}},
		"SCORM in a folder":           {within("course", scos...), manifest.Scorm12, []string{"warning 0 package.folder-descended"}},
		"both in a folder":            {within("course", append([]string{"cmi5.xml", oneAU}, scos...)...), manifest.Scorm12, []string{"warning 0 package.folder-descended"}},
		"cmi5 in a folder of SCORM's": {append([]string{"x/cmi5.xml", oneAU}, scos...), manifest.Scorm12, nil},
		"in capitals":                 {[]string{"CMI5.XML", oneAU, "two.html", "x"}, "", []string{"error 0 package.cmi5-name"}},
		"in capitals, and SCORM":      {append([]string{"Cmi5.xml", oneAU}, scos...), manifest.Scorm12, nil},
		"in capitals, in a folder":    {within("course", "CMI5.XML", oneAU, "two.html", "x"), "", []string{"error 0 package.cmi5-not-root"}},
		"beside other things":         {append(within("course", "cmi5.xml", oneAU), "readme.txt", "x"), "", []string{"error 0 package.manifest-deep"}},
		"SCORM in capitals":           {append([]string{"IMSMANIFEST.XML"}, scos[1:]...), manifest.Scorm12, nil},
	} {
		data := bundletest.Zip(c.files...)
		in, err := inspect(bytes.NewReader(data), int64(len(data)), bundle.Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		kind := manifest.Kind("")
		if in.manifest != nil {
			kind = in.manifest.Kind
		}
		if found := manifesttest.Found(&in.report); kind != c.kind || !slices.Equal(found, c.found) {
			t.Errorf("%s: %q, %q; want %q, %q", name, kind, found, c.kind, c.found)
		}
	}
}
