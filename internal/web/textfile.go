package web

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"cadre/internal/fault"
)

// TextOf returns what was sent as a file or, where there is none, typed into a
// field. Text that is too long, not UTF-8 or not there at all is a fault of the
// field. The file is measured while it is read.
func TextOf(file *Upload, typed, field string, limit int64) (string, error) {
	text := typed
	if file != nil {
		f, err := file.Open()
		if err != nil {
			return "", err
		}
		data, err := io.ReadAll(io.LimitReader(f, limit+1))
		if cerr := f.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			return "", fmt.Errorf("web: a file that was sent: %w", err)
		}
		text = string(data)
	}
	// A browser sends typed lines with a carriage return, and a form cuts what is
	// blank at the end: the same text is the same however it came.
	text = strings.TrimRight(strings.ReplaceAll(text, "\r\n", "\n"), "\n ")
	if text != "" {
		text += "\n"
	}
	switch {
	case text == "":
		return "", fault.Bad("fault.invalid", fault.Field{Name: field, Key: "fault.required"})
	case int64(len(text)) > limit:
		return "", fault.Bad("fault.invalid", fault.Field{Name: field, Key: "fault.file-too-large", Args: fault.Args{"size": fmt.Sprintf("%d kB", limit>>10)}})
	case !utf8.ValidString(text):
		return "", fault.Bad("fault.invalid", fault.Field{Name: field, Key: "fault.file-kind", Args: fault.Args{"kinds": "YAML, UTF-8"}})
	}
	return text, nil
}
