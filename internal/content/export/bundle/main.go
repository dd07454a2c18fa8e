// Command bundle writes the bundles of package export from their sources.
package main

import (
	"fmt"
	"os"

	"cadre/internal/content/export/bundler"
)

func main() {
	files, err := bundler.Bundle("src")
	if err == nil {
		for name, b := range files {
			if err = os.WriteFile("dist/"+name, b, 0o644); err != nil {
				break
			}
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bundle:", err)
		os.Exit(1)
	}
}
