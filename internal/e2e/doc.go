// Package e2e breaks the whole of Cadre and looks at what is left.
//
// Its tests open an instance as the program does, in a process of its own or in
// the test's, let several people act at once, and kill what serves them without
// warning: the process, or the database server's. Afterwards every act that was
// answered is there once, every act that was not is there once after it was sent
// again with its operation id, and verification finds nothing. Mail goes to a
// real server, and each letter arrives once.
//
// Packages journal, job and mail are broken by tests of their own; these here
// stand for what people do: services, policy, facts and reminders together.
package e2e
