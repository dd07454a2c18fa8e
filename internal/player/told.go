package player

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"cadre/internal/fault"
	"cadre/internal/lrs"
	"cadre/internal/player/cmi5"
)

// A unit may store what it likes: of what it told, so many signs are written out,
// names and values together, and so deep. What is more is told by its length.
const (
	mostTold  = 1 << 20
	mostDepth = 64
)

// lately is how many of a unit's last statements are looked through for what it
// said.
const lately = 500

// told writes into out what a unit that speaks xAPI has told the record store in
// a registration: its states but for the document that it was launched with, and
// the last statement of each verb.
func (s *Service) told(ctx context.Context, a Attempt, activity string, agent *lrs.Agent, out map[string]string) error {
	registration, ok := lrs.ParseUUID(string(a.ID))
	if !ok {
		return fault.New(fault.Internal, "", nil)
	}
	key, left := s.records(), mostTold
	write := func(name string, text []byte) error {
		leaves, err := dotted(name, text, &left)
		if errors.Is(err, errTooMuch) {
			out[name+".bytes"] = strconv.Itoa(len(text))
			return nil
		}
		maps.Copy(out, leaves)
		return err
	}
	place := lrs.Place{Kind: "state", Activity: activity, Agent: agent, Registration: &registration}
	names, _, err := s.lrs.Documents(ctx, key, place, time.Time{})
	if err != nil {
		return err
	}
	for _, name := range names {
		if name == cmi5.LaunchData {
			continue
		}
		d, err := s.lrs.Document(ctx, key, place, name)
		if fault.Is(err, fault.NotFound) {
			continue // deleted in between
		}
		if err != nil {
			return err
		}
		switch {
		case strings.HasPrefix(d.ContentType, "application/json") && json.Valid(d.Body):
			if err := write("state."+name, d.Body); err != nil {
				return err
			}
		case utf8.Valid(d.Body) && len(d.Body) <= left:
			left -= len(d.Body)
			out["state."+name] = string(d.Body)
		default:
			out["state."+name+".bytes"] = strconv.Itoa(len(d.Body))
		}
	}
	page, err := s.lrs.Find(ctx, key, lrs.Query{Registration: &registration, Activity: activity, Limit: lately})
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, b := range page.Statements { // the latest first
		var st struct {
			ID   string `json:"id"`
			Verb struct {
				ID string `json:"id"`
			} `json:"verb"`
			Timestamp string          `json:"timestamp"`
			Result    json.RawMessage `json:"result"`
		}
		if err := json.Unmarshal(b, &st); err != nil {
			return err
		}
		verb := st.Verb.ID[strings.LastIndexAny(st.Verb.ID, "/#")+1:]
		if seen[verb] {
			continue
		}
		seen[verb] = true
		out["statement."+verb+".id"], out["statement."+verb+".timestamp"] = st.ID, st.Timestamp
		if st.Result != nil {
			if err := write("statement."+verb+".result", st.Result); err != nil {
				return err
			}
		}
	}
	return nil
}

var errTooMuch = errors.New("player: more than is written out")

// dotted returns JSON as its leaves, each by the names and numbers that lead to it.
// It takes what that costs from left, and returns errTooMuch once nothing is left.
func dotted(name string, text []byte, left *int) (map[string]string, error) {
	out := map[string]string{}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var value func(name string, depth int) error
	inside := func(name string, depth int, named bool) error {
		for i := 0; d.More(); i++ {
			next := strconv.Itoa(i)
			if named {
				key, err := d.Token()
				if err != nil {
					return err
				}
				next, _ = key.(string)
			}
			if *left -= len(name) + 1 + len(next); *left < 0 || depth == mostDepth {
				return errTooMuch
			}
			if err := value(name+"."+next, depth+1); err != nil {
				return err
			}
		}
		_, err := d.Token() // what closes it
		return err
	}
	value = func(name string, depth int) error {
		t, err := d.Token()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case json.Delim:
			return inside(name, depth, t == '{')
		case string:
			out[name] = t
		case json.Number:
			out[name] = t.String()
		case bool:
			out[name] = strconv.FormatBool(t)
		case nil:
			out[name] = ""
		}
		if *left -= len(out[name]); *left < 0 {
			return errTooMuch
		}
		return nil
	}
	return out, value(name, 0)
}
