package yamlread

import (
	"fmt"
	"strings"
)

// sentence says what is wrong, and what would be right.
type sentence struct{ wrong, right string }

// sentences says every problem in English, the language of the files' own keys,
// in the way that a compiler does. Each code is stable, for those who want to say
// it otherwise.
var sentences = map[string]sentence{
	"yaml.alias":        {"anchors and aliases are not read", "write the value out in both places"},
	"yaml.documents":    {"the file holds more than one document", "keep one, without a line of --- in between"},
	"yaml.empty":        {"there is nothing here", "write the keys that are expected"},
	"yaml.encoding":     {"the text is not UTF-8", "save the file as UTF-8"},
	"yaml.key-twice":    {"{key} stands twice", "keep one of the two"},
	"yaml.missing-key":  {"{key} is missing", "add a line for it"},
	"yaml.misspelt-key": {"{got} is not known", "write {like}"},
	"yaml.not-list":     {"this is not a list", "write one element a line, each after a hyphen"},
	"yaml.not-mapping":  {"this is not a group of keys", "write the keys {keys}, one a line"},
	"yaml.not-number":   {"{got} does not fit", "a whole number from {low} to {high}"},
	"yaml.not-text":     {"this is not a plain text", "write the text on the line of its key, in quotation marks if it has a colon"},
	"yaml.not-truth":    {"{got} is neither true nor false", "write true or false"},
	"yaml.syntax":       {"this is not YAML: {detail}", "mend the indentation or the quotation marks"},
	"yaml.unknown-key":  {"{got} is not known", "the keys are {keys}"},

	"item.accept-empty":        {"an accepted answer holds no letter and no digit", "write the word or words that are right"},
	"item.accept-none":         {"no answer is accepted", "list at least one"},
	"item.count":               {"there are {got} of them", "write from {low} to {high}"},
	"item.does-not-belong":     {"{key} does not belong to a question of kind {kind}", "take it out, or change the kind"},
	"item.empty-text":          {"the text in {language} is empty", "write it, or take the language out everywhere"},
	"item.key":                 {"{got} is not a key", "lower-case letters and digits, words joined by hyphens, at most 64 signs"},
	"item.kind":                {"{got} is not a kind of question", "one of {kinds}"},
	"item.language-answer":     {"the answer to {item} is {got} here and {want} in the first language", "make them equal"},
	"item.language-competency": {"{item} belongs to {got} here and to {want} in the first language", "name the same competency"},
	"item.language-correct":    {"the right options of {item} are {got} here and {want} in the first language", "keep the options in the same order and mark the same ones"},
	"item.language-extra":      {"there is a text in {language}, and the question has none", "take it out, or translate the question"},
	"item.language-items":      {"{item} has {got} things to order here and {want} in the first language", "write as many"},
	"item.language-kind":       {"{item} is {got} here and {want} in the first language", "use the same kind"},
	"item.language-missing":    {"the text in {language} is missing", "write it: the question has that language"},
	"item.language-options":    {"{item} has {got} options here and {want} in the first language", "write as many, in the same order"},
	"item.language-pairs":      {"{item} has {got} pairs here and {want} in the first language", "write as many, in the same order"},
	"item.language-points":     {"{item} is worth {got} here and {want} in the first language", "make them equal"},
	"item.language-tag":        {"{got} is not a language", "a BCP 47 tag, such as en or ur"},
	"item.language-tolerance":  {"the tolerance of {item} is {got} here and {want} in the first language", "make them equal"},
	"item.number":              {"{got} is not a number", "digits, with a point before decimals"},
	"item.one-correct":         {"{got} options are marked correct", "mark exactly one with correct: true"},
	"item.one-language":        {"several languages stand in a file of one", "write the text in {language} alone"},
	"item.option-twice":        {"this says the same as number {first}", "make it different, or take it out"},
	"item.some-correct":        {"no option is marked correct", "mark the right ones with correct: true"},
	"item.text-by-language":    {"the text has no language", "write one line per language, such as en: and ur:"},
	"item.tolerance":           {"a tolerance is not negative", "write how far off an answer may be"},
	"item.two-options":         {"there are {got} options", "a true-false question has two"},
	"item.twice":               {"{item} was asked before, in line {line}", "give this question a key of its own"},

	"survey.key":         {"{got} is not a key", "small letters, digits and hyphens, a letter first, at most 40 signs"},
	"survey.too-large":   {"the file is too large", "at most {kilobytes} kilobytes"},
	"survey.two-options": {"there are {got} options", "a choice has at least two, each with key and text"},

	"test.languages": {"{item} is in {got}, and the test in {want}", "write every question in the languages of the title"},
	"test.too-large": {"the file is too large", "at most {kilobytes} kilobytes"},

	"module.before-first-page":  {"there is text before the first page", "start every page with a first-level heading: # Heading"},
	"module.code":               {"indented code has no meaning here", "begin the line at the margin"},
	"module.differs":            {"{field} is {got} here and {want} in the first language", "make them equal, or leave it out here"},
	"module.drawing":            {"the drawing holds {got}", "a drawing that only draws: no scripts, links, styles, animation or outside files"},
	"module.element":            {"{got} is not read", "use paragraphs, lists, tables, quotations, links, pictures and emphasis"},
	"module.fence":              {"a block of {got} is not known", "```warning or ```question"},
	"module.fence-nested":       {"a block stands inside something else", "begin it at the margin"},
	"module.files":              {"the folder holds {got} files", "at most {high}"},
	"module.folder":             {"a module has no folders", "put the pictures beside the text"},
	"module.front-matter":       {"the file does not begin with its front matter", "a line of ---, then title, minutes, pass_mark, competencies, then a line of ---"},
	"module.heading-attributes": {"this is not understood after a heading", "a key alone, such as {#act-means-purpose}"},
	"module.heading-level":      {"the heading is {got} levels deep", "at most {high} here: a heading follows one of the level above"},
	"module.html":               {"HTML is not read", "write it in Markdown"},
	"module.image-alt":          {"the picture {file} has no description", "say in the brackets what it shows: ![what it shows](file.png)"},
	"module.image-missing":      {"there is no picture {file} in the folder", "one of {files}"},
	"module.language-file":      {"{got} is not a language", "name the file by a BCP 47 tag, such as en.md or ur.md"},
	"module.link":               {"{got} is not a link that may be followed", "a whole address that begins with https://"},
	"module.module-key":         {"the folder's name {got} is not a key", "lower-case letters and digits, words joined by hyphens, at most 64 signs"},
	"module.no-language":        {"there is no text in any language", "write en.md"},
	"module.no-pages":           {"there are no pages", "start each with a first-level heading: # Heading"},
	"module.page-empty":         {"the page {page} is empty", "write its text, or take its heading out"},
	"module.page-extra":         {"there is no page {page} in the first language", "one of {pages}"},
	"module.page-key":           {"the page has no key that can be made from its heading", "write the key after it: # {title} {#key}, the same in every language"},
	"module.page-missing":       {"the page {page} of {language} is missing", "translate it"},
	"module.page-misspelt":      {"there is no page {page} in the first language", "write {#{like}}"},
	"module.page-nested":        {"a page begins inside something else", "begin the heading at the margin, or use ## for a smaller one"},
	"module.page-order":         {"the pages stand in another order than in the first language", "{pages}"},
	"module.page-title":         {"the page has no title", "write it after the #"},
	"module.page-twice":         {"the page {page} stands twice", "give one of the two another key"},
	"module.picture":            {"this is not a picture that can be read", "PNG, JPEG, GIF, WebP or SVG, at most 8192 pixels a side"},
	"module.picture-unused":     {"no page shows this picture", "show it with ![what it shows](file.png), or take it out of the folder"},
	"module.question-extra":     {"{item} is not on the page {page} in the first language", "move or remove it"},
	"module.question-missing":   {"{item} is on the page {page} in the first language and not here", "translate it"},
	"module.source-twice":       {"the source {got} stands twice", "keep one of the two"},
	"module.source-unknown":     {"there is no source {got}", "list it under sources, or name one of {sources}"},
	"module.too-large":          {"the file is too large", "at most {kilobytes} kilobytes"},
	"module.warning-empty":      {"the warning says nothing", "say what the page is about to show, so that it can be left out"},
	"module.warning-language":   {"there is a warning in one language and none in {language}, or the other way round", "warn in every language or in none"},
	"module.warning-twice":      {"the page has a second warning", "put both into one block"},
}

// Wrong says in English what is wrong.
func (p Problem) Wrong() string { return p.fill(sentences[p.Code].wrong) }

// Right says in English what would be right.
func (p Problem) Right() string { return p.fill(sentences[p.Code].right) }

func (p Problem) fill(s string) string {
	for k, v := range p.Args {
		s = strings.ReplaceAll(s, "{"+k+"}", show(v))
	}
	return s
}

func show(v any) string {
	switch v := v.(type) {
	case []string:
		if len(v) == 0 {
			return "none"
		}
		return strings.Join(v, ", ")
	case []int:
		return strings.Trim(fmt.Sprint(v), "[]")
	case string:
		if v == "" {
			return "nothing"
		}
		return v
	}
	return fmt.Sprint(v)
}
