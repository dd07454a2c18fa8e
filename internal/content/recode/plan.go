package recode

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// What comes out at most: together less than a line of 400 kbit/s carries.
const (
	// lines is how many lines the shorter side of a picture keeps, and frames how many
	// pictures a second.
	lines  = 720
	frames = 30
	// pictureRate is in kbit/s, and so are the rates of sound of one channel and two.
	pictureRate = 320
	monoRate    = 48
	stereoRate  = 64
	// enough is a rate, in bit/s, at which a video is light already.
	enough = 400_000
)

// What is not looked at: it would take too long, or too much memory.
const (
	longest    = 4 * time.Hour
	mostPixels = 4096 * 2304
)

// decoders are those that a file may use; the last are of covers and subtitles, which
// are looked at and never written.
const decoders = "h264,hevc,mpeg4,vp8,vp9,av1,libdav1d,aac,mp3,mp3float,opus,libopus,vorbis,flac,alac," +
	"pcm_u8,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s32le,pcm_f32le,pcm_alaw,pcm_mulaw,adpcm_ms,adpcm_ima_wav,mjpeg,png,mov_text,webvtt"

// encoders are those that the results need.
func encoders() []string {
	return []string{"libx264", "aac", "libvpx-vp9", "libopus", "libvorbis", "libmp3lame"}
}

// probed is what ffprobe tells of a file.
type probed struct {
	Streams []stream `json:"streams"`
	Format  struct {
		Duration string `json:"duration"`
	} `json:"format"`
}

type stream struct {
	Index       int    `json:"index"`
	Type        string `json:"codec_type"`
	Codec       string `json:"codec_name"`
	Width       int    `json:"width"`
	Height      int    `json:"height"`
	Frames      string `json:"avg_frame_rate"` // a fraction
	Transfer    string `json:"color_transfer"`
	Channels    int    `json:"channels"`
	Samples     string `json:"sample_rate"`
	Disposition struct {
		Cover int `json:"attached_pic"`
	} `json:"disposition"`
	Tags struct {
		Alpha string `json:"alpha_mode"`
	} `json:"tags"`
}

// entries are what ffprobe is asked for.
const entries = "format=duration:stream=index,codec_type,codec_name,width,height,avg_frame_rate,color_transfer,channels,sample_rate" +
	":stream_disposition=attached_pic:stream_tags=alpha_mode"

func readProbed(text []byte) (p probed, err error) {
	if err := json.Unmarshal(text, &p); err != nil {
		return p, fmt.Errorf("recode: what ffprobe says: %w", err)
	}
	return p, nil
}

// duration is how long it plays; 0 if it does not say.
func (p probed) duration() time.Duration {
	seconds, err := strconv.ParseFloat(p.Format.Duration, 64)
	if err != nil || !(seconds > 0) {
		return 0
	}
	if seconds > 1e6 {
		seconds = 1e6 // much longer than anything that is looked at
	}
	return time.Duration(seconds * float64(time.Second))
}

// plan is how a file is made smaller.
type plan struct {
	args     []string
	duration time.Duration // of what comes in; 0 if unknown
	wall     time.Duration // how long it may take
	codecs   []string      // of what comes out, in its order
}

// planFor decides what becomes of a file. The plan counts if the outcome is Done.
func planFor(k kind, p probed, size int64) (plan, Outcome) {
	var video, sound *stream
	for i := range p.Streams {
		s := &p.Streams[i]
		switch {
		case s.Disposition.Cover != 0 || s.Type == "data" || s.Type == "attachment":
			// Browsers show none of these.
		case s.Type == "video" && video == nil && strings.HasPrefix(k.media, "video/"):
			video = s
		case s.Type == "audio" && sound == nil:
			sound = s
		default:
			return plan{}, Kept // several tracks, subtitles: one would be lost
		}
	}
	if video == nil && sound == nil {
		return plan{}, Unreadable
	}
	out := plan{duration: p.duration()}
	if out.duration > longest || video != nil && (video.Width > mostPixels || video.Height > mostPixels || video.Width*video.Height > mostPixels) {
		return plan{}, TooMuch
	}
	if video != nil && (video.Tags.Alpha == "1" || video.Transfer == "smpte2084" || video.Transfer == "arib-std-b67") {
		return plan{}, Kept
	}
	if light(out.duration, size, video, sound) {
		return plan{}, Kept
	}
	out.wall = 10 * time.Minute
	if out.duration > 0 {
		out.wall = 2*time.Minute + 3*out.duration/2
	}
	if video != nil {
		args, codec := picture(k, video)
		out.args, out.codecs = append(out.args, args...), append(out.codecs, codec)
	}
	if sound != nil {
		args, codec := voice(k, sound)
		if codec == "" {
			return plan{}, Kept
		}
		out.args, out.codecs = append(out.args, args...), append(out.codecs, codec)
	}
	switch k.writes {
	case "mp4", "mov", "ipod":
		out.args = append(out.args, "-movflags", "+faststart")
	case "webm":
		out.args = append(out.args, "-cues_to_front", "1")
	}
	stop := longest
	if out.duration > 0 && !k.guesses {
		stop = out.duration + time.Second
	}
	out.args = append(out.args, "-t", strconv.FormatFloat(stop.Seconds(), 'f', 3, 64))
	return out, Done
}

// light reports whether a file has so few bytes for its duration that no tenth of
// them can be saved.
func light(d time.Duration, size int64, video, sound *stream) bool {
	if d <= 0 {
		return false
	}
	rate := float64(size*8) / d.Seconds()
	if video != nil {
		return rate <= enough
	}
	return rate*0.9 <= float64(soundRate(sound)*1000)
}

func soundRate(s *stream) int {
	if s.Channels == 1 {
		return monoRate
	}
	return stereoRate
}

// picture returns how a video is written.
func picture(k kind, s *stream) (args []string, codec string) {
	// What is turned is turned before it is measured.
	by := fmt.Sprintf("min(1,%d/min(iw,ih))", lines)
	filter := fmt.Sprintf("scale=w='2*trunc(iw*%s/2+0.5)':h='2*trunc(ih*%s/2+0.5)',format=yuv420p", by, by)
	if over(s.Frames, frames) {
		filter = fmt.Sprintf("fps=%d,", frames) + filter
	}
	args = []string{"-map", fmt.Sprintf("0:%d", s.Index), "-vf", filter}
	rate, room := strconv.Itoa(pictureRate)+"k", strconv.Itoa(2*pictureRate)+"k"
	if k.writes == "webm" {
		return append(args, "-c:v", "libvpx-vp9", "-crf", "34", "-b:v", rate, "-maxrate", rate, "-bufsize", room,
			"-deadline", "good", "-cpu-used", "5", "-row-mt", "1", "-g", "240"), "vp9"
	}
	return append(args, "-c:v", "libx264", "-profile:v", "high", "-preset", "fast", "-crf", "26", "-maxrate", rate, "-bufsize", room), "h264"
}

// over reports whether a fraction is more than a number.
func over(fraction string, n int) bool {
	a, b, ok := strings.Cut(fraction, "/")
	x, err := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return ok && err == nil && err2 == nil && y > 0 && x/y > float64(n)+0.5
}

// voice returns how sound is written; the codec is empty for what is better left.
func voice(k kind, s *stream) (args []string, codec string) {
	args = []string{"-map", fmt.Sprintf("0:%d", s.Index)}
	if s.Channels > 2 {
		args = append(args, "-ac", "2")
	}
	if rate, err := strconv.Atoi(s.Samples); err != nil || rate > 48_000 {
		args = append(args, "-ar", "48000")
	}
	rate := strconv.Itoa(soundRate(s)) + "k"
	switch {
	case k.writes == "webm", k.writes == "ogg" && s.Codec == "opus":
		return append(args, "-c:a", "libopus", "-b:a", rate), "opus"
	case k.writes == "ogg" && s.Codec == "vorbis":
		return append(args, "-c:a", "libvorbis", "-q:a", "0"), "vorbis"
	case k.writes == "ogg":
		return nil, ""
	case k.writes == "mp3":
		return append(args, "-c:a", "libmp3lame", "-b:a", rate), "mp3"
	}
	return append(args, "-c:a", "aac", "-b:a", rate), "aac"
}

// kept reports whether what came out is what the plan was for.
func (p plan) kept(k kind, out probed) error {
	var codecs []string
	for _, s := range out.Streams {
		codecs = append(codecs, s.Codec)
	}
	if strings.Join(codecs, " ") != strings.Join(p.codecs, " ") {
		return fmt.Errorf("recode: %v came out, and not %v", codecs, p.codecs)
	}
	d := out.duration()
	if d == 0 {
		return fmt.Errorf("recode: what came out has no duration")
	}
	if !k.guesses && p.duration > 0 && (d-p.duration).Abs() > 500*time.Millisecond {
		return fmt.Errorf("recode: %v came out of %v", d, p.duration)
	}
	return nil
}
