package lrs

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"mime/multipart"
	"strings"

	"cadre/internal/blob"
	"cadre/internal/fault"
	"cadre/internal/lrs/statement"
)

// attachmentsMax bounds the attachments of one request, and signatureMax the
// bytes of one that signs a statement.
const (
	attachmentsMax = 1000
	signatureMax   = 4 << 20
)

// body is what a request brought.
type body struct {
	version statement.Version
	top     statement.Value
	batch   []*statement.Statement
	signed  map[string][]signature // by the hash of the attachment
	parts   map[string]*part
	files   Files
}

// signature is an attachment that signs a statement.
type signature struct {
	of *statement.Statement
	by statement.Attachment
}

// part is an attachment that came along.
type part struct {
	stored blob.Stored
	used   bool
}

// readBody reads statements as JSON, or as multipart/mixed with attachments, which are
// on disk when it returns. Of these no more is held in memory than one signature: the
// statements come first, so that it is known which parts are any.
func readBody(files *blob.Store, contentType string, v statement.Version, r io.Reader) (*body, error) {
	kind, params, err := mediaType(contentType)
	if err != nil {
		return nil, err
	}
	in := &body{version: v, signed: map[string][]signature{}, parts: map[string]*part{}, files: Files{}}
	switch kind {
	case "application/json":
		text, err := readAll(r, jsonMax)
		if err != nil {
			return nil, err
		}
		return in, in.statements(text)
	case "multipart/mixed":
	default:
		return nil, refuse(fault.Invalid, "statements come as application/json or multipart/mixed")
	}
	if params["boundary"] == "" {
		return nil, refuse(fault.Invalid, "the Content-Type multipart/mixed has no boundary")
	}
	mr := multipart.NewReader(r, params["boundary"])
	for first := true; ; first = false {
		p, err := mr.NextRawPart()
		if errors.Is(err, io.EOF) && !first {
			return in, nil
		}
		if err != nil {
			return nil, multipartError(err)
		}
		if first {
			if kind, _, err := mediaType(p.Header.Get("Content-Type")); err != nil || kind != "application/json" {
				return nil, refuse(fault.Invalid, "the first part has to be the statements, as application/json")
			}
			text, err := readAll(p, jsonMax)
			if err != nil {
				return nil, multipartError(err)
			}
			if err := in.statements(text); err != nil {
				return nil, err
			}
			continue
		}
		if err := in.attachment(files, p); err != nil {
			return nil, err
		}
	}
}

// statements reads the statements themselves.
func (in *body) statements(text []byte) (err error) {
	if in.top, err = statement.ParseJSON(text); err != nil {
		return invalid(err)
	}
	if in.batch, err = readBatch(in.top, in.version); err != nil {
		return err
	}
	for _, st := range in.batch {
		for _, a := range st.Attachments {
			if a.Signs() {
				in.signed[a.SHA2] = append(in.signed[a.SHA2], signature{st, a})
			}
		}
	}
	return nil
}

func multipartError(err error) error {
	if errors.Is(err, errTooLarge) {
		return err
	}
	if e := bodyError(err); errors.Is(e, errTooLarge) {
		return e
	}
	return refuse(fault.Invalid, "the parts of multipart/mixed cannot be told apart: is the boundary right?")
}

// attachment reads one part after the first, and checks what it signs.
func (in *body) attachment(files *blob.Store, p *multipart.Part) error {
	sha := strings.ToLower(p.Header.Get(headerHash))
	switch {
	case sha == "":
		return refuse(fault.Invalid, "a part has no "+headerHash)
	case !strings.EqualFold(p.Header.Get("Content-Transfer-Encoding"), "binary"):
		return refuse(fault.Invalid, "a part has no Content-Transfer-Encoding: binary")
	case len(in.parts) >= attachmentsMax:
		return refuse(fault.Invalid, "there are too many parts")
	case in.parts[sha] != nil:
		return refuse(fault.Invalid, "two parts have the hash "+sha)
	}
	sum := hashOf(sha)
	if sum == nil {
		return refuse(fault.Invalid, headerHash+" is no SHA-2 hash in hexadecimal digits")
	}
	keep, to := &head{}, io.Writer(sum)
	signs := in.signed[sha]
	if len(signs) > 0 {
		to = io.MultiWriter(sum, keep)
	}
	var st blob.Stored
	var err error
	if read := io.TeeReader(p, to); files == nil {
		_, err = io.Copy(io.Discard, read)
	} else {
		st, err = files.PutUpload(read, multipartMax)
	}
	if err != nil {
		var own *fault.Error
		if errors.As(err, &own) {
			return errTooLarge
		}
		return multipartError(err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != sha {
		return refuse(fault.Invalid, "a part is not what its "+headerHash+" says")
	}
	for _, s := range signs {
		if err := s.of.CheckSignature(s.by, keep.bytes(), in.version); err != nil {
			return invalid(err)
		}
	}
	in.parts[sha] = &part{stored: st}
	return nil
}

func hashOf(sha string) hash.Hash {
	switch len(sha) {
	case 56:
		return sha256.New224()
	case 64:
		return sha256.New()
	case 96:
		return sha512.New384()
	case 128:
		return sha512.New()
	}
	return nil
}

// head keeps what is written to it, up to [signatureMax].
type head struct {
	buf  bytes.Buffer
	over bool
}

func (h *head) Write(p []byte) (int, error) {
	if h.over = h.over || h.buf.Len()+len(p) > signatureMax; !h.over {
		h.buf.Write(p)
	}
	return len(p), nil
}

func (h *head) bytes() []byte {
	if h.over {
		return nil
	}
	return h.buf.Bytes()
}

// claim gives each attachment that a statement names its part. A part that nobody names
// is refused, as is an attachment that neither came along nor lies elsewhere.
func (in *body) claim() error {
	for _, st := range in.batch {
		for _, a := range st.Attachments {
			p := in.parts[a.SHA2]
			switch {
			case p != nil:
				p.used = true
				in.files[a.SHA2] = p.stored
			case a.FileURL == "":
				return refuse(fault.Invalid, "the attachment "+a.SHA2+" neither came along nor has a fileUrl")
			case a.Signs():
				return refuse(fault.Invalid, "a signature has to come along")
			}
		}
	}
	for sha, p := range in.parts {
		if !p.used {
			return refuse(fault.Invalid, "no statement names the attachment "+sha)
		}
	}
	return nil
}
