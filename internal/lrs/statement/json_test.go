package statement

import (
	"errors"
	"strings"
	"testing"
)

// JSON that a lenient reader would mend, or read in two ways, is refused, and
// the fault is named.
func TestStrictJSON(t *testing.T) {
	for text, path := range map[string]string{
		`{"a":1,"a":2}`:                 "$.a",
		`{"a":1,"\u0061":2}`:            "$.a",
		`{"x":{"b":[0,{"c":1,"c":1}]}}`: "$.x.b[1].c",
		"{\"a\":\"\xff\"}":              "$.a",
		"{\"a\":\"\xed\xa0\x80\"}":      "$.a", // a surrogate in UTF-8
		`{"a":"\ud800"}`:                "$.a",
		`{"a":"\ud800\u0041"}`:          "$.a",
		`{"a":"\udc00\ud800"}`:          "$.a",
		"{\"a\":\"line\nbreak\"}":       "$.a",
		`{"a":"\x41"}`:                  "$.a",
		`{"a":"\u12"}`:                  "$.a",
		`{"a":01}`:                      "$",
		`{"a":1.}`:                      "$.a",
		`{"a":.5}`:                      "$.a",
		`{"a":+1}`:                      "$.a",
		`{"a":1e}`:                      "$.a",
		`{"a":NaN}`:                     "$.a",
		`{"a":True}`:                    "$.a",
		`{"a":1,}`:                      "$",
		`[1,]`:                          "$[1]",
		`{a:1}`:                         "$",
		`{'a':1}`:                       "$",
		`{"a" 1}`:                       "$",
		`{"a":1} {}`:                    "$",
		``:                              "$",
		`"open`:                         "$",
		`{"a":`:                         "$",
		`[1 2]`:                         "$",
		"\ufeff{}":                      "$",
		strings.Repeat("[", 200) + "1":  "$",
		`{"long name":{"b":1,"b":1}}`:   `$["long name"].b`,
		`{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9,"j":10,"k":11,"l":12,"m":13,"n":14,"o":15,"p":16,"q":17,"c":18}`: "$.c",
	} {
		_, err := ParseJSON([]byte(text))
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%.60q is taken", text)
		} else if !strings.HasPrefix(e.Path, path) && !strings.HasPrefix(path, e.Path) {
			t.Errorf("%.60q: the fault is said to be at %s, not at %s", text, e.Path, path)
		}
	}
}

// What JSON allows is taken, and read back as it is meant.
func TestJSONIsReadBack(t *testing.T) {
	v, err := ParseJSON([]byte(" {\"k\\u0065y\" : [ 1e3 , -0.5 , true , null , \"a\\u0000\\ud83d\\ude00\\/\\n\\\"\" , {} , [] ] }\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	list := v.Get("key")
	if !list.OK() || list.Len() != 7 {
		t.Fatalf("the list has %d elements", list.Len())
	}
	kinds := []Kind{Number, Number, True, Null, String, Object, Array}
	i := 0
	for c := list.First(); c.OK(); c = c.Next() {
		if c.Kind() != kinds[i] {
			t.Errorf("element %d is %s", i, c.Kind())
		}
		if c.Kind() == String && c.Text() != "a\x00😀/\n\"" {
			t.Errorf("the text is %q", c.Text())
		}
		i++
	}
	if f := list.First().Float(); f != 1000 {
		t.Errorf("1e3 is %v", f)
	}
	if p := list.First().Next().Path(); p != "$.key[1]" {
		t.Errorf("its path is %s", p)
	}
}
