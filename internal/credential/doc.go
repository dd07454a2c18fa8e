// Package credential issues, shows and revokes the certificates of a programme.
//
// # Words
//
//   - A [Certificate] is one that a person issued to one participant: a number,
//     the day on which it was earned, until when it is valid. It is a decision: a
//     fact (certificate.issued) keeps what it rested on.
//   - Earned is what the blueprint's rule says of her facts now
//     ([pathway.CertificateStanding]); nothing is issued by a machine.
//   - Printed names are hers: as she confirmed them, or as the letter has them,
//     and then it is said that she has not confirmed them.
//   - Revoked is another decision, with its cause. The certificate stays in the
//     list, and its number is never given again.
//
// # The service
//
//	Standing  who has earned it, who has not and why, which were issued
//	Preview   what would be printed, before it is issued
//	Issue     for several at once
//	Revoke    with a cause
//	Show      one, as it is printed
//	Mine      her own
package credential
