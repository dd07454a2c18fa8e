// Package archive makes backups and restores them.
//
// A backup is one file, a tar compressed with zstd. It is made while Cadre
// serves: the rows of every table are read in one snapshot, then the files that
// the snapshot names are copied. Its form is the same for both engines, so a
// backup of either can be restored into either:
//
//	manifest.json              what it is, of which database, when, schema version
//	tables/<table>/<n>.jsonl   a line with the columns' names, then a line per row
//	files/<path>               as in the store; uploads stay encrypted
//	sums.json                  SHA-256 and size of everything above, and counts
//
// A seal over all its bytes ends it, where zstd's decoders skip it.
//
// In rows, null is null, a number a number, a text a string; {"b": …} holds
// bytes in base64 and {"r": …} a real number.
//
// # Proof
//
// A backup counts only when it has been read back: [Make] opens the finished
// file again, compares every sum, loads the rows into a database of its own and
// verifies the journal and every journalled row there. [Check] does the same at
// any later time.
//
// # Restoring
//
// [Restore] refuses to overwrite anything. It loads and verifies beside the
// place, begins a new incarnation of the journal, has the register of erased
// persons replayed, and puts the result into place as its last step. Keys, the
// witness, checkpoints and that register are not in a backup: a backup that held
// them would undo what they are for.
package archive
