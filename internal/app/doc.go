// Package app puts Cadre together: it is the one place that knows every package.
// Each command of cmd/cadre calls one function here.
package app
