package policy_test

import (
	"net/http"
	"net/url"

	"cadre/internal/web/webtest"
)

// notOnce are the acts that a resend does anew, and why that does no harm. Every other
// act carries an operation id: sent again, it is answered as before and not done again.
var notOnce = map[string]string{
	"POST /sign-in":      "opens a session, and ends the one before",
	"POST /sign-in/code": "opens a session; the code is used up",
	"POST /enter/{link}": "opens a session; the link is used up",
	"POST /sign-out":     "ends the session that would send it again",
}

// resend sends what was let in once more, as a browser does whose answer was lost. The
// first answer has to come, and nothing to be done. It does so once for each route.
func (m *matrix) resend(s *site, v *visitor, x target, form url.Values, first *webtest.Answer) {
	m.Helper()
	if m.resent == nil || m.resent[x.pattern] || x.method != http.MethodPost || x.handed != nil || first.Status >= http.StatusBadRequest || notOnce[x.pattern] != "" || ends(v, x) {
		return
	}
	m.resent[x.pattern] = true
	const count = `SELECT COUNT(*) FROM journal_entries`
	before := one[int64](m, s, count)
	again := webtest.Visit(m.T, s.url, v.token).Post(x.path, form)
	if again.Status != first.Status || again.Path != first.Path {
		m.fail("%s sends %s again, and is answered %d at %s, where it was %d at %s\n%s", v.name, x.key(), again.Status, again.Path, first.Status, first.Path, clip(again.Text()))
	}
	if after := one[int64](m, s, count); after != before {
		m.fail("%s sends %s again, and %d entries are written", v.name, x.key(), after-before)
	}
}
