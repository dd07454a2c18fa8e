// Package recodetest makes short sound and video for tests, with the ffmpeg that
// setup installs. Nothing of it is committed.
package recodetest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// FFmpeg returns the path of the machine's ffmpeg.
func FFmpeg(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Fatalf("ffmpeg is missing: run scripts/setup (%v)", err)
	}
	return path
}

// Clip returns a file that ffmpeg makes with these arguments, of which the last is
// its name.
func Clip(t testing.TB, args ...string) []byte {
	t.Helper()
	name := filepath.Join(t.TempDir(), args[len(args)-1])
	args = append([]string{"-hide_banner", "-nostdin", "-loglevel", "error", "-y", "-threads", "1"}, args[:len(args)-1]...)
	cmd := exec.Command(FFmpeg(t), append(args, "-threads", "1", name)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("ffmpeg %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Video are arguments for two seconds that weigh much: a moving picture with grain,
// and a tone.
func Video() []string {
	return []string{"-f", "lavfi", "-i", "testsrc2=s=320x240:r=15:d=2,noise=alls=40:allf=t", "-f", "lavfi", "-i", "sine=f=440:r=44100:d=2", "-shortest"}
}

// Sound are arguments for a tone of that many seconds, in two channels.
func Sound(seconds string) []string {
	return []string{"-f", "lavfi", "-i", "anoisesrc=d=" + seconds + ":a=0.4:r=44100,aformat=channel_layouts=stereo"}
}

// MP4 is a clip of which much can be saved, as the others are.
func MP4(t testing.TB) []byte {
	return Clip(t, append(Video(), "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-crf", "10", "-c:a", "aac", "-b:a", "192k", "clip.mp4")...)
}

// WebM is one.
func WebM(t testing.TB) []byte {
	return Clip(t, append(Video(), "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "3M", "-c:a", "libvorbis", "clip.webm")...)
}

// MP3 is one.
func MP3(t testing.TB) []byte { return Clip(t, append(Sound("4"), "-b:a", "256k", "clip.mp3")...) }

// M4A is one.
func M4A(t testing.TB) []byte { return Clip(t, append(Sound("4"), "-b:a", "256k", "clip.m4a")...) }

// Ogg is one, of Vorbis.
func Ogg(t testing.TB) []byte {
	return Clip(t, append(Sound("4"), "-c:a", "libvorbis", "-q:a", "8", "clip.ogg")...)
}

// Opus is one.
func Opus(t testing.TB) []byte {
	return Clip(t, append(Sound("4"), "-c:a", "libopus", "-b:a", "256k", "clip.opus")...)
}

// AAC is one.
func AAC(t testing.TB) []byte { return Clip(t, append(Sound("4"), "-b:a", "256k", "clip.aac")...) }

// WAV is one.
func WAV(t testing.TB) []byte { return Clip(t, append(Sound("2"), "clip.wav")...) }
