// Package config holds what an operator may decide about one instance of Cadre.
//
// Everything has a value that works: an empty configuration serves an embedded
// database on this machine alone. What is set comes, later ones winning, from
//
//  1. [Default],
//  2. a YAML file,
//  3. the environment: CADRE_LISTEN is listen, CADRE_MAIL_HOST is mail.host.
//
// A key or a CADRE_ variable that means nothing is refused, with the likely
// one, since a misspelt safeguard is a missing one. (CADRE_TEST_ is for tests.)
// The annotated sample, docs/cadre.sample.yaml, is tested to say what Default says.
//
// Where a file's path is relative it is taken from the data folder, not from
// wherever the program was started.
package config
