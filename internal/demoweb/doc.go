// Package demoweb is what the demo shows beside Cadre itself: the bar with its
// clock above every page, and the page on which a visitor chooses whom to be.
//
// Its addresses sign in without a secret and exist under "cadre demo" alone,
// whose database holds invented people only and which serves this machine alone.
package demoweb
