// Package programmeweb is where a programme officer brings in the design of her
// programme and sees its versions.
//
// A file is checked whole: everything that is wrong is shown at once, beside its
// line, with the text to mend it in, and nothing is kept while anything is wrong.
// A version that is in never changes; each can be saved as it came, or in the
// normal form. A cohort stays on its version until somebody moves it, on the
// cohort's own page.
package programmeweb
