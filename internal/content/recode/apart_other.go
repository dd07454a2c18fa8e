//go:build !linux

package recode

import (
	"errors"
	"os"
	"syscall"
)

// attributes are how a child is started: in a group of its own. Only Linux can have
// it die with Cadre, or without a network.
func attributes(walls) *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// landlock is 0: only Linux has it.
func landlock() int { return 0 }

// confine fails: only Linux can close files to a child.
func confine(string, []*os.File) error {
	return errors.New("recode: this system cannot close files to a child")
}
