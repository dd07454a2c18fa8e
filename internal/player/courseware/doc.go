// Package courseware serves the files of packages made elsewhere, away from the
// application: their code is somebody else's, and hostile until proven otherwise.
//
// # Where it runs
//
// In one of three modes ([Mode]); docs/isolation.md says what each protects.
// [SeparateHost] serves packages on another registrable domain, each under a
// subdomain of its own where the name holds a "*". [SecondListener] serves them
// on another port of the same host. [Strict] serves them on the application's own
// origin, where every answer carries the directive "sandbox", so that whatever
// opens it, and however, its origin is opaque.
//
// # Addresses
//
//	/p/TOKEN/PATH   a file of a package
//	/w/TOKEN        the page that holds the run time and frames the package
//	/r/DIGEST/NAME  the run time itself
//	/x/TOKEN/xapi/  the record store, as far as a unit's session reaches
//	/x/TOKEN/fetch/ where a unit fetches its session's credential, once (by POST)
//	/x/TOKEN/done   the page to which a unit returns
//	/o/TOKEN/       where a launch has a window of its own, and sends its log
//
// In strict mode all of them stand below [Prefix]. A token belongs to one person and
// one version of a package, so browsers keep what they have fetched over all
// launches; it is a right to read those files and nothing else. So is the token of a
// preview, which is longer, for a day or two.
//
// # Invariants
//
// No answer sets a cookie, none depends on one, and nothing is logged. Every
// answer, a refusal too, carries the whole policy: what it may load, whom it may
// talk to (its own files), who may frame it (the application), and that its type
// is what is said. Requests for service workers are refused.
package courseware
