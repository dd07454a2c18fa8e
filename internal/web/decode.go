package web

import (
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"cadre/internal/fault"
)

// Decode reads the request's form into T, one struct for one operation. A field
// of T is bound by its tag:
//
//	Name   string   `form:"name,max=200"`      needed, at most 200 characters
//	Note   string   `form:"note,optional"`     may be left empty
//	Seats  int      `form:"seats"`             a whole number, in any digits
//	Agreed bool     `form:"agreed"`            a checkbox; never "needed"
//	Days   []string `form:"days"`              several of one name
//	Letter *Upload  `form:"letter,optional"`   a file
//
// Strings are trimmed of white space at both ends unless tagged "raw". Named
// string types are decoded like string. Everything that is wrong is reported at
// once, in the order of the struct, as an Invalid fault; a field that T does not
// have is refused as a whole, since it never came from a form of ours.
func Decode[T any](r *http.Request) (T, error) {
	var in T
	if err := parse(r); err != nil {
		return in, err
	}
	v := reflect.ValueOf(&in).Elem()
	if v.Kind() != reflect.Struct {
		return in, fmt.Errorf("web: Decode into %T, which is not a struct", in)
	}
	known := map[string]bool{tokenField: true, operationField: true, formField: true}
	var wrong []fault.Field
	for i := range v.NumField() {
		name, opt, err := readTag(v.Type().Field(i))
		if err != nil {
			return in, err
		}
		if name == "" {
			continue
		}
		known[name] = true
		f, err := decodeField(r, v.Field(i), name, opt)
		if err != nil {
			return in, err
		}
		if f.Key != "" {
			wrong = append(wrong, f)
		}
	}
	for name := range r.PostForm {
		if !known[name] {
			return in, &fault.Error{Kind: fault.Invalid, Key: "ui.fault-form", Cause: fmt.Errorf("web: unknown form field %.40q", name)}
		}
	}
	if r.MultipartForm != nil {
		for name := range r.MultipartForm.File {
			if !known[name] {
				return in, &fault.Error{Kind: fault.Invalid, Key: "ui.fault-form", Cause: fmt.Errorf("web: unknown file field %.40q", name)}
			}
		}
	}
	if wrong != nil {
		return in, fault.Bad("fault.invalid", wrong...)
	}
	return in, nil
}

// Upload is a file as it was sent. Neither its name nor its size may be trusted:
// whoever reads it measures it.
type Upload struct {
	Name string
	open func() (multipart.File, error)
}

// Open returns the file's content.
func (u *Upload) Open() (io.ReadCloser, error) { return u.open() }

type fieldOptions struct {
	optional, raw bool
	max           int
}

func readTag(f reflect.StructField) (string, fieldOptions, error) {
	tag, ok := f.Tag.Lookup("form")
	if !ok || tag == "-" {
		return "", fieldOptions{}, nil
	}
	name, rest, _ := strings.Cut(tag, ",")
	o := fieldOptions{}
	for w := range strings.SplitSeq(rest, ",") {
		switch {
		case w == "":
		case w == "optional":
			o.optional = true
		case w == "raw":
			o.raw = true
		case strings.HasPrefix(w, "max="):
			n, err := strconv.Atoi(w[4:])
			if err != nil {
				return "", o, fmt.Errorf("web: tag of field %s: %w", f.Name, err)
			}
			o.max = n
		default:
			return "", o, fmt.Errorf("web: tag of field %s: unknown word %q", f.Name, w)
		}
	}
	return name, o, nil
}

func decodeField(r *http.Request, v reflect.Value, name string, o fieldOptions) (fault.Field, error) {
	bad := func(key string, args fault.Args) (fault.Field, error) {
		return fault.Field{Name: name, Key: key, Args: args}, nil
	}
	if v.Type() == reflect.TypeFor[*Upload]() {
		u := upload(r, name)
		if u == nil {
			if o.optional {
				return fault.Field{}, nil
			}
			return bad("ui.field-file", nil)
		}
		v.Set(reflect.ValueOf(u))
		return fault.Field{}, nil
	}
	sent := r.PostForm[name]
	clean := make([]string, 0, len(sent))
	for _, s := range sent {
		if !o.raw {
			s = strings.TrimSpace(s)
		}
		if !utf8.ValidString(s) {
			return bad("ui.field-signs", nil)
		}
		if o.max > 0 && utf8.RuneCountInString(s) > o.max {
			return bad("fault.too-long", fault.Args{"n": o.max})
		}
		clean = append(clean, s)
	}
	s := ""
	if len(clean) > 0 {
		s = clean[len(clean)-1]
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(s != "" && s != "no" && s != "0")
	case reflect.String:
		if s == "" && !o.optional {
			return bad("fault.required", nil)
		}
		v.SetString(s)
	case reflect.Int, reflect.Int64:
		if s == "" {
			if o.optional {
				return fault.Field{}, nil
			}
			return bad("fault.required", nil)
		}
		n, err := strconv.ParseInt(latinDigits(s), 10, 64)
		if err != nil || v.OverflowInt(n) {
			return bad("fault.number", nil)
		}
		v.SetInt(n)
	case reflect.Slice:
		if v.Type().Elem().Kind() != reflect.String {
			return fault.Field{}, fmt.Errorf("web: field %s: cannot decode %s", name, v.Type())
		}
		clean = slices.DeleteFunc(clean, func(s string) bool { return s == "" })
		if len(clean) == 0 && !o.optional {
			return bad("fault.choose", nil)
		}
		out := reflect.MakeSlice(v.Type(), len(clean), len(clean))
		for i, c := range clean {
			out.Index(i).SetString(c)
		}
		v.Set(out)
	default:
		return fault.Field{}, fmt.Errorf("web: field %s: cannot decode %s", name, v.Type())
	}
	return fault.Field{}, nil
}

// latinDigits turns the digits of the Arabic, Persian and Bangla sets into 0 to 9.
func latinDigits(s string) string {
	return strings.Map(func(r rune) rune {
		for _, zero := range []rune{'٠', '۰', '০'} {
			if r >= zero && r <= zero+9 {
				return '0' + r - zero
			}
		}
		return r
	}, s)
}

func upload(r *http.Request, name string) *Upload {
	if r.MultipartForm == nil || len(r.MultipartForm.File[name]) == 0 {
		return nil
	}
	h := r.MultipartForm.File[name][0]
	if h.Filename == "" && h.Size == 0 {
		return nil
	}
	return &Upload{Name: h.Filename, open: h.Open}
}

// parse reads the body once, within the limit set for the route. Files are kept
// in memory, never spilled to a folder that nobody erases.
func parse(r *http.Request) error {
	if r.PostForm != nil {
		return nil
	}
	var err error
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		err = r.ParseMultipartForm(1 << 40) // bounded by the route's limit
	} else {
		err = r.ParseForm()
	}
	if r.PostForm == nil {
		r.PostForm = url.Values{}
	}
	var large *http.MaxBytesError
	switch {
	case err == nil:
		return nil
	case asError(err, &large):
		return &fault.Error{Kind: fault.Invalid, Key: "ui.fault-large", Args: fault.Args{"megabytes": large.Limit >> 20}, Cause: err}
	}
	return fault.Wrap(fault.Invalid, "ui.fault-form", err)
}
