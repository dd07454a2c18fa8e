package bundle

import (
	"fmt"

	"cadre/internal/fault"
)

// Limits are what an archive may hold. Zero fields mean the defaults.
type Limits struct {
	Files     int   // entries that are files
	Total     int64 // bytes of all files, inflated
	File      int64 // bytes of one file, inflated
	Ratio     int64 // how many times larger inflated than packed, over the archive
	FileRatio int64 // the same for one file
	Free      int64 // bytes up to which no ratio is judged
	Depth     int   // folders in folders
	Name      int   // bytes of a path
}

// Defaults are the limits that hold where none are set.
func Defaults() Limits {
	return Limits{
		Files: 20_000, Total: 2 << 30, File: 2 << 30, Ratio: 100, FileRatio: 500, Free: 16 << 20, Depth: 32, Name: 1024,
	}
}

func (l Limits) filled() Limits {
	d := Defaults()
	set := func(v *int64, d int64) {
		if *v <= 0 {
			*v = d
		}
	}
	setInt := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	setInt(&l.Files, d.Files)
	set(&l.Total, d.Total)
	set(&l.File, d.File)
	set(&l.Ratio, d.Ratio)
	set(&l.FileRatio, d.FileRatio)
	set(&l.Free, d.Free)
	setInt(&l.Depth, d.Depth)
	setInt(&l.Name, d.Name)
	return l
}

// Refused says why an archive is not taken.
type Refused struct {
	// File is the entry as the archive names it, made printable; empty if the
	// archive as a whole is meant.
	File string
	// Key names the catalogue's sentence; Args fill it.
	Key  string
	Args fault.Args
}

// Error is for logs.
func (r *Refused) Error() string { return fmt.Sprintf("%s: %s", r.File, r.Key) }

func refuse(file, key string, args fault.Args) *Refused {
	return &Refused{File: printable(file), Key: key, Args: args}
}
