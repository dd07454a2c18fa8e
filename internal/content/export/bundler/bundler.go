// Package bundler turns the TypeScript and CSS of exported modules into the two
// files that every export holds. It uses esbuild and reads nothing of npm.
package bundler

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// Bundle returns the bundles of the sources in dir, by file name.
func Bundle(dir string) (map[string][]byte, error) { return build(dir, "", "play.ts", "play.css") }

// Script bundles one source of dir alone; what it exports is found under name.
// It is for tests.
func Script(dir, source, name string) ([]byte, error) {
	out, err := build(dir, name, source)
	return out[strings.TrimSuffix(source, ".ts")+".js"], err
}

func build(dir, name string, sources ...string) (map[string][]byte, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("bundler: %w", err)
	}
	r := api.Build(api.BuildOptions{
		AbsWorkingDir: dir,
		EntryPoints:   sources,
		GlobalName:    name,
		Outdir:        dir,
		Bundle:        true,
		Write:         false,
		// No modules: browsers load none from a folder of files.
		Format: api.FormatIIFE,
		Engines: []api.Engine{
			{Name: api.EngineChrome, Version: "80"}, {Name: api.EngineFirefox, Version: "78"}, {Name: api.EngineSafari, Version: "13.1"},
		},
		Supported:         map[string]bool{"inset-property": true, "nesting": true, "destructuring": true},
		MinifyWhitespace:  true,
		MinifySyntax:      true,
		MinifyIdentifiers: true,
		Charset:           api.CharsetUTF8,
		LegalComments:     api.LegalCommentsNone,
		LogLevel:          api.LogLevelSilent,
	})
	if len(r.Errors)+len(r.Warnings) > 0 {
		return nil, fmt.Errorf("bundler: %s", strings.Join(append(
			api.FormatMessages(r.Errors, api.FormatMessagesOptions{}),
			api.FormatMessages(r.Warnings, api.FormatMessagesOptions{Kind: api.WarningMessage})...), "\n"))
	}
	out := map[string][]byte{}
	for _, f := range r.OutputFiles {
		out[filepath.Base(f.Path)] = f.Contents
	}
	return out, nil
}
