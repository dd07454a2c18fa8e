package programme_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	yaml "go.yaml.in/yaml/v3"

	"cadre/internal/programme"
)

const committedSchema = "../../docs/programme.schema.json"

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	data, err := programme.Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("programme.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("programme.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// instance is a YAML file as JSON would have it: dates are strings there.
func instance(t *testing.T, data []byte) any {
	t.Helper()
	var n yaml.Node
	if err := yaml.Unmarshal(data, &n); err != nil {
		t.Fatal(err)
	}
	var walk func(n *yaml.Node) any
	walk = func(n *yaml.Node) any {
		switch n.Kind {
		case yaml.MappingNode:
			m := map[string]any{}
			for i := 0; i+1 < len(n.Content); i += 2 {
				m[n.Content[i].Value] = walk(n.Content[i+1])
			}
			return m
		case yaml.SequenceNode:
			s := []any{}
			for _, c := range n.Content {
				s = append(s, walk(c))
			}
			return s
		}
		if n.Tag == "!!timestamp" {
			return n.Value
		}
		var v any
		if err := n.Decode(&v); err != nil {
			t.Fatal(err)
		}
		if i, ok := v.(int); ok {
			return float64(i)
		}
		return v
	}
	return walk(n.Content[0])
}

func TestCommittedSchemaIsTheGeneratedOne(t *testing.T) {
	got, err := programme.Schema()
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(committedSchema, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(committedSchema)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("docs/programme.schema.json is not what Schema says; write it anew with UPDATE_GOLDEN=1 go test ./internal/programme")
	}
}

func TestSchemaAcceptsTheExamples(t *testing.T) {
	s := compiled(t)
	for name, data := range examples(t) {
		if err := s.Validate(instance(t, data)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What the schema refuses, the reader refuses as well.
func TestSchemaRefusesWhatIsWrong(t *testing.T) {
	s := compiled(t)
	good := string(examples(t)["pakistan-2020"])
	for _, c := range []struct{ name, from, to string }{
		{"misspelt key", "places: 25", "plases: 25"},
		{"wrong format", "cadre: 1", "cadre: 2"},
		{"a number for a list", "languages: [en, ur]", "languages: 2"},
		{"an index for a key", "  - key: foundation", "  - key: 1st"},
		{"odd mode", "modes: [in-person, online]", "modes: [in-person, radio]"},
		{"two questions in one", "gate: {seat: confirmed}", "gate: {seat: confirmed, stage: foundation}"},
		{"at-least without of", "gate: {seat: confirmed}", "gate: {at-least: 2}"},
		{"no number", "entitlement: 3", "entitlement: three"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bad := strings.Replace(good, c.from, c.to, 1)
			if bad == good {
				t.Fatal("the example no longer holds " + c.from)
			}
			if s.Validate(instance(t, []byte(bad))) == nil {
				t.Error("the schema accepts it")
			}
			if len(programme.Check("p", []byte(bad))) == 0 {
				t.Error("the reader accepts it")
			}
		})
	}
}
