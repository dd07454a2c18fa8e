// Package contentweb is where staff bring modules in, put a version out, and see
// what there is. A module's folder is sent as one archive; everything that is
// wrong with it is shown at once, each problem with its file, line and column.
package contentweb
