package export

import (
	"time"

	"cadre/internal/content"
	"cadre/internal/i18n"
)

// words are the words around the material in one language, for the player in src:
// sentences by name, their places as in {page}; and what is counted, by number.
type words struct {
	Lang    string              `json:"lang"`
	Said    map[string]string   `json:"said"`
	Counted map[string][]string `json:"counted"`
}

// speaks returns a localiser for the material's language, or for the nearest that
// the catalogues have.
func speaks(lang string) *i18n.Localizer { return i18n.For(i18n.Prefs{Lang: lang}) }

// name is what a language calls itself, or its tag where the program does not
// speak it.
func name(tag string) string {
	for _, l := range i18n.Shipped().Languages() {
		if l.Tag == tag {
			return l.Name
		}
	}
	return tag
}

// takes says how long the module takes.
func takes(l *i18n.Localizer, m *content.Module) string {
	return l.T("content.export-takes", "time", time.Duration(m.Minutes)*time.Minute)
}

func wordsFor(lang string, m *content.Module) words {
	l := speaks(lang)
	questions := 0
	for _, p := range m.Pages {
		questions += len(p.Items)
	}
	counted := func(upTo int, say func(n int) string) []string {
		out := make([]string, upTo+1)
		for n := range out {
			out[n] = say(n)
		}
		return out
	}
	return words{
		Lang: l.Lang(),
		Said: map[string]string{
			"takes":            takes(l, m),
			"warningTitle":     l.T("player.warning-title"),
			"language":         l.T("player.language"),
			"begin":            l.T("player.begin"),
			"goOn":             l.T("player.continue"),
			"leaveAnyTime":     l.T("content.export-leave-any-time"),
			"leave":            l.T("content.export-leave"),
			"mayClose":         l.T("content.export-may-close"),
			"pageOf":           l.T("player.page-of", "page", "{page}", "pages", "{pages}"),
			"inReview":         l.T("player.in-review"),
			"skipCostsNothing": l.T("content.export-skip"),
			"readIt":           l.T("player.read-it"),
			"skip":             l.T("player.skip"),
			"next":             l.T("player.next"),
			"end":              l.T("player.end"),
			"pageBefore":       l.T("player.page-before"),
			"toOverview":       l.T("player.to-overview"),
			"sources":          l.T("player.sources"),
			"check":            l.T("player.check"),
			"answerFirst":      l.T("player.answer-first"),
			"allThatApply":     l.T("player.all-that-apply"),
			"writeNumber":      l.T("player.write-number"),
			"writeWords":       l.T("player.write-words"),
			"putInOrder":       l.T("player.put-in-order"),
			"matching":         l.T("player.match"),
			"notAnswered":      l.T("player.not-answered"),
			"right":            l.T("player.right"),
			"notQuite":         l.T("player.not-quite"),
			"rightAnswer":      l.T("player.right-answer"),
			"yourAnswer":       l.T("player.your-answer"),
			"theOrder":         l.T("player.the-order"),
			"theNumber":        l.T("player.the-number", "answer", "{answer}"),
			"theWords":         l.T("player.the-words", "answers", "{answers}"),
			"youWrote":         l.T("player.you-wrote"),
			"finished":         l.T("player.finished"),
			"points":           l.T("player.points", "points", "{points}", "max", "{max}"),
			"revisit":          l.T("player.revisit"),
			"finishAnyway":     l.T("player.finish-anyway"),
			"pages":            l.T("player.pages"),
			"pageSkipped":      l.T("player.page-skipped"),
			"pageRevisit":      l.T("player.page-revisit"),
			"pageRead":         l.T("player.page-read"),
			"unsaved":          l.T("content.export-unsaved"),
			"not-recorded":     l.T("content.export-not-recorded"),
			"reopen":           l.T("content.export-reopen"),
			"unreached":        l.T("content.export-unreached"),
		},
		Counted: map[string][]string{
			"openHere":      counted(questions, func(n int) string { return l.T("player.open-here", "n", n) }),
			"openQuestions": counted(questions, func(n int) string { return l.T("player.open-questions", "n", n) }),
			"pageOpen":      counted(questions, func(n int) string { return l.T("player.page-open", "n", n) }),
			"topicsLeft":    counted(len(m.Pages), func(n int) string { return l.T("player.topics-left", "n", n, "of", "{of}") }),
		},
	}
}
