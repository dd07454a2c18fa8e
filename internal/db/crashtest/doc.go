// Package crashtest gives tests a disk that loses its power, fills up and fails.
//
// A [Disk] is a folder through which an instance works: SQLite by a VFS of the
// disk's own over the operating system's ([Disk.Wrap]), everything else as a
// [durable.Disk]. It lets every call through and writes down what it did. From
// this record the folder can be made as it may look after a power cut at any
// moment ([Disk.Cut]):
//
//   - what a file got since its last sync is kept, dropped, or torn by sectors of
//     512 bytes, each write for itself, so that later writes survive earlier ones;
//   - a file may have grown without its content: zeros or noise stand there;
//   - names made, moved or removed since the last sync of their folder are there
//     or not, the names of folders too;
//   - a file whose sync failed has lost what it got, whatever later syncs say;
//   - the index that SQLite's connections share (-shm) is gone.
//
// All of it follows from one seed. One record serves any number of cuts, so that
// most of the time goes into what matters: opening what is left and looking at it.
//
// A disk also fails on demand ([Disk.FailAt]): the n-th call returns an I/O error,
// or from the n-th on there is no space. And it may lie ([Disk.Lie]): syncs that do
// nothing, which a test must notice, or it would notice nothing.
package crashtest
