package programme

import (
	"bytes"
	"reflect"
	"sort"
	"strconv"

	yaml "go.yaml.in/yaml/v3"
)

// Marshal writes the normal form of a blueprint: every key in the order of the
// schema, languages in the order of the file's list, nothing that was left out.
// Reading it gives the same blueprint. Comments are not part of it.
func Marshal(b *Blueprint) ([]byte, error) {
	var buf bytes.Buffer
	enc := yaml.NewEncoder(&buf)
	enc.SetIndent(2)
	n, err := b.node(reflect.ValueOf(b).Elem())
	if err != nil {
		return nil, err
	}
	if err := enc.Encode(n); err != nil {
		return nil, err
	}
	return buf.Bytes(), enc.Close()
}

func (b *Blueprint) node(v reflect.Value) (*yaml.Node, error) {
	if t, ok := v.Interface().(Text); ok {
		n := &yaml.Node{Kind: yaml.MappingNode}
		place := map[Language]int{}
		var ls []Language
		for i, l := range b.Languages {
			place[l] = i
		}
		for l := range t {
			ls = append(ls, l)
		}
		sort.Slice(ls, func(i, j int) bool { return place[ls[i]] < place[ls[j]] })
		for _, l := range ls {
			n.Content = append(n.Content, text(string(l)), text(t[l]))
		}
		return n, nil
	}
	switch v.Kind() {
	case reflect.Pointer:
		return b.node(v.Elem())
	case reflect.Struct:
		n := &yaml.Node{Kind: yaml.MappingNode}
		for _, f := range fields(v.Type()) {
			x := v.Field(f.index)
			if x.IsZero() && !kept(f, v) {
				continue
			}
			c, err := b.node(x)
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, text(f.name), c)
		}
		return n, nil
	case reflect.Slice:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for i := range v.Len() {
			c, err := b.node(v.Index(i))
			if err != nil {
				return nil, err
			}
			n.Content = append(n.Content, c)
		}
		if e := v.Type().Elem().Kind(); e == reflect.String || e == reflect.Int {
			n.Style = yaml.FlowStyle
		}
		return n, nil
	case reflect.String:
		return text(v.String()), nil
	case reflect.Int:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.FormatInt(v.Int(), 10)}, nil
	case reflect.Float64:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!float", Value: strconv.FormatFloat(v.Float(), 'f', -1, 64)}, nil
	default:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(v.Bool())}, nil
	}
}

// kept says which zero values are written all the same: a value of 0 is not an
// unknown one.
func kept(f field, v reflect.Value) bool {
	x, ok := v.Interface().(Value)
	return ok && f.name == "value" && (x.Known == nil || *x.Known)
}

func text(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	return n
}
