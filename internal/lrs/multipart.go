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
	json  []byte
	parts map[string]*part
	files Files
	mixed bool
}

// part is an attachment that came along. What is small is kept, so that a
// signature can be read.
type part struct {
	stored blob.Stored
	small  []byte
	used   bool
}

// readBody reads statements as JSON, or as multipart/mixed with attachments,
// which are on disk when it returns.
func readBody(files *blob.Store, contentType string, r io.Reader) (*body, error) {
	kind, params, err := mediaType(contentType)
	if err != nil {
		return nil, err
	}
	in := &body{parts: map[string]*part{}, files: Files{}}
	switch kind {
	case "application/json":
		in.json, err = readAll(r, jsonMax)
		return in, err
	case "multipart/mixed":
	default:
		return nil, refuse(fault.Invalid, "statements come as application/json or multipart/mixed")
	}
	in.mixed = true
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
			if in.json, err = readAll(p, jsonMax); err != nil {
				return nil, multipartError(err)
			}
			continue
		}
		if err := in.attachment(files, p); err != nil {
			return nil, err
		}
	}
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

// attachment reads one part after the first.
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
	keep := &head{}
	var st blob.Stored
	var err error
	if read := io.TeeReader(p, io.MultiWriter(sum, keep)); files == nil {
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
	in.parts[sha] = &part{stored: st, small: keep.bytes()}
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

// claim gives each attachment that a statement names its part, and checks
// signatures. A part that nobody names is refused, as is an attachment that
// neither came along nor lies elsewhere.
func (in *body) claim(top statement.Value, v statement.Version) error {
	batch, err := readBatch(top, v)
	if err != nil {
		return err
	}
	for _, st := range batch {
		for _, a := range st.Attachments {
			p := in.parts[a.SHA2]
			switch {
			case p != nil:
				p.used = true
				in.files[a.SHA2] = p.stored
			case a.FileURL == "":
				return refuse(fault.Invalid, "the attachment "+a.SHA2+" neither came along nor has a fileUrl")
			}
			if !a.Signs() {
				continue
			}
			if p == nil {
				return refuse(fault.Invalid, "a signature has to come along")
			}
			if err := st.CheckSignature(a, p.small, v); err != nil {
				return invalid(err)
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
