package app

import (
	"os"

	"cadre/internal/programme"
)

// CheckProgramme reads the blueprint in a file and returns everything that is
// wrong with it, in the order of the file; nothing, if it can be imported. The
// error is a file that cannot be read.
func CheckProgramme(file string) (programme.Problems, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return programme.Check(file, data), nil
}

// ProgrammeSchema returns the JSON Schema of programme files, for editors.
func ProgrammeSchema() ([]byte, error) { return programme.Schema() }
