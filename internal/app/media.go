package app

import (
	"context"
	"strings"

	"cadre/internal/content/recode"
	"cadre/internal/fault"
)

// media is what makes sound and video smaller; nil where the configuration names no
// program for that.
func (a *App) media() *recode.Tool {
	if a.Config.Content.FFmpeg == "" {
		return nil
	}
	return recode.New(recode.Deps{FFmpeg: a.Config.Content.FFmpeg, Folder: a.arriving(), Log: a.Log})
}

// lookAtMedia looks at the program that makes sound and video smaller.
func (a *App) lookAtMedia(ctx context.Context, add found) error {
	tool := a.media()
	if tool == nil {
		add("media", Well, "app.media-none", nil)
		return nil
	}
	s, err := tool.Look(ctx)
	args := fault.Args{"version": s.Version, "what": strings.Join(s.Lacks, ", "), "file": a.Config.Content.FFmpeg}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		a.Log.Error("app: ffmpeg does not run", "error", err)
		add("media", Look, "app.media-broken", args)
	case len(s.Lacks) > 0:
		add("media", Look, "app.media-lacks", args)
	case s.NoFiles && s.NoNetwork:
		add("media", Well, "app.media-apart", args)
	case s.NoFiles:
		add("media", Well, "app.media-network", args)
	case s.NoNetwork:
		add("media", Look, "app.media-files", args)
	default:
		add("media", Look, "app.media-open", args)
	}
	return nil
}
