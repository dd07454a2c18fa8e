package scorm

import (
	"slices"
	"strings"

	"cadre/internal/content/manifest"
	"cadre/internal/content/xmltree"
	"cadre/internal/i18n"
)

// maxLanguages bounds the languages that metadata states; the rest are not read.
const maxLanguages = 200

// readMetadata reads what the manifest's learning object metadata says of title,
// description, languages and time. Nothing in it is needed, so nothing in it is
// an error.
func (r *reader) readMetadata() {
	meta := r.root.One("metadata")
	lom := meta.One("lom")
	if lom == nil {
		if lom = r.record(meta); lom == nil {
			return
		}
	}
	general := lom.One("general")
	for _, n := range general.All("language") {
		if tag := manifest.Language(n.Text); tag != "" && len(r.out.Languages) < maxLanguages && !slices.Contains(r.out.Languages, tag) {
			r.out.Languages = append(r.out.Languages, tag)
		}
	}
	r.out.Title = r.langStrings(general.One("title"))
	r.out.Description = r.langStrings(general.One("description"))
	edu := lom.One("educational")
	for _, name := range []string{"typicallearningtime", "typicalLearningTime"} {
		t := edu.One(name)
		for _, leaf := range []string{"datetime", "duration"} {
			if m := manifest.Minutes(t.One(leaf).Trimmed()); m > 0 {
				r.out.Minutes = m
			}
		}
	}
}

// record reads metadata that lies in a file of its own (adlcp:location).
func (r *reader) record(meta *xmltree.Node) *xmltree.Node {
	href := meta.One("location").Trimmed()
	if href == "" {
		return nil
	}
	t, key := manifest.Resolve(href)
	as, ok := r.files.Find(t.Path)
	if key != "" || !ok {
		return nil
	}
	data, err := r.files.Read(as)
	if err != nil {
		return nil // only the title and the like would have come from it
	}
	tree, err := xmltree.Parse(data)
	if err != nil || tree.Root.Name != "lom" {
		return nil
	}
	return tree.Root
}

// langStrings reads wordings in several languages: langstring of IMS metadata
// 1.2 (xml:lang), string of IEEE LOM (language).
func (r *reader) langStrings(n *xmltree.Node) i18n.Text {
	out := i18n.Text{}
	if n == nil {
		return out
	}
	add := func(c *xmltree.Node, lang string) {
		if lang == "" && len(r.out.Languages) == 1 {
			lang = r.out.Languages[0]
		}
		out = manifest.Also(out, lang, strings.Join(strings.Fields(c.Text), " "))
	}
	for _, c := range n.Children {
		switch c.Name {
		case "langstring":
			add(c, c.Lang())
		case "string":
			lang := c.Attr("language")
			if lang == "" {
				lang = c.Lang()
			}
			add(c, lang)
		}
	}
	return out
}
