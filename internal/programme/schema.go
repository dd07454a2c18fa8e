package programme

import (
	"encoding/json"
	"reflect"
)

// Schema returns the JSON Schema (draft 2020-12) of the format, for editors. It
// is made of the same descriptions that the reader follows; what depends on
// other parts of the file only [Check] sees.
func Schema() ([]byte, error) {
	g := generator{defs: map[string]any{}}
	root := g.object(reflect.TypeFor[Blueprint]())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["$id"] = "https://cadre.example/programme.schema.json"
	root["title"] = "A programme's blueprint"
	root["properties"].(map[string]any)["cadre"] = map[string]any{"const": Format, "description": "The version of this format. Write 1."}
	root["$defs"] = g.defs
	out, err := json.MarshalIndent(root, "", "  ")
	return append(out, '\n'), err
}

type generator struct{ defs map[string]any }

func (g *generator) object(t reflect.Type) map[string]any {
	properties := map[string]any{}
	var required []string
	var blocks []any
	for _, f := range fields(t) {
		s := g.schema(t.Field(f.index).Type, f)
		s["description"] = f.doc
		properties[f.name] = s
		if f.need {
			required = append(required, f.name)
		}
		if f.block {
			blocks = append(blocks, map[string]any{"required": []string{f.name}})
		}
	}
	out := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	if len(blocks) > 0 {
		out["oneOf"] = blocks
	}
	if t == reflect.TypeFor[Condition]() {
		var forms []any
		for _, f := range fields(t) {
			if f.name != "of" {
				forms = append(forms, map[string]any{"required": []string{f.name}})
			}
		}
		out["oneOf"] = forms
		out["dependentRequired"] = map[string]any{"at-least": []string{"of"}, "of": []string{"at-least"}}
	}
	return out
}

func (g *generator) schema(t reflect.Type, f field) map[string]any {
	switch {
	case t == reflect.TypeFor[Text]():
		g.define("Text", func() map[string]any {
			return map[string]any{
				"type": "object", "minProperties": 1,
				"propertyNames":        map[string]any{"pattern": patterns["Language"].re.String()},
				"additionalProperties": map[string]any{"type": "string", "minLength": 1},
			}
		})
		return ref("Text")
	case t.Kind() == reflect.Pointer:
		return g.schema(t.Elem(), f)
	case t.Kind() == reflect.Struct:
		g.define(t.Name(), func() map[string]any { return g.object(t) })
		return ref(t.Name())
	case t.Kind() == reflect.Slice:
		out := map[string]any{"type": "array", "items": g.schema(t.Elem(), field{}), "maxItems": maxItems}
		if f.need {
			out["minItems"] = 1
		}
		return out
	}
	out := map[string]any{}
	switch t.Kind() {
	case reflect.Int:
		out["type"] = "integer"
		if f.min != nil {
			out["minimum"] = *f.min
		}
		if f.max != nil {
			out["maximum"] = *f.max
		}
	case reflect.Float64:
		out["type"] = "number"
	case reflect.Bool:
		out["type"] = "boolean"
	default:
		out["type"] = "string"
		out["minLength"] = 1
		if p, ok := patterns[t.Name()]; ok {
			out["pattern"] = p.re.String()
		}
		if c, ok := choices[t.Name()]; ok {
			out["enum"] = c
		}
		if f.enum != nil {
			out["enum"] = f.enum
		}
	}
	return out
}

// define adds a definition once; a type that contains itself refers to it.
func (g *generator) define(name string, build func() map[string]any) {
	if _, ok := g.defs[name]; ok {
		return
	}
	g.defs[name] = nil
	g.defs[name] = build()
}

func ref(name string) map[string]any { return map[string]any{"$ref": "#/$defs/" + name} }
