package recode

import (
	"os"
	"syscall"
)

// apartHere says that this system knows how to start a child apart, if it lets us.
const apartHere = true

// nobody is who a child takes itself for, where it is apart.
const nobody = 65534

// attributes are how a child is started: in a group of its own, to die with Cadre,
// and, apart, as nobody, in a network that has nothing in it.
func attributes(apart bool) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if apart {
		a.Cloneflags = syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET | syscall.CLONE_NEWIPC
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: nobody, HostID: os.Getuid(), Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: nobody, HostID: os.Getgid(), Size: 1}}
	}
	return a
}
