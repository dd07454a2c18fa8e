// Package examples carries the example programmes inside the binary, so that
// the demo runs wherever the binary does.
package examples

import "embed"

// First is the folder of the first programme.
const First = "pakistan-2020"

// Files holds the folders of this package, one for each programme.
//
//go:embed all:pakistan-2020 all:e-learning-only all:regional-workshops all:train-the-trainers
var Files embed.FS

// Names lists the folders: the first programme, then the small examples.
func Names() []string {
	return []string{First, "e-learning-only", "regional-workshops", "train-the-trainers"}
}
