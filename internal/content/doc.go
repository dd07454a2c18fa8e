// Package content holds what is learned from: modules authored in Markdown,
// compiled, versioned and served. Packages that other tools made will be
// further kinds of the same material.
//
// # What an author writes
//
// A folder whose name is the module's key, with one file per language (en.md,
// ur.md) and the pictures beside them. A file starts with YAML front matter:
// title, minutes, pass_mark (per cent of the points; 0 if reading is enough),
// competencies, warning (optional), sources (id, title, publisher, year, url).
// A translation repeats the title, and whatever else it repeats must be equal.
//
// Every first-level heading starts a page. {#key} after it gives the page's key,
// which is the same in every language and version; without it, the key is made
// from the heading of the base language (English if there is any). Text is
// CommonMark with tables; [^id] names a source; ![what it shows](file.png) is a
// picture. Two fenced blocks mean something: a warning, after which the page may
// be skipped without penalty, and a question (see package item).
//
// # Invariants
//
// What is compiled is safe by construction: the writer knows a fixed list of
// elements and attributes and refuses everything else, raw HTML first. Links
// leave by https alone. Pictures are what their bytes say, measured, and named
// by their content; drawings (SVG) may only draw.
//
// All problems of a module are found at once, each with file, line and column.
// A module with a problem is not imported in part.
//
// The languages of a module say the same: same pages, same questions, same
// options, same right answers.
//
// A version never changes. Attempts stay on the version they began with.
package content
