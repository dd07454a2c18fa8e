//go:build !linux

package recode

import "syscall"

// apartHere says that this system cannot start a child without a network.
const apartHere = false

// attributes are how a child is started: in a group of its own. Only Linux can have
// it die with Cadre, or without a network.
func attributes(bool) *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
