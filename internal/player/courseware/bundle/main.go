// Command bundle makes the run time of packages from its sources and npm's
// scorm-again, which scripts/setup fetches. H5P's player, which comes from npm as
// well, is bundled with nothing: it is put beside the bundles as it came.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

func main() {
	if err := bundle(); err != nil {
		fmt.Fprintln(os.Stderr, "bundle:", err)
		os.Exit(1)
	}
}

func bundle() error {
	src, err := filepath.Abs("src")
	if err != nil {
		return err
	}
	modules, dist := filepath.Join(src, "..", "..", "..", "..", "web", "node_modules"), filepath.Join(src, "..", "dist")
	r := api.Build(api.BuildOptions{
		AbsWorkingDir: src,
		EntryPoints:   []string{"play-scorm12.ts", "play-scorm2004.ts", "strict-scorm12.ts", "strict-scorm2004.ts", "own.ts", "done.ts", "ahead.ts", "frame.css", "play-h5p.ts", "play-h5p.css"},
		NodePaths:     []string{modules},
		Outdir:        dist,
		Bundle:        true,
		Write:         true,
		Format:        api.FormatIIFE,
		Engines: []api.Engine{
			{Name: api.EngineChrome, Version: "80"}, {Name: api.EngineFirefox, Version: "78"}, {Name: api.EngineSafari, Version: "13.1"},
		},
		// Safari 14 mistakes one rare form of destructuring; everything else here knows it.
		Supported:         map[string]bool{"inset-property": true, "destructuring": true},
		MinifyWhitespace:  true,
		MinifySyntax:      true,
		MinifyIdentifiers: true,
		Charset:           api.CharsetUTF8,
		LegalComments:     api.LegalCommentsEndOfFile,
		LogLevel:          api.LogLevelSilent,
	})
	if len(r.Errors) > 0 {
		return fmt.Errorf("%s", strings.Join(api.FormatMessages(r.Errors, api.FormatMessagesOptions{}), "\n"))
	}
	return h5p(src, modules, filepath.Join(dist, "h5p"))
}

// h5p puts H5P's player into a folder of its own, byte for byte, with its licences
// and a word on where its source is.
func h5p(src, modules, dist string) error {
	from := filepath.Join(modules, "h5p-standalone")
	for to, name := range map[string]string{
		"main.bundle.js": "dist/main.bundle.js", "main.bundle.js.LICENSE.txt": "dist/main.bundle.js.LICENSE.txt", "LICENSE.txt": "LICENSE",
		"frame.bundle.js": "dist/frame.bundle.js", "styles/h5p.css": "dist/styles/h5p.css", "images/throbber.gif": "dist/images/throbber.gif",
		// Its fonts for text are left out: they weigh more than all else, and the device has some.
		"fonts/h5p-core-30.woff2": "dist/fonts/h5p-core-30.woff2", "fonts/h5p-theme.woff2": "dist/fonts/h5p-theme.woff2",
		"fonts/h5p-hub-publish.woff2": "dist/fonts/h5p-hub-publish.woff2",
	} {
		b, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			return err
		}
		if err := put(filepath.Join(dist, to), b); err != nil {
			return err
		}
	}
	b, err := os.ReadFile(filepath.Join(src, "h5p-source.txt"))
	if err != nil {
		return err
	}
	var of struct {
		Version string `json:"version"`
	}
	if err := read(filepath.Join(from, "package.json"), &of); err != nil {
		return err
	}
	if !strings.Contains(string(b), "/tree/v"+of.Version+"\n") {
		return fmt.Errorf("src/h5p-source.txt does not say where the source of version %s is", of.Version)
	}
	if err := put(filepath.Join(dist, "SOURCE.txt"), b); err != nil {
		return err
	}
	var licence struct {
		Text string `json:"licenseText"`
	}
	if err := read(filepath.Join(modules, "spdx-license-list", "licenses", "GPL-3.0-only.json"), &licence); err != nil {
		return err
	}
	return put(filepath.Join(dist, "GPL-3.0.txt"), []byte(licence.Text))
}

func read(name string, into any) error {
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, into)
}

func put(name string, b []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, b, 0o644)
}
