// Command generate reads a JSON array of common passwords from its standard
// input and writes the filter that package weak embeds.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"cadre/internal/access/weak"
)

func main() {
	var list []string
	if err := json.NewDecoder(os.Stdin).Decode(&list); err != nil {
		fmt.Fprintln(os.Stderr, "generate: the list of passwords:", err)
		os.Exit(1)
	}
	if _, err := os.Stdout.Write(weak.Build(list)); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}
