// Package recode makes sound and video of packages smaller, through the ffmpeg of
// the machine, where whoever runs Cadre has named one.
//
// # What comes out
//
// The same kind of file under the same name, which the same browsers play: H.264
// and AAC in MP4 with its index first, VP9 and Opus in WebM, MP3, AAC, and in Ogg
// what was in it. A WAV becomes an MP3, which is why a result says its media type.
// The numbers are in plan.go: whatever comes out, arrives on a line of 400 kbit/s
// as fast as it plays.
//
// A file stays as it came where less than a tenth would be saved, where something
// would be lost (transparency, several tracks, subtitles, high dynamic range), and
// where it comes in pieces for a player of the package's own.
//
// # Why it is let near files that may be an enemy's
//
// What a file is, is told by its first bytes, and ffmpeg is told what to read it as:
// it does not guess, so it never takes a file for a playlist or a list of files.
// Only decoders of sound and video that browsers play are open to it. It runs as a
// child with no environment, no input, a limit on memory, processor time, written
// bytes, open files and time on the clock, one at a time, and where the system lets
// it without a network and with every file closed to it but its own libraries and
// what it is given; its input and output are files that have no name any more, so
// nothing is left of them, whatever ends. It is killed, with all that it started,
// when the import ends, and by the system when Cadre dies. What that leaves is
// written down in docs/decisions/0018-sound-and-video.md.
package recode
