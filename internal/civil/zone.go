package civil

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

// The years in which [Rules] looks: from before the first programme to after the
// last that anybody plans today.
const (
	rulesFrom  = 2015
	rulesUntil = 2045
)

// Rules is a digest of what the zone data that the program runs with say of a zone:
// it differs where a planned hour would fall on another instant. The error is an
// unknown zone.
func Rules(zone string) (string, error) {
	loc, err := Zone(zone)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	end := time.Date(rulesUntil, time.January, 1, 0, 0, 0, 0, time.UTC)
	for t := time.Date(rulesFrom, time.January, 1, 0, 0, 0, 0, time.UTC); t.Before(end); {
		fmt.Fprintf(sum, "%d %s\n", t.Unix(), offset(t, loc))
		_, next := t.In(loc).ZoneBounds()
		if next.IsZero() {
			break
		}
		t = next
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// ZonesOf lists the zones of planned times, as [DateTime.String] writes them.
func ZonesOf(planned []string) ([]string, error) {
	var out []string
	for _, text := range planned {
		dt, err := ParseDateTime(text)
		if err != nil {
			return nil, err
		}
		out = append(out, dt.Zone)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}
