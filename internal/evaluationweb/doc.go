// Package evaluationweb holds the pages of package evaluation: the survey that
// carries no name, what may be quoted, the follow-up at work, and the results
// for those who asked.
package evaluationweb
