package content

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"cadre/internal/content/manifest"
)

// scanned is how much of a text is looked through, and maxHosts how many hosts
// are named: enough to guess by.
const (
	scanned  = 512 << 10
	maxHosts = 20
)

// seeker gathers what a package's texts seem to need.
type seeker struct {
	needs manifest.Needs
	hosts map[string]bool
	flash string
	load  []*regexp.Regexp
}

func newSeeker() *seeker {
	return &seeker{hosts: map[string]bool{}, load: []*regexp.Regexp{
		regexp.MustCompile(`(?i)<(?:script|img|iframe|audio|video|source|embed|frame)\b[^>]*\bsrc\s*=\s*["']?(?:https?:)?//([a-z0-9.-]+)`),
		regexp.MustCompile(`(?i)<link\b[^>]*\bhref\s*=\s*["']?(?:https?:)?//([a-z0-9.-]+)`),
		regexp.MustCompile(`(?i)(?:url\(|@import)\s*["']?(?:https?:)?//([a-z0-9.-]+)`),
		regexp.MustCompile(`(?i)(?:fetch|\.open|importScripts|WebSocket|\.src\s*=)\s*\(?\s*(?:["'][A-Z]+["']\s*,\s*)?["'](?:https?:|wss?:)?//([a-z0-9.-]+)`),
	}}
}

// file notes a file's name.
func (s *seeker) file(path, media string) {
	switch {
	case media == "application/x-shockwave-flash":
		s.needs.Flash = true
		if s.flash == "" {
			s.flash = path
		}
	case media == "text/vtt" || media == "application/x-subrip":
		s.needs.Captions = true
	}
}

// looks reports whether a text of that media type is worth looking through.
func looks(media string) bool {
	return media == "text/html" || media == "text/javascript" || media == "text/css"
}

// text looks through the beginning of a text.
func (s *seeker) text(media, text string) {
	has := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
	}
	lower := strings.ToLower(text)
	if media == "text/html" {
		s.needs.Frames = s.needs.Frames || strings.Contains(lower, "<frameset") || strings.Contains(lower, "<iframe")
	}
	s.needs.Workers = s.needs.Workers || has("new Worker(", "new SharedWorker(", "serviceWorker.register")
	s.needs.Popups = s.needs.Popups || has("window.open(", `target="_blank"`, "target='_blank'")
	s.needs.Storage = s.needs.Storage || has("localStorage", "sessionStorage", "indexedDB", "document.cookie")
	s.needs.Unload = s.needs.Unload || has("onunload", "onbeforeunload", `"unload"`, "'unload'", "beforeunload")
	s.needs.MathJax = s.needs.MathJax || has("MathJax.js", "mathjax@")
	s.needs.Captions = s.needs.Captions || strings.Contains(lower, "<track")
	for _, re := range s.load {
		for _, m := range re.FindAllStringSubmatch(text, 200) {
			host := strings.ToLower(strings.Trim(m[1], ".-"))
			if len(s.hosts) < maxHosts && strings.Contains(host, ".") && !strings.HasSuffix(host, "w3.org") {
				s.hosts[host] = true
			}
		}
	}
}

// found returns what was found.
func (s *seeker) found() manifest.Needs {
	out := s.needs
	out.Hosts = slices.Sorted(maps.Keys(s.hosts))
	return out
}
