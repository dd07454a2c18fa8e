package webtest

import (
	"slices"
	"testing"
)

func TestWordsAreWhatAPageSaysInItsOwnLanguage(t *testing.T) {
	all, err := Words(`<!doctype html><html lang="en-XA"><head><title>Ţîţļé</title><style>p{color:red}</style></head><body>
		<p>Ñô <a href="/x" title="go there">plain</a></p><p lang="ur" title="no">نہیں</p><p dir="auto">typed</p><p>by <bdi>FIA</bdi></p>
		<input type="submit" value="Send"><input type="text" value="typed too" placeholder="a hint" data-unsent="not sent yet" data-kind="x">
		<select><option value="a">One</option></select><textarea>typed</textarea><script>say("no")</script><img alt="a picture"></body></html>`)
	if err != nil {
		t.Fatal(err)
	}
	want := []Said{
		{"title", "Ţîţļé"},
		{"p", "Ñô"},
		{"a title", "go there"},
		{"a", "plain"},
		{"p", "by"},
		{"input value", "Send"},
		{"input placeholder", "a hint"},
		{"input data-unsent", "not sent yet"},
		{"option", "One"},
		{"img alt", "a picture"},
	}
	if !slices.Equal(all, want) {
		t.Errorf("%v", all)
	}
}
