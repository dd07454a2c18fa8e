package web

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"

	"cadre/internal/fault"
)

// PageSize is how many rows a page of a list shows.
const PageSize = 50

// Listing is a page of a list, as its address says: where it begins, in which
// order, and what it is narrowed to. Pages are found by the last row of the page
// before (keyset), so they neither skip nor repeat rows while others are added.
type Listing struct {
	// Sort is one of the sorts that the list knows; its first by default.
	Sort string
	// After are the sort values and the id of the row before this page, nil on
	// the first page. Their number and order are the list's own affair.
	After []string
	// Filter are the other values of the address, of the names that the list knows.
	Filter url.Values

	path string
}

// ListingOf reads the listing from the address. sorts are the orders that the
// list knows, filters the names by which it can be narrowed; anything else in
// the address is ignored, but a broken cursor or an unknown sort is not found.
func ListingOf(r *http.Request, sorts []string, filters ...string) (Listing, error) {
	q := r.URL.Query()
	l := Listing{Filter: url.Values{}, path: r.URL.Path}
	if len(sorts) > 0 {
		l.Sort = sorts[0]
	}
	if s := q.Get("sort"); s != "" {
		if !slices.Contains(sorts, s) {
			return l, fault.New(fault.NotFound, "", nil)
		}
		l.Sort = s
	}
	for _, name := range filters {
		if v := q[name]; len(v) > 0 && v[0] != "" {
			l.Filter[name] = v
		}
	}
	if c := q.Get("after"); c != "" {
		b, err := base64.RawURLEncoding.DecodeString(c)
		if err == nil {
			err = json.Unmarshal(b, &l.After)
		}
		if err != nil || len(l.After) == 0 {
			return l, fault.Wrap(fault.NotFound, "", errOr(err))
		}
	}
	return l, nil
}

func errOr(err error) error {
	if err == nil {
		return fault.New(fault.NotFound, "", nil)
	}
	return err
}

// Next returns the address of the page after the row with these sort values.
func (l Listing) Next(last ...string) string {
	b, err := json.Marshal(last)
	if err != nil {
		panic(err) // strings always marshal
	}
	return l.address(base64.RawURLEncoding.EncodeToString(b))
}

// First returns the address of the list's first page, empty if this is it.
func (l Listing) First() string {
	if l.After == nil {
		return ""
	}
	return l.address("")
}

func (l Listing) address(after string) string {
	q := url.Values{}
	for k, v := range l.Filter {
		q[k] = v
	}
	if l.Sort != "" {
		q.Set("sort", l.Sort)
	}
	if after != "" {
		q.Set("after", after)
	}
	if len(q) == 0 {
		return l.path
	}
	return l.path + "?" + q.Encode()
}
