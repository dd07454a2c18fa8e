// Command bundle makes the run time of packages from its sources and npm's
// scorm-again, which scripts/setup fetches.
package main

import (
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
	r := api.Build(api.BuildOptions{
		AbsWorkingDir: src,
		EntryPoints:   []string{"play-scorm12.ts", "play-scorm2004.ts", "strict-scorm12.ts", "strict-scorm2004.ts", "done.ts", "frame.css"},
		NodePaths:     []string{filepath.Join(src, "..", "..", "..", "..", "web", "node_modules")},
		Outdir:        filepath.Join(src, "..", "dist"),
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
	return nil
}
