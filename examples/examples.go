// Package examples carries the example programmes inside the binary, so that
// the demo runs wherever the binary does.
package examples

import "embed"

// Files holds the folders of this package: pakistan-2020 is the first programme.
//
//go:embed all:pakistan-2020
var Files embed.FS
