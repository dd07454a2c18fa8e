package courseware

import "testing"

// The run time comes before every script of the document, wherever the
// document's head is or is not.
func TestTheRunTimeComesFirst(t *testing.T) {
	for in, want := range map[string]string{
		"<!doctype html><html><head><script>a</script></head></html>": "<!doctype html><html><head>!<script>a</script></head></html>",
		"<HTML><HEAD PROFILE=x><SCRIPT>a</SCRIPT>":                    "<HTML><HEAD PROFILE=x>!<SCRIPT>a</SCRIPT>",
		"<!-- <head> --><html><head></head>":                          "<!-- <head> --><html><head>!</head>",
		"<script>a('<head>')</script>":                                "!<script>a('<head>')</script>",
		"<!DOCTYPE html>\n<script>a</script><head>":                   "<!DOCTYPE html>!\n<script>a</script><head>",
		"<html><body onload=a()>":                                     "<html>!<body onload=a()>",
		"\uFEFF<html><head><title>t":                                  "\uFEFF<html><head>!<title>t",
		"":                                                            "!",
		"text":                                                        "!text",
	} {
		if got := string(inject([]byte(in), "!")); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}
