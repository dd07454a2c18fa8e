package bundletest

import (
	"fmt"
	"strings"
)

// HostileManifests returns archives that are fine as such, and whose manifest must be
// refused: what is in it would take far more memory or time than it has bytes.
func HostileManifests() []Case {
	const (
		scorm = `<manifest identifier="m" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3" xmlns:imsss="http://www.imsglobal.org/xsd/imsss"><metadata><schema>ADL SCORM</schema><schemaversion>%s</schemaversion></metadata>`
		sco   = `<resource identifier="r" adlcp:scormtype="sco" href="a.html"/>`
		large = 15 << 20
	)
	var out []Case
	add := func(key, file, name, text string) {
		out = append(out, Case{Name: name, Data: Zip(file, text, "a.html", "x"), Key: key, Inflated: int64(len(text))})
	}
	// course is a SCORM manifest of what stands in its organization and among its resources.
	course := func(version, items, resources string) string {
		return fmt.Sprintf(scorm, version) + `<organizations><organization identifier="o"><title>T</title>` + items + `</organization></organizations>` + resources + `</manifest>`
	}
	fill := func(s string) string { return strings.Repeat(s, large/len(s)) }
	const ims, cmi5 = "imsmanifest.xml", "cmi5.xml"
	for _, file := range []string{ims, cmi5, "tincan.xml"} {
		add("package.xml-large", file, file+", one tag of attributes", "<m"+fill(` a=""`)+"/>")
		add("package.xml-large", file, file+", tags of attributes", "<m>"+fill(`<n a="" b="" c="" d="" e="" f=""/>`)+"</m>")
		add("package.xml-large", file, file+", elements", "<m>"+fill("<n/>")+"</m>")
		add("package.xml-deep", file, file+", depth", strings.Repeat("<m>", 150_000))
		add("package.xml-doctype", file, file+", a billion laughs", `<!DOCTYPE m [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><m>&b;</m>`)
	}
	add("package.xml-large", ims, "signs that take three bytes each", "<?xml version='1.0' encoding='windows-1252'?><m>"+fill("\x80")+"</m>")
	units := strings.Repeat(`<item identifierref="r"/>`, 600)
	add("package.prerequisites-many", ims, "a chapter's prerequisites in each unit", course("1.2",
		`<item identifier="c"><adlcp:prerequisites>`+strings.Repeat("c|", 2000)+"c</adlcp:prerequisites>"+strings.Repeat(units, 5)+"</item>", "<resources>"+sco+"</resources>"))
	add("package.sequencing-large", ims, "shared sequencing in each item", course("2004 4th Edition",
		strings.Repeat(`<item identifierref="r"><imsss:sequencing IDRef="s"/></item>`, 1000),
		`<resources>`+sco+`</resources><imsss:sequencingCollection><imsss:sequencing ID="s"><imsss:objectives><imsss:primaryObjective>`+
			strings.Repeat(`<imsss:mapInfo targetObjectiveID="g"/>`, 20_000)+`</imsss:primaryObjective></imsss:objectives></imsss:sequencing></imsss:sequencingCollection>`))
	add("package.too-many-units", ims, "items of one name", course("1.2", strings.Repeat(`<item identifier="i" identifierref="r"/>`, 6000), "<resources>"+sco+"</resources>"))
	add("package.href-form", ims, "a base above all files", course("1.2", units,
		`<resources xml:base="`+strings.Repeat("b/", 1<<20)+`">`+strings.Replace(sco, "/>", ">"+strings.Repeat(`<file href="a.html"/>`, 20_000)+"</resource>", 1)+"</resources>"))
	add("package.href-form", ims, "a query in each unit", course("1.2", strings.Repeat(`<item identifierref="r" parameters="?x=1"/>`, 600), "<resources>"+strings.Replace(sco, "a.html", "a.html?"+strings.Repeat("q", 2<<20), 1)+"</resources>"))
	add("package.too-many-units", cmi5, "blocks of nothing", `<courseStructure xmlns="https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd">`+strings.Repeat("<block/>", 100_000)+"</courseStructure>")
	return out
}
