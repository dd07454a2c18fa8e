// Package report counts: the indicators of a programme, with what each rests on,
// and what of it may be shown to whom.
//
// # Words
//
// A [Figure] answers one indicator of the blueprint, or one of the measures that
// every programme has. It is made of [Row]s, one for each person that counts, and
// broken down by sex and agency; those of the first seats stand apart from those
// who joined later. A figure that nobody knows says so: it is never guessed.
//
// A figure is protected if it tells of scores, reasons, needs or coaching, or if
// the blueprint says so. An [Audience] has a floor: what rests on fewer people is
// withheld, and so is whatever else the withheld could be computed from
// ([Protect]). A small difference that could be derived (22 of 25: three who did
// not) is shown outside only if an officer signs for it. Output figures are not
// protected, but for one thing: where few joined later, the lines that tell them
// from the first seats are withheld, as such a line is one person's attendance.
//
// A [Release] is the figures as an officer signed them, frozen, for partners and
// for outside. Observers and focal points see releases and nothing else; they
// can walk from a figure to the sheets and letters behind it, and to nobody's
// name.
//
// # Reading what others own
//
// This package alone joins across capabilities, and only by views. Each is a
// promise of its owner about columns that stay:
//
//	pathway_counted_facts       the ledger of a cohort
//	cohort_counted_people       who was proposed or takes part, with what figures are broken down by
//	cohort_counted_letters      number, date and kind of letters, and how many officers each covers
//	workshop_counted_sheets     the half-days: when, closed or not, how many sheets are filed
//	coaching_counted_work       goals set and met, needs written down, by person
//	evaluation_counted_answers  answers of surveys, without anybody
//	evaluation_counted_use      use at work, by person
//
// # Invariants
//
//   - A number that is withheld cannot be computed from what is shown beside it.
//   - Unique persons are never mixed with participations.
//   - Figures rest on the facts known at their moment; the same facts give the
//     same figures.
package report
