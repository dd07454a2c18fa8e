package content

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"

	"cadre/internal/item"
	"cadre/internal/yamlread"
)

// Problem is one thing to mend in a module's files.
type Problem = yamlread.Problem

// Limits of a module's folder.
const (
	maxTextBytes   = 1 << 20
	maxFolderFiles = 200
	maxMinutes     = 240
)

// Read compiles the module in folder dir of fsys, whose last element is the
// module's key. It returns every problem of every file at once, in the order of
// file, line and column; the module is nil if there is any. The error is for
// files that cannot be read at all.
func Read(fsys fs.FS, dir string) (*Module, []Problem, error) {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, nil, err
	}
	files := map[string][]byte{}
	if len(entries) > maxFolderFiles {
		return nil, []Problem{{
			File: dir, Line: 1, Column: 1, Code: "module.files",
			Args: yamlread.Args{"got": len(entries), "high": maxFolderFiles},
		}}, nil
	}
	var report yamlread.Report
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") {
			continue
		}
		if e.IsDir() {
			report.Add(path.Join(dir, name), 1, 1, "module.folder", nil)
			continue
		}
		info, err := e.Info()
		if err != nil {
			return nil, nil, err
		}
		high := int64(maxPictureBytes)
		if strings.HasSuffix(name, ".md") {
			high = maxTextBytes
		}
		if info.Size() > high {
			report.Add(path.Join(dir, name), 1, 1, "module.too-large", yamlread.Args{"kilobytes": high >> 10})
			continue
		}
		data, err := fs.ReadFile(fsys, path.Join(dir, name))
		if err != nil {
			return nil, nil, err
		}
		files[name] = data
	}
	m := compile(dir, files, &report)
	if len(report.Problems) > 0 {
		yamlread.Sort(report.Problems)
		return nil, report.Problems, nil
	}
	return m, nil, nil
}

// Compile is [Read] for files that are already in memory, by name: what an
// upload holds. dir stands before the names in problems, and its last element
// is the module's key.
func Compile(dir string, files map[string][]byte) (*Module, []Problem) {
	var report yamlread.Report
	m := compile(dir, files, &report)
	if len(report.Problems) > 0 {
		yamlread.Sort(report.Problems)
		return nil, report.Problems
	}
	return m, nil
}

// written is one language's file, read but not yet compared with the others.
type written struct {
	src      *sourceFile
	lang     string
	title    string
	warning  string
	minutes  int
	passMark int
	skills   []string
	sources  []Source
	pages    []writtenPage
	seen     map[string]bool // front matter keys that stand in this file
	pictures map[string][]File
	words    map[string]int
}

type writtenPage struct {
	key, title, warning string
	at                  ast.Node
	blocks              []Block
	items               []item.Item
	lines               map[string]int // item key → its line
	cites               map[string]bool
}

// sourceFile is a file's bytes and where its problems go.
type sourceFile struct {
	name   string
	body   []byte // the whole file, front matter blanked out: offsets are the file's
	report *yamlread.Report
}

// place turns an offset into line and column, both from 1.
func (s *sourceFile) place(offset int) (line, column int) {
	offset = min(max(offset, 0), len(s.body))
	before := s.body[:offset]
	start := bytes.LastIndexByte(before, '\n') + 1
	return 1 + bytes.Count(before, []byte{'\n'}), 1 + utf8.RuneCount(before[start:])
}

func (s *sourceFile) problem(n ast.Node, key string, args yamlread.Args) {
	at := -1
	for ; n != nil && at < 0; n = n.Parent() {
		at = n.Pos()
		if at < 0 && n.Type() == ast.TypeBlock && n.Lines() != nil && n.Lines().Len() > 0 {
			at = n.Lines().At(0).Start
		}
	}
	line, column := s.place(at)
	s.report.Add(s.name, line, column, key, args)
}

func compile(dir string, files map[string][]byte, report *yamlread.Report) *Module {
	key := path.Base(dir)
	if !item.ValidKey(key) {
		report.Add(dir, 1, 1, "module.module-key", yamlread.Args{"got": key})
	}
	m := &Module{Key: key}
	pictures := map[string]File{}
	for _, name := range sortedNames(files) {
		full := path.Join(dir, name)
		if lang, ok := strings.CutSuffix(name, ".md"); ok {
			if !item.ValidLanguage(lang) {
				report.Add(full, 1, 1, "module.language-file", yamlread.Args{"got": lang})
				continue
			}
			m.Languages = append(m.Languages, lang)
			continue
		}
		f, err := readPicture(name, files[name])
		var drawn errDrawing
		switch {
		case errors.As(err, &drawn):
			report.Add(full, 1, 1, "module.drawing", yamlread.Args{"got": drawn.what})
		case err != nil:
			report.Add(full, 1, 1, "module.picture", nil)
		}
		pictures[name] = f
	}
	if len(m.Languages) == 0 {
		report.Add(dir, 1, 1, "module.no-language", nil)
		return nil
	}
	if i := slices.Index(m.Languages, "en"); i > 0 {
		m.Languages = slices.Insert(slices.Delete(m.Languages, i, i+1), 0, "en")
	}
	m.Base = m.Languages[0]

	used := map[string]bool{}
	all := make([]*written, len(m.Languages))
	for i, lang := range m.Languages {
		var sources []Source // of the base, for a translation that does not repeat them
		if i > 0 {
			sources = all[0].sources
		}
		all[i] = readLanguage(path.Join(dir, lang+".md"), lang, i == 0, sources, files[lang+".md"], pictures, used, report)
	}
	for _, name := range sortedNames(files) {
		if f, ok := pictures[name]; ok {
			if !used[name] && f.Media != "" {
				report.Add(path.Join(dir, name), 1, 1, "module.picture-unused", nil)
			}
			m.Files = append(m.Files, f)
		}
	}
	join(m, all)
	if len(report.Problems) > 0 {
		return nil
	}
	byLanguage := map[string]map[string][]File{}
	for _, w := range all {
		byLanguage[w.lang] = w.pictures
	}
	weigh(m, all[0].words, byLanguage)
	return m
}

func sortedNames[T any](files map[string]T) []string {
	names := make([]string, 0, len(files))
	for n := range files {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

var frontMatter = regexp.MustCompile(`(?s)\A---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(?:\r?\n|\z)`)

func readLanguage(name, lang string, base bool, sources []Source, data []byte, pictures map[string]File, used map[string]bool, report *yamlread.Report) *written {
	w := &written{
		lang: lang, seen: map[string]bool{}, pictures: map[string][]File{}, words: map[string]int{},
		src: &sourceFile{name: name, report: report},
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		report.Add(name, 1, 1, "yaml.encoding", nil)
		return w
	}
	head := frontMatter.FindSubmatchIndex(data)
	if head == nil {
		report.Add(name, 1, 1, "module.front-matter", nil)
		w.src.body = data
	} else {
		w.front(yamlread.Parse(name, 1, data[head[2]:head[3]], report), base)
		w.src.body = blanked(data, head[1])
	}
	if !w.seen["sources"] {
		w.sources = sources
	}
	w.read(base, pictures, used)
	return w
}

// blanked returns data with its first n bytes turned into spaces, line ends
// kept, so that whatever follows keeps its place.
func blanked(data []byte, n int) []byte {
	out := slices.Clone(data)
	for i := range n {
		if out[i] != '\n' {
			out[i] = ' '
		}
	}
	return out
}

func (w *written) front(v yamlread.Value, base bool) {
	o := v.Object("title", "minutes", "pass_mark", "competencies", "warning", "sources")
	if !v.Present() {
		return
	}
	for _, k := range []string{"minutes", "pass_mark", "competencies", "warning", "sources"} {
		w.seen[k] = o.Get(k).Present()
	}
	get := o.Get
	if base {
		get = o.Need
	}
	w.title = o.Need("title").Scalar()
	w.minutes = get("minutes").Int(1, maxMinutes)
	w.passMark = get("pass_mark").Int(0, 100)
	for _, c := range get("competencies").List() {
		s := c.Scalar()
		if !item.ValidKey(s) {
			c.Problem("item.key", yamlread.Args{"got": s})
		}
		w.skills = append(w.skills, s)
	}
	w.warning = o.Get("warning").Scalar()
	for _, e := range o.Get("sources").List() {
		so := e.Object("id", "title", "publisher", "year", "url")
		s := Source{
			ID: so.Need("id").Scalar(), Title: item.ReadText(so.Need("title"), w.lang),
			Publisher: item.ReadText(so.Get("publisher"), w.lang), URL: so.Get("url").Scalar(),
		}
		if s.ID != "" && !item.ValidKey(s.ID) {
			so.Get("id").Problem("item.key", yamlread.Args{"got": s.ID})
		}
		if slices.ContainsFunc(w.sources, func(x Source) bool { return x.ID == s.ID }) {
			so.Get("id").Problem("module.source-twice", yamlread.Args{"got": s.ID})
		}
		if y := so.Get("year"); y.Present() {
			s.Year = y.Int(1800, 2200)
		}
		if s.URL != "" && !strings.HasPrefix(s.URL, "https://") {
			so.Get("url").Problem("module.link", yamlread.Args{"got": s.URL})
		}
		w.sources = append(w.sources, s)
	}
}

// read splits the body into pages and turns each into blocks.
func (w *written) read(base bool, pictures map[string]File, used map[string]bool) {
	doc := dialect().Parser().Parse(text.NewReader(w.src.body))
	numbers := map[string]int{}
	for i, s := range w.sources {
		numbers[s.ID] = i + 1
	}
	out := &writer{src: w.src, sources: numbers, files: pictures}
	var page *writtenPage
	stray := false
	flush := func() {
		if page == nil {
			return
		}
		if s := out.out.String(); s != "" {
			page.blocks = append(page.blocks, Block{HTML: s})
		}
		out.out.Reset()
	}
	finish := func() {
		flush()
		if page == nil {
			return
		}
		for _, name := range sortedNames(out.used) {
			used[name] = true
			w.pictures[page.key] = append(w.pictures[page.key], pictures[name])
		}
		page.cites = out.cited
		if len(page.blocks) == 0 {
			w.src.problem(page.at, "module.page-empty", yamlread.Args{"page": page.key})
		}
		w.pages = append(w.pages, *page)
	}
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok && h.Level == 1 {
			finish()
			page = w.open(h, base)
			out.cited, out.used, out.level = map[string]bool{}, map[string]bool{}, 1
			continue
		}
		if page == nil {
			if !stray && n.Kind() != ast.KindLinkReferenceDefinition {
				w.src.problem(n, "module.before-first-page", nil)
				stray = true
			}
			continue
		}
		if f, ok := n.(*ast.FencedCodeBlock); ok {
			flush()
			w.fence(page, f)
			continue
		}
		out.node(n)
		w.words[page.key] += len(strings.Fields(plain(n, w.src.body)))
	}
	finish()
	if len(w.pages) == 0 && !stray {
		w.src.report.Add(w.src.name, 1, 1, "module.no-pages", nil)
	}
}

// open starts the page of a first-level heading.
func (w *written) open(h *ast.Heading, base bool) *writtenPage {
	p := &writtenPage{title: strings.Join(strings.Fields(plain(h, w.src.body)), " "), at: h, lines: map[string]int{}}
	if p.title == "" {
		w.src.problem(h, "module.page-title", nil)
	}
	attrs := h.Attributes()
	if id, ok := h.AttributeString("id"); ok {
		if b, isText := id.([]byte); isText {
			p.key = string(b)
		}
		if !item.ValidKey(p.key) {
			w.src.problem(h, "item.key", yamlread.Args{"got": p.key})
		}
	}
	if len(attrs) > 1 || (len(attrs) == 1 && p.key == "") {
		w.src.problem(h, "module.heading-attributes", nil)
	}
	if p.key == "" {
		p.key = slug(p.title)
		if !base || p.key == "" {
			w.src.problem(h, "module.page-key", yamlread.Args{"title": p.title})
		}
	}
	for _, other := range w.pages {
		if other.key == p.key && p.key != "" {
			w.src.problem(h, "module.page-twice", yamlread.Args{"page": p.key})
		}
	}
	return p
}

// slug makes a page's key from an English heading; "" where too little of the
// heading is Latin.
func slug(title string) string {
	var b strings.Builder
	for _, word := range strings.Fields(item.Fold(title)) {
		ascii := strings.IndexFunc(word, func(r rune) bool { return r > 'z' || (r > '9' && r < 'a') || r < '0' }) < 0
		if !ascii {
			return ""
		}
		if b.Len()+1+len(word) > 64 {
			break
		}
		if b.Len() > 0 {
			b.WriteByte('-')
		}
		b.WriteString(word)
	}
	return b.String()
}

// fence reads a fenced block: a warning or a question.
func (w *written) fence(p *writtenPage, f *ast.FencedCodeBlock) {
	var content []byte
	lines := f.Lines()
	for i := range lines.Len() {
		s := lines.At(i)
		content = append(content, s.Value(w.src.body)...)
	}
	line, _ := w.src.place(f.Pos())
	switch kind := strings.TrimSpace(string(f.Language(w.src.body))); kind {
	case "warning":
		switch s := strings.TrimSpace(string(content)); {
		case s == "":
			w.src.problem(f, "module.warning-empty", nil)
		case p.warning != "":
			w.src.problem(f, "module.warning-twice", nil)
		default:
			p.warning = s
		}
	case "question":
		v := yamlread.Parse(w.src.name, line, content, w.src.report)
		if !v.Present() {
			return
		}
		it := item.Read(v, w.lang)
		if it.Key == "" {
			return // said by item.Read
		}
		for _, other := range append(slices.Clone(w.pages), *p) {
			if first, twice := other.lines[it.Key]; twice {
				v.Problem("item.twice", yamlread.Args{"item": it.Key, "line": first})
				return
			}
		}
		p.lines[it.Key] = v.Line()
		p.items = append(p.items, it)
		p.blocks = append(p.blocks, Block{Item: it.Key})
	default:
		w.src.problem(f, "module.fence", yamlread.Args{"got": kind})
	}
}

// join puts the languages together and compares each with the base.
func join(m *Module, all []*written) {
	base := all[0]
	m.Minutes, m.PassMark, m.Competencies = base.minutes, base.passMark, base.skills
	m.Title = item.Text{}
	if base.warning != "" {
		m.Warning = item.Text{}
	}
	m.Sources = base.sources
	for _, p := range base.pages {
		page := Page{Key: p.key, Title: item.Text{}, Body: map[string][]Block{}, Items: p.items}
		if p.warning != "" {
			page.Warning = item.Text{}
		}
		for _, s := range base.sources {
			if p.cites[s.ID] {
				page.Cites = append(page.Cites, s.ID)
			}
		}
		m.Pages = append(m.Pages, page)
	}
	for _, w := range all {
		if w != base {
			compareFront(base, w, m)
			comparePages(base, w)
		}
		m.Title[w.lang] = w.title
		if m.Warning != nil {
			m.Warning[w.lang] = w.warning
		}
		for i := range m.Pages {
			page := &m.Pages[i]
			j := slices.IndexFunc(w.pages, func(p writtenPage) bool { return p.key == page.Key })
			if j < 0 {
				continue // said by comparePages
			}
			p := w.pages[j]
			page.Title[w.lang] = p.title
			page.Body[w.lang] = p.blocks
			if page.Warning != nil {
				page.Warning[w.lang] = p.warning
			}
			if w != base {
				joinItems(page, p, w, base.lang)
			}
		}
	}
}

func compareFront(base, w *written, m *Module) {
	add := func(key string, args yamlread.Args) { w.src.report.Add(w.src.name, 1, 1, key, args) }
	if w.seen["minutes"] && w.minutes != base.minutes {
		add("module.differs", yamlread.Args{"field": "minutes", "want": base.minutes, "got": w.minutes})
	}
	if w.seen["pass_mark"] && w.passMark != base.passMark {
		add("module.differs", yamlread.Args{"field": "pass_mark", "want": base.passMark, "got": w.passMark})
	}
	if w.seen["competencies"] && !slices.Equal(w.skills, base.skills) {
		add("module.differs", yamlread.Args{"field": "competencies", "want": base.skills, "got": w.skills})
	}
	if (base.warning == "") != (w.warning == "") {
		add("module.warning-language", yamlread.Args{"language": base.lang})
	}
	ids := func(ss []Source) []string {
		out := make([]string, len(ss))
		for i, s := range ss {
			out[i] = s.ID
		}
		return out
	}
	if w.seen["sources"] && !slices.Equal(ids(w.sources), ids(base.sources)) {
		add("module.differs", yamlread.Args{"field": "sources", "want": ids(base.sources), "got": ids(w.sources)})
		return
	}
	if !w.seen["sources"] {
		return
	}
	for i, s := range w.sources {
		for l, t := range s.Title {
			m.Sources[i].Title[l] = t
		}
		for l, t := range s.Publisher {
			if m.Sources[i].Publisher == nil {
				m.Sources[i].Publisher = item.Text{}
			}
			m.Sources[i].Publisher[l] = t
		}
	}
}

func comparePages(base, w *written) {
	keys := func(ps []writtenPage) []string {
		out := make([]string, len(ps))
		for i, p := range ps {
			out[i] = p.key
		}
		return out
	}
	want, got := keys(base.pages), keys(w.pages)
	for i, k := range got {
		if !slices.Contains(want, k) {
			args := yamlread.Args{"page": k, "pages": want}
			if like := yamlread.Nearest(k, want); like != "" {
				args["like"] = like
				w.src.problem(w.pages[i].at, "module.page-misspelt", args)
			} else {
				w.src.problem(w.pages[i].at, "module.page-extra", args)
			}
		}
	}
	missing := false
	for _, k := range want {
		if !slices.Contains(got, k) {
			missing = true
			w.src.report.Add(w.src.name, 1, 1, "module.page-missing", yamlread.Args{"page": k, "language": base.lang})
		}
	}
	if !missing && len(want) == len(got) && !slices.Equal(want, got) {
		w.src.report.Add(w.src.name, 1, 1, "module.page-order", yamlread.Args{"pages": want})
	}
}

func joinItems(page *Page, p writtenPage, w *written, base string) {
	if (page.Warning != nil) != (p.warning != "") {
		w.src.problem(p.at, "module.warning-language", yamlread.Args{"language": base})
	}
	for i := range page.Items {
		it := &page.Items[i]
		j := slices.IndexFunc(p.items, func(x item.Item) bool { return x.Key == it.Key })
		if j < 0 {
			w.src.problem(p.at, "module.question-missing", yamlread.Args{"item": it.Key, "page": page.Key})
			continue
		}
		for _, problem := range it.Join(&p.items[j]) {
			w.src.report.Add(w.src.name, p.lines[it.Key], 1, problem.Code, problem.Args)
		}
	}
	for _, x := range p.items {
		if page.Item(x.Key) == nil {
			w.src.report.Add(w.src.name, p.lines[x.Key], 1, "module.question-extra", yamlread.Args{"item": x.Key, "page": page.Key})
		}
	}
}
