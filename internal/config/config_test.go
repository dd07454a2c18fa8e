package config_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cadre/internal/config"
)

const sample = "../../docs/cadre.sample.yaml"

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "cadre.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheSampleSaysWhatTheDefaultsAre(t *testing.T) {
	t.Parallel()
	want, err := config.Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	// The sample's settings stand behind a "# ", its sentences behind "## ".
	settings := regexp.MustCompile(`(?m)^# `).ReplaceAllString(string(text), "")
	got, err := config.Load(write(t, settings), nil)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for _, key := range keys(t) {
		if !regexp.MustCompile(`(?m)^ *` + key + `:`).MatchString(settings) {
			t.Errorf("the sample does not mention %s", key)
		}
	}
}

// keys reads the names of all settings out of the program's own text, so that
// a new one cannot be forgotten in the sample.
func keys(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("config.go")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range regexp.MustCompile("`yaml:\"([a-z_]+)\"`").FindAllStringSubmatch(string(text), -1) {
		out = append(out, m[1])
	}
	if len(out) < 20 {
		t.Fatalf("found only %d settings", len(out))
	}
	return out
}

func TestAnEmptyConfigurationServesThisMachineAlone(t *testing.T) {
	t.Parallel()
	c, err := config.Load("", nil)
	if err != nil {
		t.Fatal(err)
	}
	if !c.SQLite() || filepath.Base(c.Database) != "cadre.db" || !filepath.IsAbs(c.Database) {
		t.Errorf("database is %q", c.Database)
	}
	if c.URL != "http://127.0.0.1:8080" {
		t.Errorf("url is %q", c.URL)
	}
	for _, kept := range []string{c.Keep.Key, c.Keep.Witness, c.Keep.Checkpoints, c.Keep.Erased} {
		if strings.HasPrefix(kept, c.Data+string(filepath.Separator)) {
			t.Errorf("%s would be in the backup of %s", kept, c.Data)
		}
	}
}

// Packages have a port of their own without anybody's doing, beside whatever the
// application listens on and under the name by which people reach it.
func TestPackagesHaveAListenerOfTheirOwn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"": {"127.0.0.1:8081", "http://127.0.0.1:8081"},
		"url: https://training.example.org\nlisten: 0.0.0.0:443\ntls: {certificate: c, key: k}": {"0.0.0.0:444", "https://training.example.org:444"},
		"listen: 127.0.0.1:0":     {"127.0.0.1:0", "http://127.0.0.1:0"},
		"content: {mode: strict}": {"", ""},
		"content: {mode: separate-host, url: https://c.example.net/}": {"", "https://c.example.net"},
	} {
		c, err := config.Load(write(t, text), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]string{c.Content.Listen, c.Content.URL}; got != want {
			t.Errorf("%q: packages are at %q, want %q", text, got, want)
		}
	}
}

func TestTheEnvironmentWinsOverTheFile(t *testing.T) {
	t.Parallel()
	path := write(t, "listen: 127.0.0.1:1\nzone: Asia/Karachi\nmail:\n  host: localhost\n  from: a@example.org\n  security: none\n")
	c, err := config.Load(path, []string{"CADRE_LISTEN=127.0.0.1:2", "CADRE_MAIL_PORT=25", "CADRE_TEST_ANYTHING=1", "HOME=/x"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:2" || c.Mail.Port != 25 || c.Zone != "Asia/Karachi" || c.Mail.Host != "localhost" {
		t.Errorf("got %+v", c)
	}
}

func TestEveryMistakeIsNamedWithItsPlace(t *testing.T) {
	t.Parallel()
	path := write(t, "lisen: 127.0.0.1:1\nmail:\n  prot: 25\n  port: many\nlog: loud\ntls:\n  proxy: yes please\ndata: a\ndata: b\n")
	_, err := config.Load(path, []string{"CADRE_DATABSE=x"})
	if err == nil {
		t.Fatal("a file full of mistakes was accepted")
	}
	got := strings.Split(strings.ReplaceAll(err.Error(), path, "F"), "\n")
	want := []string{
		"F:1:1: lisen is not a setting; did you mean listen?",
		"F:3:3: mail.prot is not a setting; did you mean port?",
		`F:4:9: mail.port: "many" is not a whole number`,
		"F:5:6: log takes settings of its own, each on a line below it",
		`F:7:10: tls.proxy: "yes please" is neither true nor false`,
		"F:9:1: data is set twice",
		"CADRE_DATABSE in the environment is not a setting; did you mean CADRE_DATABASE?",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestWhatIsSentIsProtectedOrStaysOnThisMachine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"listen: 0.0.0.0:80":                                                            "nothing would protect",
		"listen: ':80'":                                                                 "nothing would protect",
		"listen: 192.168.1.5:80":                                                        "nothing would protect",
		"listen: 0.0.0.0:80\ntls: {proxy: true}":                                        "",
		"listen: 0.0.0.0:443\ntls: {certificate: c, key: k}":                            "",
		"tls: {certificate: c}":                                                         "go together",
		"listen: '[::1]:80'":                                                            "",
		"url: http://training.example.org":                                              "begin with https",
		"url: https://training.example.org/":                                            "",
		"url: https://example.org/cadre":                                                "at the top of its host",
		"mail: {host: mx.example.org, from: a@b.org, security: none}":                   "unprotected",
		"mail: {host: mx.example.org, from: a@b.org, security: starttls}":               "",
		"mail: {host: mx.example.org}":                                                  "from which address",
		"zone: Karachi":                                                                 "time zone",
		"content: {mode: fast}":                                                         "none of separate-host",
		"content: {mode: separate-host}":                                                "the packages' own address",
		"content: {mode: separate-host, url: https://c.example.net}":                    "",
		"content: {mode: separate-host, url: 'https://*.c.example.net'}":                "",
		"content: {mode: second-listener, url: 'https://*.example.net'}":                "for mode separate-host",
		"url: https://a.org\ncontent: {mode: separate-host, url: 'https://a.org:8443'}": "application's host",
		"content: {mode: strict, url: https://c.example.net}":                           "leave out listen and url",
		"content: {mode: strict}":                                                       "",
		"content: {listen: 127.0.0.1:8080}":                                             "a port of their own",
		"content: {listen: '0.0.0.0:8081'}":                                             "nothing would protect",
		"content: {ffmpeg: ffmpeg}":                                                     "the whole path",
		"content: {ffmpeg: /usr/bin/convert}":                                           "the whole path",
		"content: {ffmpeg: /opt/ffmpeg-7/bin/ffmpeg-7}":                                 "",
		"content: {url: http://c.example.net}":                                          "begin with https",
		"log: {level: loud}":                                                            "none of debug, info",
	} {
		_, err := config.Load(write(t, text), nil)
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", text, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: got %v, want it to say %q", text, err, want)
		}
	}
}
