// Package forward sends statements on to other learning record stores.
//
// # Words
//
// A target ([Target]) is another record store: its endpoint, the account by which
// it knows this instance, and a filter. Its position is the place in the order of
// statements up to which it has them. The secret is sealed; nothing shows it.
//
// # What is promised
//
// A target gets every statement that its filter admits, in the order in which
// they were stored, voided ones and those that void them among them, with their
// attachments; from the first one on, also those from before the target was
// named. The position is written after the target's answer: whatever is killed in
// between, the statements are sent again, and the target, which knows their ids,
// keeps them once. Of several instances one at a time sends to a target: it holds
// a lease.
//
// What fails is tried again after a pause that grows, or that the target asks
// for, for ever; meanwhile the others go on, since each is sent to apart. A
// statement that a target refuses for itself (it holds another one under that id,
// or understands the rules otherwise) is written down and passed over. A target
// that refuses a whole page of them is taken to be set up wrongly: nothing is
// passed over, and it is tried again later. What it refuses of one version while it
// takes others behind is passed over once that has lasted.
//
// # Where to
//
// Only hosts that the configuration names, by https, and none that resolves to
// this machine or its network unless the configuration says so. Redirects are not followed: they would carry the account elsewhere.
package forward
