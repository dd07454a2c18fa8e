package bundle_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"cadre/internal/content/bundle"
	"cadre/internal/content/bundle/bundletest"
)

func BenchmarkHostileArchives(b *testing.B) {
	bundletest.ShowCosts(b, "hostile archives", bundletest.Hostile(), func(c bundletest.Case) {
		var r *bundle.Refused
		if err := discardAll(c.Data); !errors.As(err, &r) {
			b.Fatalf("%s: %v", c.Name, err)
		}
	})
}

// discardAll reads an archive to its end as an import does, a piece at a time.
func discardAll(data []byte) error {
	a, err := bundle.Open(bytes.NewReader(data), int64(len(data)), bundle.Limits{})
	if err != nil {
		return err
	}
	return a.Each(func(_ *bundle.Entry, r io.Reader) error {
		_, err := io.Copy(io.Discard, r)
		return err
	})
}
