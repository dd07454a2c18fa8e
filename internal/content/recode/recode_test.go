package recode

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cadre/internal/content/recode/recodetest"
)

// tool returns one whose programs have names of their own, by which its children can
// be told from those of other tests.
func tool(t *testing.T) (*Tool, *bytes.Buffer) {
	t.Helper()
	dir := t.TempDir()
	ffmpeg := recodetest.FFmpeg(t)
	for name, path := range map[string]string{"ffmpeg": ffmpeg, "ffprobe": Probe(ffmpeg)} {
		if err := os.Symlink(path, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	var log bytes.Buffer
	return New(Deps{FFmpeg: filepath.Join(dir, "ffmpeg"), Folder: filepath.Join(dir, "work"), Log: slog.New(slog.NewTextHandler(&log, nil))}), &log
}

// smaller makes a clip smaller and returns what is to be kept of it.
func smaller(t *testing.T, tool *Tool, media string, clip []byte) (Result, []byte) {
	t.Helper()
	out, err := tool.Smaller(t.Context(), Input{Media: media, From: bytes.NewReader(clip), Within: t.Context()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = out.File.Close() }()
	data, err := io.ReadAll(out.File)
	if err != nil {
		t.Fatal(err)
	}
	if int64(len(data)) != out.Size || out.Came != int64(len(clip)) {
		t.Errorf("%d bytes are said to be %d, and %d to have been %d", len(data), out.Size, len(clip), out.Came)
	}
	nothingLeft(t, tool)
	return out, data
}

// nothingLeft fails if a file or a child of the tool's is left.
func nothingLeft(t *testing.T, tool *Tool) {
	t.Helper()
	left, err := os.ReadDir(tool.Folder)
	if err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		alive := children(t, filepath.Dir(tool.FFmpeg))
		if len(alive) == 0 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("still there: %q", alive)
		}
	}
}

// children are the command lines that name something below dir.
func children(t *testing.T, dir string) (out []string) {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil || len(all) == 0 {
		t.Fatalf("no processes: %v", err)
	}
	for _, path := range all {
		line, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		// Of ours alone: a test that runs by itself has its folder in its own arguments.
		if bytes.Contains(line, []byte(dir+"/ff")) {
			out = append(out, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return out
}

// asked is what ffprobe says of a file: its codecs, width, height and duration.
func asked(t *testing.T, name string, data []byte) (codecs []string, width, height int, seconds float64) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command(Probe(recodetest.FFmpeg(t)), "-v", "error", "-show_entries", "format=duration:stream=codec_name,codec_type,width,height", "-of", "json", path).Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	p, err := readProbed(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range p.Streams {
		codecs = append(codecs, s.Codec)
		if s.Type == "video" {
			width, height = s.Width, s.Height
		}
	}
	return codecs, width, height, p.duration().Seconds()
}

func TestSoundAndVideoBecomeSmallerAndPlay(t *testing.T) {
	t.Parallel()
	tool, log := tool(t)
	for name, c := range map[string]struct {
		media  string
		clip   []byte
		codecs string
		as     string
	}{
		"a.mp4":  {"video/mp4", recodetest.MP4(t), "h264 aac", "video/mp4"},
		"a.webm": {"video/webm", recodetest.WebM(t), "vp9 opus", "video/webm"},
		"a.mp3":  {"audio/mpeg", recodetest.MP3(t), "mp3", "audio/mpeg"},
		"a.m4a":  {"audio/mp4", recodetest.M4A(t), "aac", "audio/mp4"},
		"a.ogg":  {"audio/ogg", recodetest.Ogg(t), "vorbis", "audio/ogg"},
		"a.opus": {"audio/ogg", recodetest.Opus(t), "opus", "audio/ogg"},
		"a.aac":  {"audio/aac", recodetest.AAC(t), "aac", "audio/aac"},
		"a.wav":  {"audio/wav", recodetest.WAV(t), "mp3", "audio/mpeg"},
	} {
		t.Run(name, func(t *testing.T) {
			out, data := smaller(t, tool, c.media, c.clip)
			if out.Outcome != Done || out.Media != c.as || len(data) > len(c.clip)/10*9 {
				t.Fatalf("%d bytes became %d: %s %s\n%s", len(c.clip), len(data), out.Outcome, out.Media, log)
			}
			_, width, height, was := asked(t, name, c.clip)
			codecs, w, h, is := asked(t, name, data)
			if strings.Join(codecs, " ") != c.codecs || w != width || h != height {
				t.Errorf("%v of %d×%d came out of %d×%d", codecs, w, h, width, height)
			}
			if d := is - was; d > 0.2 || d < -0.2 {
				t.Errorf("%.3f seconds became %.3f", was, is)
			}
			// What arrives first is enough to begin with.
			if c.media == "video/mp4" && bytes.Index(data, []byte("moov")) > bytes.Index(data, []byte("mdat")) {
				t.Error("its index stands behind it")
			}
			again, _ := smaller(t, tool, out.Media, data)
			if again.Outcome != Kept {
				t.Errorf("once more: %s\n%s", again.Outcome, log)
			}
		})
	}
}

// Large pictures become smaller, also where they stand on end.
func TestAPictureKeepsItsShape(t *testing.T) {
	t.Parallel()
	tool, log := tool(t)
	for size, want := range map[string][2]int{"1280x960": {960, 720}, "810x1440": {720, 1280}} {
		clip := recodetest.Clip(t, "-f", "lavfi", "-i", "testsrc2=s="+size+":r=4:d=1,noise=alls=40:allf=t", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-crf", "15", "clip.mp4")
		out, data := smaller(t, tool, "video/mp4", clip)
		_, w, h, _ := asked(t, "a.mp4", data)
		if out.Outcome != Done || [2]int{w, h} != want {
			t.Errorf("%s became %d×%d: %s\n%s", size, w, h, out.Outcome, log)
		}
	}
}

// What would lose something stays, bit by bit.
func TestWhatWouldLoseSomethingStays(t *testing.T) {
	t.Parallel()
	tool, log := tool(t)
	mp4 := recodetest.MP4(t)
	x264 := []string{"-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-crf", "10"}
	many := append(append(recodetest.Video(), x264...), "-map", "0", "-map", "1", "-map", "1", "two.mp4")
	for name, c := range map[string]struct {
		media string
		clip  []byte
		want  Outcome
	}{
		"in pieces":          {"video/mp4", recodetest.Clip(t, append(append(recodetest.Video(), x264...), "-movflags", "frag_keyframe+empty_moov", "pieces.mp4")...), Kept},
		"two tracks":         {"video/mp4", recodetest.Clip(t, many...), Kept},
		"subtitles":          {"video/mp4", subtitled(t), Kept},
		"transparent":        {"video/webm", recodetest.Clip(t, "-f", "lavfi", "-i", "testsrc2=s=320x240:r=10:d=1,noise=alls=60:allf=t,format=yuva420p", "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "3M", "-auto-alt-ref", "0", "alpha.webm"), Kept},
		"light already":      {"video/mp4", append(recodetest.Clip(t, "-f", "lavfi", "-i", "color=navy:s=64x64:r=1:d=60", "-c:v", "libx264", "-pix_fmt", "yuv420p", "still.mp4"), padding(100_000)...), Kept},
		"cut off":            {"video/mp4", mp4[:len(mp4)/2], Unreadable},
		"no sound at all":    {"audio/mpeg", []byte(strings.Repeat("ID3 and words ", 10_000)), Unreadable},
		"another kind":       {"audio/ogg", mp4, Unreadable},
		"a name that lies":   {"image/png", mp4, Unreadable},
		"empty":              {"video/mp4", nil, Unreadable},
		"a picture, in Ogg":  {"audio/ogg", []byte("OggS" + strings.Repeat("\x00", 100_000)), Unreadable},
		"larger than looked": {"video/mp4", append(recodetest.Clip(t, "-f", "lavfi", "-i", "color=navy:s=4800x2700:r=1:d=1", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "large.mp4"), padding(200_000)...), TooMuch},
	} {
		out, data := smaller(t, tool, c.media, c.clip)
		if out.Outcome != c.want || out.Media != c.media || !bytes.Equal(data, c.clip) {
			t.Errorf("%s: %s, and %d bytes became %d\n%s", name, out.Outcome, len(c.clip), len(data), log)
		}
		log.Reset()
	}
}

// subtitled is a video that has subtitles in it.
func subtitled(t *testing.T) []byte {
	t.Helper()
	text := filepath.Join(t.TempDir(), "text.srt")
	if err := os.WriteFile(text, []byte("1\n00:00:00,000 --> 00:00:01,000\nhello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return recodetest.Clip(t, append(recodetest.Video()[:4:4], "-i", text, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-crf", "10", "-c:s", "mov_text", "said.mp4")...)
}

// The cover of a recording is not shown where it is played, and goes.
func TestACoverGoes(t *testing.T) {
	t.Parallel()
	tool, log := tool(t)
	clip := recodetest.Clip(t, append(recodetest.Sound("4"), "-f", "lavfi", "-i", "testsrc=s=300x300:d=1", "-map", "0", "-map", "1", "-frames:v", "1", "-c:v", "mjpeg", "-disposition:v", "attached_pic", "-b:a", "256k", "cover.mp3")...)
	out, data := smaller(t, tool, "audio/mpeg", clip)
	if codecs, _, _, _ := asked(t, "a.mp3", data); out.Outcome != Done || len(codecs) != 1 {
		t.Errorf("%s: %v\n%s", out.Outcome, codecs, log)
	}
}

// padding is a box of an MP4 that holds nothing.
func padding(n int) []byte {
	return append([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n), 'f', 'r', 'e', 'e'}, make([]byte, n-8)...)
}

// A list of other files, however it is dressed up, is not followed: neither to a file
// of this machine nor to another one. That the lists would work is shown by following
// them on purpose.
func TestAListOfFilesIsNotFollowed(t *testing.T) {
	t.Parallel()
	tool, log := tool(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	var hits atomic.Int32
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return // the test is over
			}
			hits.Add(1)
			_ = c.Close()
		}
	}()
	dir := t.TempDir()
	canary := filepath.Join(dir, "canary.mp3")
	if err := os.WriteFile(canary, recodetest.MP3(t), 0o600); err != nil {
		t.Fatal(err)
	}
	hls := func(what string) string {
		return "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n" + what + "\n#EXT-X-ENDLIST\n" + strings.Repeat("# nothing\n", 8000)
	}
	concat := func(what string) string {
		return "ffconcat version 1.0\nfile '" + what + "'\n" + strings.Repeat("# nothing\n", 8000)
	}
	web := "http://" + ln.Addr().String() + "/canary.ts"
	ftyp := "\x00\x00\x00\x10ftypisom\x00\x00\x00\x00"
	lists := map[string]string{"playlist": hls("file://" + canary), "playlist, of the network": hls(web), "script": concat(canary), "script, of the network": concat(web), "passwords": concat("/etc/passwd")}
	for name, text := range lists {
		for _, media := range []string{"video/mp4", "video/webm", "audio/mpeg", "audio/ogg", "audio/wav", "audio/aac", "audio/mp4"} {
			for dressed, head := range map[string]string{"": "", "mp4": ftyp, "ogg": "OggS", "mp3": "ID3\x04\x00\x00\x00\x00\x00\x00", "wav": "RIFF\x00\x00\x01\x00WAVE", "webm": "\x1a\x45\xdf\xa3\x80"} {
				if k, _ := kindOf(media); dressed != "" && !k.is([]byte(head)) {
					continue
				}
				out, data := smaller(t, tool, media, []byte(head+text))
				if out.Outcome != Unreadable || string(data) != head+text {
					t.Errorf("%s as %s, dressed up as %s: %s\n%s", name, media, dressed, out.Outcome, log)
				}
			}
		}
	}
	if n := hits.Load(); n > 0 {
		t.Errorf("the network was asked %d times", n)
	}
	// On purpose, by a guess and with every protocol: the canary comes out, and the
	// network is asked.
	for i, text := range []string{concat(canary), hls(web)} {
		list := filepath.Join(dir, "list"+strconv.Itoa(i))
		if err := os.WriteFile(list, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		said, err := exec.Command(recodetest.FFmpeg(t), "-nostdin", "-loglevel", "error", "-safe", "0", "-protocol_whitelist", "file,http,tcp", "-f", []string{"concat", "hls"}[i], "-i", list, "-f", "null", "-").CombinedOutput()
		if i == 0 && err != nil {
			t.Errorf("the list does not work at all: %v %s", err, said)
		}
	}
	if hits.Load() == 0 {
		t.Error("the playlist does not work at all")
	}
}

// A small file can claim to play for days, or take long to read. Either ends in
// bounded time, and the file stays as it was.
func TestABombStaysAsItWas(t *testing.T) {
	t.Parallel()
	tool, log := tool(t)
	days := append(recodetest.Clip(t, "-f", "lavfi", "-i", "testsrc2=s=64x64:r=1/600:d=36000", "-c:v", "libx264", "-pix_fmt", "yuv420p", "days.mp4"), padding(100_000)...)
	if out, data := smaller(t, tool, "video/mp4", days); out.Outcome != TooMuch || !bytes.Equal(data, days) {
		t.Errorf("it plays for days: %s\n%s", out.Outcome, log)
	}
	tool.patience = time.Millisecond
	clip := recodetest.MP4(t)
	if out, data := smaller(t, tool, "video/mp4", clip); out.Outcome != TooMuch || !bytes.Equal(data, clip) {
		t.Errorf("it takes longer than it may: %s\n%s", out.Outcome, log)
	}
	tool.patience = 0
	over, end := context.WithCancel(t.Context())
	end()
	out, err := tool.Smaller(t.Context(), Input{Media: "video/mp4", From: bytes.NewReader(clip), Within: over})
	if err != nil || out.Outcome != Late || out.Size != int64(len(clip)) {
		t.Fatalf("no time is left: %+v, %v", out, err)
	}
	_ = out.File.Close()
}

// fake is a program in the place of ffmpeg, or of ffprobe if it is asked what that is
// asked.
func fake(t *testing.T, ffmpeg string) *Tool {
	t.Helper()
	dir := t.TempDir()
	probe := `case "$*" in *version*) echo "ffprobe version 0" ;; *) echo '{"streams":[{"index":0,"codec_type":"audio","codec_name":"mp3","channels":1,"sample_rate":"44100"}],"format":{"duration":"1"}}' ;; esac`
	for name, script := range map[string]string{"ffmpeg": ffmpeg, "ffprobe": probe} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return New(Deps{FFmpeg: filepath.Join(dir, "ffmpeg"), Folder: filepath.Join(dir, "work"), Log: slog.New(slog.DiscardHandler)})
}

// The child knows nothing of where it runs, and may use little of it.
func TestAChildIsGivenLittle(t *testing.T) {
	t.Setenv("CADRE_TEST_SECRET", "told to nobody")
	dir := t.TempDir()
	secret, spoilt := filepath.Join(dir, "instance.key"), filepath.Join(dir, "spoilt")
	if err := os.WriteFile(secret, []byte("the key of everything"), 0o600); err != nil {
		t.Fatal(err)
	}
	tool := fake(t, `case "$*" in *version*) exit 0 ;; esac
{ cat `+secret+`; echo x >>`+secret+`; echo x >`+spoilt+`; ls `+dir+`; env; echo "limits $(ulimit -v) $(ulimit -t) $(ulimit -f) $(ulimit -n) $(ulimit -c)"; pwd; wc -c </dev/stdin; } >/dev/fd/4`)
	out, data := smaller(t, tool, "audio/mpeg", []byte("ID3"+strings.Repeat("x", 1<<20)))
	text := string(data)
	if out.Outcome != Done {
		t.Fatalf("%s: %s", out.Outcome, text)
	}
	if strings.Contains(text, "told to nobody") || strings.Contains(text, "HOME=") {
		t.Errorf("it has an environment:\n%s", text)
	}
	if want := "limits 2097152 "; !strings.Contains(text, want) || !strings.Contains(text, " 64 0\n") {
		t.Errorf("its limits:\n%s", text)
	}
	if !strings.Contains(text, "\n/\n0\n") {
		t.Errorf("it has a folder, or an input:\n%s", text)
	}
	w := tool.behind(t.Context())
	// Behind the wall of files it could not even count the networks.
	open := fake(t, `case "$*" in *version*) exit 0 ;; esac
echo "net $(grep -c : /proc/net/dev)" >/dev/fd/4`)
	open.walls = &walls{network: w.network}
	if out, data := smaller(t, open, "audio/mpeg", []byte("ID3"+strings.Repeat("x", 1<<20))); out.Outcome != Done || w.network && string(data) != "net 1\n" {
		t.Errorf("it has a network: %s %s", out.Outcome, data)
	}
	if landlock() > 0 && !w.files {
		t.Error("it is not kept from files, though this system could")
	}
	if !w.files {
		return
	}
	if strings.Contains(text, "the key of everything") || strings.Contains(text, "instance.key") {
		t.Errorf("it reads a secret:\n%s", text)
	}
	if key, err := os.ReadFile(secret); err != nil || string(key) != "the key of everything" {
		t.Errorf("it writes into a secret: %q, %v", key, err)
	}
	if _, err := os.Stat(spoilt); err == nil {
		t.Error("it makes files")
	}
}

// An import that ends takes the child with it, and so does a Cadre that is killed.
func TestNothingIsLeftOfAnImportThatEnds(t *testing.T) {
	t.Parallel()
	tool := fake(t, `case "$*" in *version*) exit 0 ;; esac
echo out_time_us=1
sleep 1000 & sleep 1000`)
	ctx, end := context.WithCancel(t.Context())
	begun := make(chan struct{})
	go func() {
		<-begun
		end()
	}()
	var once atomic.Bool
	_, err := tool.Smaller(ctx, Input{Media: "audio/mpeg", From: strings.NewReader("ID3" + strings.Repeat("x", 1<<20)), Within: t.Context(), Tell: func(time.Duration, time.Duration) {
		if !once.Swap(true) {
			close(begun)
		}
	}})
	if err == nil || ctx.Err() == nil {
		t.Fatalf("it went on: %v", err)
	}
	nothingLeft(t, tool)
}

const killedIn = "CADRE_TEST_RECODE"

func TestNothingIsLeftOfACadreThatIsKilled(t *testing.T) {
	if dir := os.Getenv(killedIn); dir != "" {
		tool := New(Deps{FFmpeg: filepath.Join(dir, "ffmpeg"), Folder: filepath.Join(dir, "work"), Log: slog.New(slog.DiscardHandler)})
		_, err := tool.Smaller(t.Context(), Input{Media: "audio/mpeg", From: strings.NewReader("ID3" + strings.Repeat("x", 1<<20)), Within: t.Context(), Tell: func(time.Duration, time.Duration) {
			if err := os.WriteFile(filepath.Join(dir, "begun"), nil, 0o600); err != nil {
				panic(err)
			}
		}})
		t.Fatalf("it was not killed: %v", err)
	}
	tool := fake(t, `case "$*" in *version*) exit 0 ;; esac
echo out_time_us=1
exec sleep 1000`)
	dir := filepath.Dir(tool.FFmpeg)
	cmd := exec.Command(os.Args[0], "-test.run=^TestNothingIsLeftOfACadreThatIsKilled$")
	cmd.Env = append(os.Environ(), killedIn+"="+dir)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(dir, "begun")); err == nil {
			break
		}
		if time.Now().After(end) {
			_ = cmd.Process.Kill()
			t.Fatalf("it does not begin: %s", said.String())
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	nothingLeft(t, tool)
}

func TestTheProgramIsLookedAt(t *testing.T) {
	t.Parallel()
	real, _ := tool(t)
	if s, err := real.Look(t.Context()); err != nil || s.Version == "" || len(s.Lacks) > 0 {
		t.Errorf("%+v, %v", s, err)
	}
	none := New(Deps{FFmpeg: filepath.Join(t.TempDir(), "ffmpeg"), Folder: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	if s, err := none.Look(t.Context()); err == nil {
		t.Errorf("there is none: %+v", s)
	}
	if out, _ := smaller(t, none, "audio/mpeg", recodetest.MP3(t)); out.Outcome != Unreadable {
		t.Errorf("there is none: %s", out.Outcome)
	}
	poor := fake(t, `echo "ffmpeg version 7.1 of nobody"; echo " A..... aac   AAC"`)
	if s, err := poor.Look(t.Context()); err != nil || s.Version != "7.1" || len(s.Lacks) != len(encoders())-1 {
		t.Errorf("%+v, %v", s, err)
	}
}
