package player

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"cadre/internal/fault"
	"cadre/internal/lrs"
	"cadre/internal/player/cmi5"
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
	key := s.records()
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
			if err := dotted(out, "state."+name, d.Body); err != nil {
				return err
			}
		case utf8.Valid(d.Body):
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
			if err := dotted(out, "statement."+verb+".result", st.Result); err != nil {
				return err
			}
		}
	}
	return nil
}

// dotted writes JSON as its leaves, each by the names and numbers that lead to it.
func dotted(out map[string]string, name string, text []byte) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return err
	}
	var walk func(name string, v any)
	walk = func(name string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, x := range v {
				walk(name+"."+k, x)
			}
		case []any:
			for i, x := range v {
				walk(name+"."+strconv.Itoa(i), x)
			}
		case string:
			out[name] = v
		case json.Number:
			out[name] = v.String()
		case bool:
			out[name] = strconv.FormatBool(v)
		case nil:
			out[name] = ""
		}
	}
	walk(name, v)
	return nil
}
