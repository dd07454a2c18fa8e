package e2e_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html"

	"cadre/internal/web"
)

// visitor is somebody with a browser of her own.
type visitor struct {
	url, cookie      string
	client           *http.Client
	name, passphrase string
	sitting          string // the path of the test's part that she is at
	launch           string // the credential of the package that she is in
	number           int64  // of the last entry that was answered
}

func (v *visitor) begin(url string) {
	v.url = url
	v.client = &http.Client{
		Timeout:       time.Minute,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 2},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// do sends a request, and returns the answer with its body read; another status
// than wanted is an error.
func (v *visitor) do(r *http.Request, want int) (*answered, error) {
	w, err := v.client.Do(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(w.Body)
	if err := errors.Join(err, w.Body.Close()); err != nil {
		return nil, err
	}
	if w.StatusCode != want {
		return nil, fmt.Errorf("%s %s: %s %.300s", r.Method, r.URL.Path, w.Status, body)
	}
	return &answered{to: w.Header.Get("Location"), body: body, cookies: w.Cookies()}, nil
}

type answered struct {
	to      string
	body    []byte
	cookies []*http.Cookie
}

func (v *visitor) get(path string) (*answered, error) {
	r, err := http.NewRequest(http.MethodGet, v.url+path, nil)
	if err != nil {
		return nil, err
	}
	if v.cookie != "" {
		r.Header.Set("Cookie", v.cookie)
	}
	return v.do(r, http.StatusOK)
}

// read gets a page, which has to show a word.
func (v *visitor) read(path, shows string) error {
	w, err := v.get(path)
	if err == nil && !bytes.Contains(w.body, []byte(shows)) {
		err = fmt.Errorf("%s does not show %q", path, shows)
	}
	return err
}

// form gets a page's form with an action.
func (v *visitor) form(path, action string) (form, error) {
	w, err := v.get(path)
	if err != nil {
		return form{}, err
	}
	return formOf(w.body, action)
}

// send sends a form, and returns where it leads.
func (v *visitor) send(f form) (*answered, error) {
	r, err := http.NewRequest(http.MethodPost, v.url+f.action, strings.NewReader(f.values.Encode()))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", v.url)
	if v.cookie != "" {
		r.Header.Set("Cookie", v.cookie)
	}
	return v.do(r, http.StatusSeeOther)
}

// sit begins the test.
func (v *visitor) sit() error {
	f, err := v.form("/tests/before", "/tests/before/sit")
	if err != nil {
		return err
	}
	w, err := v.send(f)
	if err == nil {
		v.sitting = w.to
	}
	return err
}

// signIn signs in on another device, and looks at the home page there.
func (v *visitor) signIn() error {
	there := &visitor{}
	there.begin(v.url)
	f, err := there.form("/sign-in", "/sign-in")
	if err != nil {
		return err
	}
	f.values.Set("name", v.name)
	f.values.Set("passphrase", v.passphrase)
	w, err := there.send(f)
	if err != nil {
		return err
	}
	for _, c := range w.cookies {
		if c.Name == web.Cookie {
			there.cookie = c.Name + "=" + c.Value
		}
	}
	return there.read("/", "Trafficking in persons")
}

// log sends the next entry of what the package keeps.
func (v *visitor) log() error { return v.commit(entryOf(op())) }

// commit sends an entry as the next one of the package's log, and returns when it
// is answered as kept.
func (v *visitor) commit(entry json.RawMessage) error {
	body, err := v.batch(1, entry)
	if err != nil {
		return err
	}
	return v.hand(body)
}

// batch is what hands in an entry as the n-th from now.
func (v *visitor) batch(n int64, entry json.RawMessage) ([]byte, error) {
	return json.Marshal(map[string]any{
		"credential": v.launch, "now": time.Now().UnixMilli(), "entries": []any{map[string]any{"number": v.number + n, "entry": entry}},
	})
}

// hand sends the batch of the next entry, and returns when that is answered as kept.
func (v *visitor) hand(body []byte) error {
	r, err := http.NewRequest(http.MethodPost, v.url+"/launch-log", bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Cookie", v.cookie)
	r.Header.Set("Origin", v.url)
	w, err := v.do(r, http.StatusOK)
	if err != nil {
		return err
	}
	var kept struct{ Number int64 }
	if err := json.Unmarshal(w.body, &kept); err != nil {
		return err
	}
	if kept.Number != v.number+1 {
		return fmt.Errorf("entry %d is answered with %d", v.number+1, kept.Number)
	}
	v.number++
	return nil
}

// form is a form of a page, with what it sends as it stands.
type form struct {
	action string
	values url.Values
}

// formOf reads the form that goes to action from a page.
func formOf(page []byte, action string) (form, error) {
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return form{}, err
	}
	attr := func(n *html.Node, key string) string {
		for _, a := range n.Attr {
			if a.Key == key {
				return a.Val
			}
		}
		return ""
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || n.Data != "form" || attr(n, "action") != action {
			continue
		}
		f := form{action, url.Values{}}
		for d := range n.Descendants() {
			if d.Type == html.ElementNode && d.Data == "input" && attr(d, "type") == "hidden" {
				f.values.Add(attr(d, "name"), attr(d, "value"))
			}
		}
		return f, nil
	}
	return form{}, fmt.Errorf("no form goes to %s", action)
}
