package recode

import (
	"bytes"
	"encoding/binary"
	"io"
	"slices"
)

// least is the size, in bytes, below which nothing is to be gained.
const least = 64 << 10

// kind is a form of sound or video.
type kind struct {
	// media is the media type that its name stands for, and is what its first bytes
	// are recognised by.
	media string
	is    func(head []byte) bool
	// reads is what ffmpeg reads it as, writes what it writes, and as is the media
	// type of that.
	reads, writes, as string
	// guesses is set where a duration is an estimate.
	guesses bool
}

func kinds() []kind {
	boxes := func(h []byte) bool { return len(h) >= 8 && string(h[4:8]) == "ftyp" }
	begins := func(with string) func([]byte) bool {
		return func(h []byte) bool { return bytes.HasPrefix(h, []byte(with)) }
	}
	return []kind{
		{media: "video/mp4", is: boxes, reads: "mov", writes: "mp4", as: "video/mp4"},
		{media: "video/quicktime", is: boxes, reads: "mov", writes: "mov", as: "video/quicktime"},
		{media: "audio/mp4", is: boxes, reads: "mov", writes: "ipod", as: "audio/mp4"},
		{media: "video/webm", is: begins("\x1a\x45\xdf\xa3"), reads: "matroska", writes: "webm", as: "video/webm"},
		{media: "audio/ogg", is: begins("OggS"), reads: "ogg", writes: "ogg", as: "audio/ogg"},
		{media: "audio/wav", is: riff, reads: "wav", writes: "mp3", as: "audio/mpeg"},
		{media: "audio/mpeg", is: layer3, reads: "mp3", writes: "mp3", as: "audio/mpeg", guesses: true},
		{media: "audio/aac", is: adts, reads: "aac", writes: "adts", as: "audio/aac", guesses: true},
	}
}

func riff(h []byte) bool { return len(h) >= 12 && string(h[:4]) == "RIFF" && string(h[8:12]) == "WAVE" }

// layer3 knows an MP3 by its tag, or by its first frame.
func layer3(h []byte) bool {
	return bytes.HasPrefix(h, []byte("ID3")) || len(h) >= 2 && h[0] == 0xff && h[1]&0xe6 == 0xe2
}

func adts(h []byte) bool { return len(h) >= 2 && h[0] == 0xff && h[1]&0xf6 == 0xf0 }

// kindOf returns the kind of file that a media type stands for.
func kindOf(media string) (kind, bool) {
	all := kinds()
	i := slices.IndexFunc(all, func(k kind) bool { return k.media == media })
	if i < 0 {
		return kind{}, false
	}
	return all[i], true
}

// Takes reports whether a file of that media type and size is looked at.
func Takes(media string, size int64) bool {
	_, ok := kindOf(media)
	return ok && size >= least
}

// pieces reports whether an MP4 comes in pieces, for a player that puts them
// together: another form of it would be of no use to that.
func pieces(r io.ReaderAt, size int64) bool {
	var head [16]byte
	for at, n := int64(0), 0; at+8 <= size && n < 10_000; n++ {
		if _, err := r.ReadAt(head[:min(16, size-at)], at); err != nil {
			return false // whoever reads it after this will see as much
		}
		switch string(head[4:8]) {
		case "moof", "sidx", "styp":
			return true
		}
		length := int64(binary.BigEndian.Uint32(head[:]))
		if length == 1 {
			length = int64(binary.BigEndian.Uint64(head[8:]))
		}
		if length < 8 || length > size-at {
			return false
		}
		at += length
	}
	return false
}
