// Package blob keeps files: what the database refers to, but does not hold.
//
// # Two kinds
//
// Content is public or shared material: packages, pictures of modules. It is
// named by its SHA-256, so the same content is kept once and can be checked by
// anyone. Uploads are what people hand in: letters, scans, photographs, sheets.
// An upload has a random id and a key of its own, which encrypts the file and
// lies only in its database row: erasing the key ([Erase]) erases the file on
// every disk and in every copy of the folder at once.
//
// # Life of a file
//
// A file is written and synced to disk first ([Store.PutContent],
// [Store.PutUpload]) and named by a row in the caller's transaction after that
// ([Keep]), so a row never names a file that is not there. Every reference says
// who owns it (an area and an id), for what purpose, about whom, and until
// when. [Store.Collect] ends references whose time is over, and deletes files
// that nothing has referred to for a day ([Grace]); the day protects a file
// between its writing and its first reference, and an undo.
//
// # The form of an upload on disk
//
// Chunks of 64 KiB, each sealed with AES-256-GCM. The nonce of a chunk is its
// number and whether it is the last one; a key is used for one file only, so no
// nonce comes twice, and chunks cannot be moved, dropped or cut off unnoticed.
// The file's id is authenticated with every chunk.
//
// Sizes are counted while reading. What a sender claims is never believed.
package blob
