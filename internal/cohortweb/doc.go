// Package cohortweb holds the pages of package cohort: for programme officers the
// cohort, its seat ledger, who is in doubt, nominations, letters and calls; for
// focal points their own agency's part of these, proposals and sheets; for the
// officer herself the page on which she says yes or no.
//
// Besides them: who takes part, their groups and who joins later (taking.go), the
// choice of a smaller cohort from results (selection.go), and decisions that a
// later fact puts in doubt (reviews.go).
package cohortweb
