package export

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"

	"cadre/internal/content/cmi5"
	"cadre/internal/content/manifest"
)

// manifest returns the package's manifest and its file's name.
func (p *packing) manifest() ([]byte, string, error) {
	switch p.kind {
	case manifest.Scorm12:
		return p.scorm12(), "imsmanifest.xml", nil
	case manifest.Scorm2004:
		return p.scorm2004(), "imsmanifest.xml", nil
	case manifest.Cmi5:
		return p.cmi5(), cmi5.File, nil
	}
	return nil, "", fmt.Errorf("modules are not made into %q", p.kind)
}

// xmlWriter writes elements, each on a line of its own.
type xmlWriter struct {
	strings.Builder
	depth int
}

func newXML() *xmlWriter {
	w := new(xmlWriter)
	w.WriteString(xml.Header)
	return w
}

func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder does not fail
	return b.String()
}

// tag writes a start tag's inside: the name and its attributes in turn.
func (w *xmlWriter) tag(name string, attributes []string) {
	w.WriteString(strings.Repeat("  ", w.depth) + "<" + name)
	for i := 0; i+1 < len(attributes); i += 2 {
		w.WriteString(" " + attributes[i] + `="` + escaped(attributes[i+1]) + `"`)
	}
}

// in writes an element around what inside writes.
func (w *xmlWriter) in(name string, attributes []string, inside func()) {
	w.tag(name, attributes)
	w.WriteString(">\n")
	w.depth++
	inside()
	w.depth--
	w.WriteString(strings.Repeat("  ", w.depth) + "</" + name + ">\n")
}

// text writes an element of text.
func (w *xmlWriter) text(name, text string, attributes ...string) {
	w.tag(name, attributes)
	w.WriteString(">" + escaped(text) + "</" + name + ">\n")
}

// empty writes an element without content.
func (w *xmlWriter) empty(name string, attributes ...string) {
	w.tag(name, attributes)
	w.WriteString("/>\n")
}

func (w *xmlWriter) bytes() []byte { return []byte(w.String()) }

// mark is the share of the points that passes, as a decimal; empty where reading
// is enough.
func (p *packing) mark() string {
	if !asks(p.Module) || p.Module.PassMark == 0 {
		return ""
	}
	return strconv.FormatFloat(float64(p.Module.PassMark)/100, 'f', -1, 64)
}

// minutes is how long the module takes, as an ISO 8601 duration.
func (p *packing) minutes() string { return fmt.Sprintf("PT%dM", p.Module.Minutes) }

// held are the files that the unit is made of, the launched one first.
func (p *packing) held() []string {
	out := []string{page, data, "play.css", "play.js"}
	if p.withFont() {
		out = append(out, fontCSS, font)
	}
	for _, f := range p.files() {
		out = append(out, inPackage(f))
	}
	return out
}

func (p *packing) resources(w *xmlWriter, typed string) {
	w.in("resources", nil, func() {
		w.in("resource", []string{"identifier", "resource-1", "type", "webcontent", typed, "sco", "href", page}, func() {
			for _, f := range p.held() {
				w.empty("file", "href", f)
			}
		})
	})
}

// identifier is the manifest's: an XML name.
func (p *packing) identifier() string { return "cadre-" + p.Module.Key }

func (p *packing) scorm12() []byte {
	m := p.Module
	title, _ := m.Title.In(m.Base, m.Base)
	w := newXML()
	w.in("manifest", []string{
		"identifier", p.identifier(), "version", "1.0",
		"xmlns", "http://www.imsproject.org/xsd/imscp_rootv1p1p2", "xmlns:adlcp", "http://www.adlnet.org/xsd/adlcp_rootv1p2",
		"xmlns:imsmd", "http://www.imsglobal.org/xsd/imsmd_rootv1p2p1",
	}, func() {
		w.in("metadata", nil, func() {
			w.text("schema", "ADL SCORM")
			w.text("schemaversion", "1.2")
			w.in("imsmd:lom", nil, func() {
				w.in("imsmd:general", nil, func() {
					w.in("imsmd:title", nil, func() {
						texts(m, m.Title, func(lang, s string) { w.text("imsmd:langstring", s, "xml:lang", lang) })
					})
					for _, l := range m.Languages {
						w.text("imsmd:language", l)
					}
					w.in("imsmd:description", nil, func() {
						for _, l := range m.Languages {
							w.text("imsmd:langstring", takes(speaks(l), m), "xml:lang", l)
						}
					})
				})
				w.in("imsmd:educational", nil, func() {
					w.in("imsmd:typicallearningtime", nil, func() { w.text("imsmd:datetime", p.minutes()) })
				})
			})
		})
		w.in("organizations", []string{"default", "organization-1"}, func() {
			w.in("organization", []string{"identifier", "organization-1"}, func() {
				w.text("title", title)
				w.in("item", []string{"identifier", "item-1", "identifierref", "resource-1"}, func() {
					w.text("title", title)
					if p.mark() != "" {
						w.text("adlcp:masteryscore", strconv.Itoa(m.PassMark))
					}
				})
			})
		})
		p.resources(w, "adlcp:scormtype")
	})
	return w.bytes()
}

func (p *packing) scorm2004() []byte {
	m := p.Module
	title, _ := m.Title.In(m.Base, m.Base)
	w := newXML()
	w.in("manifest", []string{
		"identifier", p.identifier(), "version", "1.0",
		"xmlns", "http://www.imsglobal.org/xsd/imscp_v1p1", "xmlns:adlcp", "http://www.adlnet.org/xsd/adlcp_v1p3",
		"xmlns:imsss", "http://www.imsglobal.org/xsd/imsss", "xmlns:lom", "http://ltsc.ieee.org/xsd/LOM",
	}, func() {
		w.in("metadata", nil, func() {
			w.text("schema", "ADL SCORM")
			w.text("schemaversion", "2004 4th Edition")
			w.in("lom:lom", nil, func() {
				w.in("lom:general", nil, func() {
					w.in("lom:title", nil, func() {
						texts(m, m.Title, func(lang, s string) { w.text("lom:string", s, "language", lang) })
					})
					for _, l := range m.Languages {
						w.text("lom:language", l)
					}
					w.in("lom:description", nil, func() {
						for _, l := range m.Languages {
							w.text("lom:string", takes(speaks(l), m), "language", l)
						}
					})
				})
				w.in("lom:educational", nil, func() {
					w.in("lom:typicalLearningTime", nil, func() { w.text("lom:duration", p.minutes()) })
				})
			})
		})
		w.in("organizations", []string{"default", "organization-1"}, func() {
			w.in("organization", []string{"identifier", "organization-1"}, func() {
				w.text("title", title)
				w.in("item", []string{"identifier", "item-1", "identifierref", "resource-1"}, func() {
					w.text("title", title)
					w.in("imsss:sequencing", nil, func() {
						if mark := p.mark(); mark != "" {
							w.in("imsss:objectives", nil, func() {
								w.in("imsss:primaryObjective", []string{"objectiveID", "passed", "satisfiedByMeasure", "true"}, func() {
									w.text("imsss:minNormalizedMeasure", mark)
								})
							})
						}
						w.empty("imsss:deliveryControls", "completionSetByContent", "true", "objectiveSetByContent", "true")
					})
				})
				// Without it a system must not begin the one unit by itself (SN 3.2.1).
				w.in("imsss:sequencing", nil, func() { w.empty("imsss:controlMode", "choice", "true", "flow", "true") })
			})
		})
		p.resources(w, "adlcp:scormType")
	})
	return w.bytes()
}

func (p *packing) cmi5() []byte {
	m := p.Module
	w := newXML()
	named := func() {
		w.in("title", nil, func() {
			texts(m, m.Title, func(lang, s string) { w.text("langstring", s, "lang", lang) })
		})
		w.in("description", nil, func() {
			for _, l := range m.Languages {
				w.text("langstring", takes(speaks(l), m), "lang", l)
			}
		})
	}
	w.in("courseStructure", []string{"xmlns", cmi5.Space}, func() {
		w.in("course", []string{"id", p.urn("")}, named)
		unit := []string{"id", p.urn("unit"), "launchMethod", "AnyWindow", "activityType", "http://adlnet.gov/expapi/activities/module", "moveOn", "Completed"}
		if asks(m) {
			unit[len(unit)-1] = "CompletedAndPassed"
		}
		if mark := p.mark(); mark != "" {
			unit = append(unit, "masteryScore", mark)
		}
		w.in("au", unit, func() {
			named()
			w.text("url", page)
		})
	})
	return w.bytes()
}
