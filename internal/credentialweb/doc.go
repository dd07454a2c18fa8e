// Package credentialweb shows the certificates of a cohort: who earned one and
// who has not yet, and why; the preview before they are issued; one as it is
// printed; and her own.
package credentialweb
