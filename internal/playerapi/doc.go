// Package playerapi lets other programs launch packages for their people, see how
// far these have come, and settle what has to be settled.
package playerapi
