package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"cadre/internal/durable"
	"cadre/internal/id"
)

// compose builds the message: plain text, and the same as simple HTML that
// carries language and direction.
func compose(l Letter) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := m.From(l.From); err != nil {
		return nil, fmt.Errorf("mail: sender: %w", err)
	}
	if err := m.To(l.Address); err != nil {
		return nil, Refused{err}
	}
	m.Subject(l.Subject)
	m.SetDateWithValue(l.Date)
	m.SetMessageIDWithValue(l.MessageID())
	m.SetGenHeader(gomail.HeaderContentLang, l.Language)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: answers nothing, and is not to be answered by machines
	m.SetBodyString(gomail.TypeTextPlain, strings.Join(l.Paragraphs, "\n\n")+"\n")
	m.AddAlternativeString(gomail.TypeTextHTML, page(l))
	return m, nil
}

func page(l Letter) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!doctype html>\n<html lang=\"%s\" dir=\"%s\">\n<head><meta charset=\"utf-8\"><title>%s</title></head>\n<body>\n",
		html.EscapeString(l.Language), html.EscapeString(string(l.Direction)), html.EscapeString(l.Subject))
	for _, p := range l.Paragraphs {
		t := strings.ReplaceAll(html.EscapeString(p), "\n", "<br>\n")
		if isLink(p) {
			t = `<a href="` + t + `" dir="ltr">` + t + `</a>`
		}
		b.WriteString("<p>" + t + "</p>\n")
	}
	b.WriteString("</body>\n</html>\n")
	return b.String()
}

func isLink(p string) bool {
	return (strings.HasPrefix(p, "https://") || strings.HasPrefix(p, "http://")) && !strings.ContainsAny(p, " \t\n\"<>")
}

// Spool writes each letter as an .eml file into a folder: the default, for
// trying Cadre out and for hosts whose mail another program sends.
type Spool struct {
	Dir   string
	Files durable.Files
}

// Deliver writes the letter. Doing it twice leaves one file.
func (s Spool) Deliver(_ context.Context, l Letter) error {
	m, err := compose(l)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if _, err := m.WriteTo(&b); err != nil {
		return err
	}
	return s.Files.WriteFile(s.path(l.ID), b.Bytes(), 0o600)
}

// Remove deletes the files of letters that are still in the folder.
func (s Spool) Remove(letters []id.Message) error {
	var errs []error
	for _, l := range letters {
		if err := s.Files.Remove(s.path(l)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (s Spool) path(l id.Message) string { return filepath.Join(s.Dir, string(l)+".eml") }

// Security is how the line to the mail server is protected.
type Security string

// The ways to protect the line.
const (
	StartTLS Security = "starttls" // the default: STARTTLS or nothing
	TLS      Security = "tls"      // TLS from the first byte
	Plain    Security = "none"     // for a server on this machine
)

// SMTP hands letters to a mail server.
type SMTP struct {
	Host     string
	Port     int // 587 if 0, or 465 with [TLS]
	Security Security
	Username string // empty for none
	Password string
	// Hello is how Cadre names itself to the server; the client's choice if
	// empty.
	Hello string
	// Timeout bounds one delivery; 30 seconds if 0.
	Timeout time.Duration
}

func (s SMTP) client() (*gomail.Client, error) {
	opts := []gomail.Option{gomail.WithTimeout(s.Timeout)}
	if s.Timeout == 0 {
		opts[0] = gomail.WithTimeout(30 * time.Second)
	}
	port := s.Port
	switch s.Security {
	case "", StartTLS:
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case TLS:
		opts = append(opts, gomail.WithSSL())
		if port == 0 {
			port = 465
		}
	case Plain:
		opts = append(opts, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("mail: security %q: use starttls, tls or none", s.Security)
	}
	if port == 0 {
		port = 587
	}
	opts = append(opts, gomail.WithPort(port))
	if s.Username != "" {
		auth := gomail.SMTPAuthAutoDiscover
		if s.Security == Plain {
			auth = gomail.SMTPAuthPlainNoEnc
		}
		opts = append(opts, gomail.WithSMTPAuth(auth), gomail.WithUsername(s.Username), gomail.WithPassword(s.Password))
	}
	if s.Hello != "" {
		opts = append(opts, gomail.WithHELO(s.Hello))
	}
	return gomail.NewClient(s.Host, opts...)
}

// Deliver hands the letter over and returns once the server has accepted it.
func (s SMTP) Deliver(ctx context.Context, l Letter) error {
	m, err := compose(l)
	if err != nil {
		return err
	}
	c, err := s.client()
	if err != nil {
		return err
	}
	if err := c.DialWithContext(ctx); err != nil {
		return fmt.Errorf("mail: the mail server: %w", err)
	}
	err = c.Send(m)
	var se *gomail.SendError
	if errors.As(err, &se) && !se.IsTemp() && se.ErrorCode() >= 500 {
		err = Refused{err}
	}
	// Once it has accepted the letter, what the server says to QUIT is no matter.
	if cerr := c.Close(); err != nil {
		return errors.Join(err, cerr)
	}
	return nil
}
