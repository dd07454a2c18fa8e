package content

import (
	"path"
	"strings"
)

// mediaOf returns a file's media type by its name, and whether it is text that
// packs well. Texts carry no charset: the files say their own.
func mediaOf(name string) (media string, text bool) {
	switch strings.ToLower(path.Ext(name)) {
	case ".html", ".htm", ".xhtml":
		return "text/html", true
	case ".js", ".mjs", ".cjs":
		return "text/javascript", true
	case ".css":
		return "text/css", true
	case ".json", ".map", ".lottie":
		return "application/json", true
	case ".xml", ".xsd", ".xsl":
		return "application/xml", true
	case ".dtd":
		return "application/xml-dtd", true
	case ".txt", ".md":
		return "text/plain", true
	case ".vtt":
		return "text/vtt", true
	case ".srt":
		return "application/x-subrip", true
	case ".csv":
		return "text/csv", true
	case ".svg":
		return "image/svg+xml", true
	case ".webmanifest":
		return "application/manifest+json", true
	case ".wasm":
		return "application/wasm", true
	case ".ttf":
		return "font/ttf", true
	case ".otf":
		return "font/otf", true
	case ".eot":
		return "application/vnd.ms-fontobject", true
	case ".bmp":
		return "image/bmp", true
	case ".ico", ".cur":
		return "image/x-icon", true
	case ".wav":
		return "audio/wav", false
	case ".woff":
		return "font/woff", false
	case ".woff2":
		return "font/woff2", false
	case ".png":
		return "image/png", false
	case ".jpg", ".jpeg", ".jfif":
		return "image/jpeg", false
	case ".gif":
		return "image/gif", false
	case ".webp":
		return "image/webp", false
	case ".avif":
		return "image/avif", false
	case ".mp3":
		return "audio/mpeg", false
	case ".aac":
		return "audio/aac", false
	case ".m4a":
		return "audio/mp4", false
	case ".ogg", ".oga":
		return "audio/ogg", false
	case ".opus":
		return "audio/ogg", false
	case ".mp4", ".m4v":
		return "video/mp4", false
	case ".webm":
		return "video/webm", false
	case ".ogv":
		return "video/ogg", false
	case ".mov":
		return "video/quicktime", false
	case ".pdf":
		return "application/pdf", false
	case ".zip":
		return "application/zip", false
	case ".swf":
		return "application/x-shockwave-flash", false
	}
	return "application/octet-stream", false
}
