package config

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// decode lays the file's settings over c and returns what is wrong with it.
func decode(c *Config, path string, text []byte) []error {
	var doc yaml.Node
	dec := yaml.NewDecoder(strings.NewReader(string(text)))
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return nil
	} else if err != nil {
		return []error{fmt.Errorf("%s: %w", path, err)}
	}
	var problems []error
	at := func(n *yaml.Node, format string, args ...any) {
		problems = append(problems, fmt.Errorf("%s:%d:%d: %s", path, n.Line, n.Column, fmt.Sprintf(format, args...)))
	}
	var lay func(n *yaml.Node, into reflect.Value, prefix string)
	lay = func(n *yaml.Node, into reflect.Value, prefix string) {
		if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
			return
		}
		if n.Kind != yaml.MappingNode {
			at(n, "%s takes settings of its own, each on a line below it", strings.TrimSuffix(prefix, "."))
			return
		}
		known := fieldsOf(into)
		seen := map[string]bool{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			f, ok := known[key.Value]
			switch {
			case !ok:
				at(key, "%s%s is not a setting%s", prefix, key.Value, likely(key.Value, known))
			case seen[key.Value]:
				at(key, "%s%s is set twice", prefix, key.Value)
			case f.Kind() == reflect.Struct:
				lay(value, f, prefix+key.Value+".")
			case value.Kind != yaml.ScalarNode:
				at(value, "%s%s takes one value", prefix, key.Value)
			case value.Tag == "!!null":
				// An empty value leaves the default.
			default:
				if err := set(f, value.Value); err != nil {
					at(value, "%s%s: %v", prefix, key.Value, err)
				}
			}
			seen[key.Value] = true
		}
	}
	lay(doc.Content[0], reflect.ValueOf(c).Elem(), "")
	return problems
}

// overlay lays the CADRE_ variables over c and returns what is wrong with them.
func overlay(c *Config, environ []string) []error {
	known := map[string]reflect.Value{}
	var gather func(v reflect.Value, prefix string)
	gather = func(v reflect.Value, prefix string) {
		for key, f := range fieldsOf(v) {
			name := prefix + strings.ToUpper(key)
			if f.Kind() == reflect.Struct {
				gather(f, name+"_")
			} else {
				known[name] = f
			}
		}
	}
	gather(reflect.ValueOf(c).Elem(), "CADRE_")
	var problems []error
	for _, e := range environ {
		name, value, _ := strings.Cut(e, "=")
		if !strings.HasPrefix(name, "CADRE_") || strings.HasPrefix(name, "CADRE_TEST_") {
			continue
		}
		f, ok := known[name]
		if !ok {
			problems = append(problems, fmt.Errorf("%s in the environment is not a setting%s", name, likely(name, known)))
		} else if err := set(f, value); err != nil {
			problems = append(problems, fmt.Errorf("%s in the environment: %w", name, err))
		}
	}
	slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return problems
}

func fieldsOf(v reflect.Value) map[string]reflect.Value {
	out := map[string]reflect.Value{}
	for i := range v.NumField() {
		out[v.Type().Field(i).Tag.Get("yaml")] = v.Field(i)
	}
	return out
}

func set(f reflect.Value, value string) error {
	switch f.Kind() {
	case reflect.String:
		f.SetString(value)
	case reflect.Bool:
		b, err := strconv.ParseBool(value)
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", value)
		}
		f.SetBool(b)
	case reflect.Int:
		n, err := strconv.Atoi(value)
		if err != nil {
			return fmt.Errorf("%q is not a whole number", value)
		}
		f.SetInt(int64(n))
	default:
		return fmt.Errorf("a setting of kind %s cannot be read", f.Kind())
	}
	return nil
}

// likely returns "; did you mean x?" for the known name that differs least from
// name, if it differs in few of its letters.
func likely[V any](name string, known map[string]V) string {
	best, distance := "", len(name)/4+2
	for k := range known {
		if d := edits(name, k); d < distance || d == distance && best != "" && k < best {
			best, distance = k, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

// edits counts the letters inserted, left out, changed or swapped with their
// neighbour between two names (optimal string alignment).
func edits(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			changed := d[i-1][j-1]
			if a[i-1] != b[j-1] {
				changed++
			}
			d[i][j] = min(changed, d[i-1][j]+1, d[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d[i][j] = min(d[i][j], d[i-2][j-2]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}
