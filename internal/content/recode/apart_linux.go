package recode

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// attributes are how a child is started: in a group of its own, to die with Cadre,
// and, behind the wall of the network, as nobody in a network that has nothing in it.
func attributes(w walls) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if w.network {
		a.Cloneflags = syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET | syscall.CLONE_NEWIPC
	}
	return a
}

// What the system lets be closed, by the version of Landlock.
const (
	readable = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR | unix.LANDLOCK_ACCESS_FS_EXECUTE
	// ofFiles are the rights that a single file can be given.
	ofFiles = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_TRUNCATE
	// oldest are the rights that the first version knows, up to making a symbolic link.
	oldest = unix.LANDLOCK_ACCESS_FS_MAKE_SYM<<1 - 1
)

// landlock is the version of Landlock that the system has; 0 if it has none.
func landlock() int {
	v, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return 0
	}
	return int(v)
}

// confine closes all files to this thread, and to what it starts, but those that a
// program needs to run and those that it is given. It cannot be undone: the thread
// has to end.
func confine(program string, given []*os.File) (err error) {
	version := landlock()
	if version == 0 {
		return fmt.Errorf("recode: %w: this system has no Landlock", unix.ENOSYS)
	}
	attr := unix.LandlockRulesetAttr{Handled_access_fs: oldest}
	size := unsafe.Sizeof(attr.Handled_access_fs)
	if version >= 2 {
		attr.Handled_access_fs |= unix.LANDLOCK_ACCESS_FS_REFER
	}
	if version >= 3 {
		attr.Handled_access_fs |= unix.LANDLOCK_ACCESS_FS_TRUNCATE
	}
	if version >= 4 {
		attr.Handled_access_net = unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP
		size += unsafe.Sizeof(attr.Handled_access_net)
	}
	if version >= 5 {
		attr.Handled_access_fs |= unix.LANDLOCK_ACCESS_FS_IOCTL_DEV
	}
	if version >= 6 {
		attr.Scoped = unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | unix.LANDLOCK_SCOPE_SIGNAL
		size += unsafe.Sizeof(attr.Scoped)
	}
	rules, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attr)), size, 0)
	if errno != 0 {
		return fmt.Errorf("recode: Landlock: %w", errno)
	}
	defer func() { err = cmp.Or(err, unix.Close(int(rules))) }()
	allow := func(fd int, access uint64) error {
		rule := unix.LandlockPathBeneathAttr{Allowed_access: access & attr.Handled_access_fs, Parent_fd: int32(fd)}
		if _, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, rules, unix.LANDLOCK_RULE_PATH_BENEATH, uintptr(unsafe.Pointer(&rule)), 0, 0, 0); errno != 0 {
			return fmt.Errorf("recode: Landlock: %w", errno)
		}
		return nil
	}
	for path, access := range needed(program) {
		fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
		if err != nil {
			continue // where it is missing it is not needed
		}
		var st unix.Stat_t
		if err = unix.Fstat(fd, &st); err == nil {
			if st.Mode&unix.S_IFMT != unix.S_IFDIR {
				access &= ofFiles
			}
			err = allow(fd, access)
		}
		if err = cmp.Or(err, unix.Close(fd)); err != nil {
			return err
		}
	}
	for _, f := range given {
		if err := allow(int(f.Fd()), unix.LANDLOCK_ACCESS_FS_READ_FILE|unix.LANDLOCK_ACCESS_FS_WRITE_FILE|unix.LANDLOCK_ACCESS_FS_TRUNCATE); err != nil {
			return err
		}
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("recode: %w", err)
	}
	if _, _, errno := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, rules, 0, 0); errno != 0 {
		return fmt.Errorf("recode: Landlock: %w", errno)
	}
	return nil
}

// needed are the places that a program needs to run, and what it may do there.
func needed(program string) map[string]uint64 {
	out := map[string]uint64{
		"/etc/ld.so.cache": readable, "/etc/ld.so.preload": readable, "/sys/devices/system/cpu": readable,
		"/dev/null": readable | unix.LANDLOCK_ACCESS_FS_WRITE_FILE, "/dev/urandom": readable,
	}
	for _, root := range []string{"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store", "/gnu/store"} {
		out[root] = readable
	}
	// A program that lies elsewhere, and its libraries beside it.
	for _, path := range []string{program, resolved(program)} {
		out[path] = readable
		for _, lib := range []string{"lib", "lib64"} {
			out[filepath.Join(filepath.Dir(filepath.Dir(path)), lib)] = readable
		}
	}
	return out
}

// resolved is a path without symbolic links, or the path where that cannot be told.
func resolved(path string) string {
	if to, err := filepath.EvalSymlinks(path); err == nil {
		return to
	}
	return path
}
