// Package bundle reads ZIP archives that nobody vouches for.
//
// # Words
//
// An archive holds [Entry]s. [Open] reads the directory and refuses an archive
// that contradicts itself; [Archive.Each] and [Archive.ReadFile] inflate, and
// count what comes out. Whatever is refused is a [*Refused]: which file, and why,
// in words that a person can act on.
//
// # Invariants
//
//   - Nothing that an archive claims is believed. Entries are counted while the
//     directory is walked, bytes while they are inflated; a claim is compared with
//     what was counted, and a difference refuses the archive.
//   - Names go no way but down: no "..", no absolute path, no drive,
//     no control or direction sign, no two names that one disk would take for one,
//     but for a file that is there several times, byte for byte.
//   - Every byte of the archive belongs to one entry at most, so none is inflated
//     twice.
//   - Archives within the archive are files like others; nobody opens them.
//   - What is kept in memory is the directory and one buffer; a file is never held
//     whole, but for [Archive.ReadFile] with its own limit.
//
// The directory is read here and not by archive/zip, since that believes the
// directory's length and allocates as it reads, tells no offsets, and lets entries
// overlap. What both accept, they must read alike: a test compares them.
package bundle
