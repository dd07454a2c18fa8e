package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // an instance's zone has to be known wherever it runs
)

// Config is one instance's configuration. Read it with [Load], or start from
// [Default]; fields that stay empty are filled in as their comments say.
type Config struct {
	// Data is the folder that holds everything but a PostgreSQL database.
	Data string `yaml:"data"`
	// Database is a postgres:// URL, or the path of an SQLite file. Empty means
	// cadre.db in the data folder.
	Database string `yaml:"database"`
	// Listen is the address to serve on.
	Listen string `yaml:"listen"`
	// URL is the address that people type, and that links in mails start with.
	// Empty means http:// and the address listened on.
	URL string `yaml:"url"`
	// TLS says how the connection to browsers is protected.
	TLS TLS `yaml:"tls"`
	// Language is the BCP 47 tag of the language shown to whoever has not chosen one.
	Language string `yaml:"language"`
	// Zone is the IANA time zone of the instance's office.
	Zone string `yaml:"zone"`
	// Content says where e-learning packages made elsewhere are played.
	Content Content `yaml:"content"`
	// LRS says where statements of the learning record store may go.
	LRS LRS `yaml:"lrs"`
	// Mail says how messages leave.
	Mail Mail `yaml:"mail"`
	// Keep names the things that must not lie in the data folder's backup.
	Keep Keep `yaml:"keep"`
	// Log says what is logged.
	Log Log `yaml:"log"`
}

// TLS says how the connection to browsers is protected. With neither files nor
// proxy, Cadre serves on a loopback address only.
type TLS struct {
	// Certificate and Key are PEM files.
	Certificate string `yaml:"certificate"`
	Key         string `yaml:"key"`
	// Proxy declares that a proxy in front of Cadre ends TLS and that nobody
	// else reaches the address listened on.
	Proxy bool `yaml:"proxy"`
}

// Content says where e-learning packages made elsewhere are played: never on
// the application's own origin, unless in a sandbox. See docs/isolation.md.
type Content struct {
	// Mode is "separate-host" (best), "second-listener" or "strict".
	Mode string `yaml:"mode"`
	// Listen is the address of the listener for packages. Empty is the port after
	// the application's, on the same host; in mode separate-host, packages then
	// come by the application's listener, told apart by their host's name.
	Listen string `yaml:"listen"`
	// URL is the packages' address as browsers reach it. Needed in mode
	// separate-host, where its first label may be "*". Empty is the application's
	// host with the listener's port.
	URL string `yaml:"url"`
	// ImportFrom names the hosts from which packages may be fetched, parted by
	// spaces; empty for none.
	ImportFrom string `yaml:"import_from"`
	// ReturnTo names the origins to which a program that launches packages may
	// have learners sent back, parted by spaces; empty for none.
	ReturnTo string `yaml:"return_to"`
	// MaxMB is how many megabytes the files of one package may have, unpacked, and
	// MaxFiles how many they may be.
	MaxMB    int `yaml:"max_mb"`
	MaxFiles int `yaml:"max_files"`
	// FFmpeg is the path of the machine's ffmpeg, whose ffprobe lies beside it; empty
	// leaves sound and video of packages as they come.
	FFmpeg string `yaml:"ffmpeg"`
}

// The modes of [Content].
const (
	SeparateHost   = "separate-host"
	SecondListener = "second-listener"
	Strict         = "strict"
)

// LRS says where statements of the learning record store may go.
type LRS struct {
	// ForwardTo names the hosts of other record stores that statements may be
	// forwarded to, parted by spaces; empty for none.
	ForwardTo string `yaml:"forward_to"`
	// Inside admits such hosts inside the own network as well.
	Inside bool `yaml:"inside"`
}

// Mail says how messages leave: by SMTP if Host is set, else into a folder.
type Mail struct {
	// Spool is the folder into which mails are written while Host is empty.
	Spool string `yaml:"spool"`
	// Host and Port are the SMTP server's.
	Host string `yaml:"host"`
	Port int    `yaml:"port"`
	// Security is "starttls", "tls" or "none"; none is for a server on this machine.
	Security string `yaml:"security"`
	// User signs in to the server; empty if it asks for nobody.
	User string `yaml:"user"`
	// PasswordFile holds the password, in its first line.
	PasswordFile string `yaml:"password_file"`
	// From is the sender's address.
	From string `yaml:"from"`
}

// Keep names places outside the database and outside backups. What is empty lies
// in a folder beside the data folder, named after it and ending in ".keep"; put
// it on another disk or host where you can.
type Keep struct {
	// Key is the file with the instance's key, which seals coaching notes.
	// Whoever has the database and not this file cannot read them.
	Key string `yaml:"key"`
	// Witness is the file that remembers how far the journal had got, so that a
	// database that was set back is noticed.
	Witness string `yaml:"witness"`
	// Checkpoints is the folder of the journal's daily checkpoints.
	Checkpoints string `yaml:"checkpoints"`
	// Erased is the file with the ids of erased persons, replayed after a restore.
	Erased string `yaml:"erased"`
}

// Log says what is logged, always to standard error.
type Log struct {
	// Level is "debug", "info", "warn" or "error".
	Level string `yaml:"level"`
	// Format is "text" or "json".
	Format string `yaml:"format"`
}

// Default returns the configuration of an instance that nobody has configured.
func Default() Config {
	return Config{
		Data:     "data",
		Listen:   "127.0.0.1:8080",
		Language: "en",
		Zone:     "UTC",
		Content:  Content{Mode: SecondListener, MaxMB: 2048, MaxFiles: 20_000},
		Mail:     Mail{Spool: "spool", Port: 587, Security: "starttls"},
		Log:      Log{Level: "info", Format: "text"},
	}
}

// Load reads the file at path, if path is not empty, and the environment, given
// as os.Environ gives it. It returns every problem at once, each with its place
// and what would be right, and otherwise a configuration that passed [Config.Check]
// and whose paths are absolute.
func Load(path string, environ []string) (Config, error) {
	c := Default()
	var problems []error
	if path != "" {
		text, err := os.ReadFile(path)
		if err != nil {
			return c, fmt.Errorf("the configuration: %w", err)
		}
		problems = append(problems, decode(&c, path, text)...)
	}
	problems = append(problems, overlay(&c, environ)...)
	if len(problems) > 0 {
		return c, errors.Join(problems...)
	}
	if err := c.Check(); err != nil {
		return c, err
	}
	return c, c.absolute()
}

// SQLite reports whether the database is a file.
func (c Config) SQLite() bool {
	return !strings.HasPrefix(c.Database, "postgres://") && !strings.HasPrefix(c.Database, "postgresql://")
}

// absolute fills in what is empty and makes paths absolute.
func (c *Config) absolute() error {
	data, err := filepath.Abs(c.Data)
	if err != nil {
		return fmt.Errorf("the data folder: %w", err)
	}
	c.Data = data
	if c.Database == "" {
		c.Database = "cadre.db"
	}
	for p, name := range map[*string]string{
		&c.Keep.Key: "instance.key", &c.Keep.Witness: "witness", &c.Keep.Checkpoints: "checkpoints", &c.Keep.Erased: "erased",
	} {
		if *p == "" {
			*p = filepath.Join(data+".keep", name)
		}
	}
	paths := []*string{&c.TLS.Certificate, &c.TLS.Key, &c.Mail.Spool, &c.Mail.PasswordFile, &c.Keep.Key, &c.Keep.Witness, &c.Keep.Checkpoints, &c.Keep.Erased}
	if c.SQLite() {
		paths = append(paths, &c.Database)
	}
	for _, p := range paths {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(data, *p)
		}
	}
	if c.URL == "" {
		scheme := "http"
		if c.TLS.Certificate != "" {
			scheme = "https"
		}
		c.URL = scheme + "://" + c.Listen
	}
	c.URL = strings.TrimSuffix(c.URL, "/")
	c.Content.URL = strings.TrimSuffix(c.Content.URL, "/")
	return c.secondListener()
}

// secondListener fills in where the listener for packages is, in the mode that
// has one.
func (c *Config) secondListener() error {
	if c.Content.Mode != SecondListener {
		return nil
	}
	if c.Content.Listen == "" {
		host, port, err := net.SplitHostPort(c.Listen)
		if err != nil {
			return err
		}
		n, err := strconv.Atoi(port)
		if err != nil || n < 0 || n > 65534 {
			return fmt.Errorf("content.listen: no port follows that of %s; name an address, such as 127.0.0.1:8081", c.Listen)
		}
		if n > 0 {
			n++
		}
		c.Content.Listen = net.JoinHostPort(host, strconv.Itoa(n))
	}
	if c.Content.URL == "" {
		u, err := url.Parse(c.URL)
		if err != nil {
			return err
		}
		_, port, err := net.SplitHostPort(c.Content.Listen)
		if err != nil {
			return err
		}
		c.Content.URL = u.Scheme + "://" + net.JoinHostPort(u.Hostname(), port)
	}
	return nil
}

// Check returns every setting that cannot be or must not be, each with what
// would be right.
func (c Config) Check() error {
	var problems []error
	bad := func(key, format string, args ...any) {
		problems = append(problems, fmt.Errorf("%s: %s", key, fmt.Sprintf(format, args...)))
	}
	if c.Data == "" {
		bad("data", "name a folder")
	}
	if engine, _, ok := strings.Cut(c.Database, "://"); ok && c.SQLite() {
		bad("database", "%s:// is the address of no database that Cadre knows: name an SQLite file, or a PostgreSQL database as postgres://…", engine)
	}
	host, _, err := net.SplitHostPort(c.Listen)
	switch {
	case err != nil:
		bad("listen", "%q is not an address and a port, such as 127.0.0.1:8080", c.Listen)
	case (c.TLS.Certificate == "") != (c.TLS.Key == ""):
		bad("tls", "certificate and key go together")
	case c.TLS.Certificate == "" && !c.TLS.Proxy && !loopback(host):
		bad("listen", "%s can be reached from other machines, and nothing would protect what is sent: give tls.certificate and tls.key, "+
			"or listen on 127.0.0.1 behind a proxy that ends TLS, or declare one with tls.proxy: true", c.Listen)
	}
	if c.URL != "" {
		u, err := url.Parse(c.URL)
		switch {
		case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
			bad("url", "%q is not a web address, such as https://training.example.org", c.URL)
		case strings.Trim(u.Path, "/") != "" || u.RawQuery != "":
			bad("url", "Cadre stands at the top of its host; leave out %q", u.RequestURI())
		case u.Scheme == "http" && !loopback(u.Hostname()):
			bad("url", "%s is not protected on its way: begin with https://", c.URL)
		}
	}
	problems = append(problems, c.checkContent()...)
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "Local" {
		bad("zone", "%q is not the name of a time zone, such as Asia/Karachi", c.Zone)
	}
	if c.Language == "" {
		bad("language", "name a language, such as en")
	}
	oneOf := func(key, value string, allowed ...string) {
		for _, a := range allowed {
			if value == a {
				return
			}
		}
		bad(key, "%q is none of %s", value, strings.Join(allowed, ", "))
	}
	oneOf("mail.security", c.Mail.Security, "starttls", "tls", "none")
	oneOf("log.level", c.Log.Level, "debug", "info", "warn", "error")
	oneOf("log.format", c.Log.Format, "text", "json")
	if c.Mail.Host != "" {
		if c.Mail.From == "" {
			bad("mail.from", "say from which address mails are sent")
		}
		if c.Mail.Port < 1 || c.Mail.Port > 65535 {
			bad("mail.port", "%d is not a port", c.Mail.Port)
		}
		if c.Mail.Security == "none" && !loopback(c.Mail.Host) {
			bad("mail.security", "mails to %s would travel unprotected: starttls or tls", c.Mail.Host)
		}
	} else if c.Mail.Spool == "" {
		bad("mail", "name a host, or a spool folder")
	}
	return errors.Join(problems...)
}

// checkContent returns what is wrong with where packages are to be played.
func (c Config) checkContent() []error {
	var problems []error
	bad := func(key, format string, args ...any) {
		problems = append(problems, fmt.Errorf("%s: %s", key, fmt.Sprintf(format, args...)))
	}
	k := c.Content
	if k.MaxMB < 1 || k.MaxFiles < 1 {
		bad("content", "max_mb and max_files are at least 1; leave them out for 2048 and 20000")
	}
	if k.FFmpeg != "" && (!filepath.IsAbs(k.FFmpeg) || !strings.Contains(filepath.Base(k.FFmpeg), "ffmpeg")) {
		bad("content.ffmpeg", "%q is not the whole path of an ffmpeg, such as /usr/bin/ffmpeg", k.FFmpeg)
	}
	if k.Mode != SeparateHost && k.Mode != SecondListener && k.Mode != Strict {
		bad("content.mode", "%q is none of separate-host, second-listener, strict", k.Mode)
		return problems
	}
	if k.Mode == Strict && (k.Listen != "" || k.URL != "") {
		bad("content", "in mode strict packages come by the application's own address: leave out listen and url")
		return problems
	}
	if k.Listen != "" {
		host, _, err := net.SplitHostPort(k.Listen)
		switch {
		case err != nil:
			bad("content.listen", "%q is not an address and a port, such as 127.0.0.1:8081", k.Listen)
		case k.Listen == c.Listen && !strings.HasSuffix(k.Listen, ":0"):
			bad("content.listen", "%s is the application's: packages need a port of their own", k.Listen)
		case c.TLS.Certificate == "" && !c.TLS.Proxy && !loopback(host):
			bad("content.listen", "%s can be reached from other machines, and nothing would protect what is sent", k.Listen)
		}
	}
	if k.URL == "" {
		if k.Mode == SeparateHost {
			bad("content.url", "name the packages' own address, such as https://courses.example.net")
		}
		return problems
	}
	u, err := url.Parse(strings.Replace(k.URL, "://*.", "://any.", 1))
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || strings.Contains(u.Host, "*"):
		bad("content.url", "%q is not a web address, such as https://courses.example.net", k.URL)
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "":
		bad("content.url", "packages stand at the top of their host; leave out %q", u.RequestURI())
	case u.Scheme == "http" && !loopback(u.Hostname()):
		bad("content.url", "%s is not protected on its way: begin with https://", k.URL)
	case k.Mode == SecondListener && strings.Contains(k.URL, "*"):
		bad("content.url", "hosts of their own are for mode separate-host")
	}
	if app, err := url.Parse(c.URL); err == nil && u != nil && k.Mode == SeparateHost && app.Hostname() == u.Hostname() {
		bad("content.url", "%s is the application's host: in mode separate-host packages need another", u.Hostname())
	}
	return problems
}

// loopback reports whether a host is this machine, seen from itself.
func loopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
