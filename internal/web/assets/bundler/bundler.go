// Package bundler turns the TypeScript and CSS sources of Cadre's pages into the
// files that are served. It uses esbuild and reads nothing of npm.
package bundler

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// Bundle returns the bundles of the sources in dir, by file name.
func Bundle(dir string) (map[string][]byte, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("bundler: %w", err)
	}
	r := api.Build(api.BuildOptions{
		AbsWorkingDir: dir,
		EntryPoints:   []string{"app.ts", "app.css", "play.ts", "play.css", "upload.ts", "ahead.ts", "again.ts"},
		Outdir:        dir,
		Bundle:        true,
		Write:         false,
		Format:        api.FormatESModule,
		// What the oldest browsers of the field understand: Android phones of 2019.
		Engines: []api.Engine{
			{Name: api.EngineChrome, Version: "80"}, {Name: api.EngineFirefox, Version: "78"}, {Name: api.EngineSafari, Version: "13.1"},
		},
		// Logical properties are ours to write and newer browsers' to read: those of
		// 2019 know the ones used. Lowering them would need both directions written.
		// Safari 14 mistakes one rare form of destructuring, which is not used here.
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
