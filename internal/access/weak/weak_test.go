package weak

import (
	"fmt"
	"testing"
)

func TestCommonPasswordsAreKnown(t *testing.T) {
	for _, s := range []string{"123456", "Password", "password123", "QWERTY", "qwertyuiop", "iloveyou", "pass word", "123456789012345", "passwordpassword", ""} {
		if !Common(s) {
			t.Errorf("%q is taken for uncommon", s)
		}
	}
}

func TestOthersAreRarelyRefused(t *testing.T) {
	wrong := 0
	const n = 20000
	for i := range n {
		if Common(fmt.Sprintf("lamp river almond %dx quilt heron", i)) {
			wrong++
		}
	}
	if wrong > n/500 {
		t.Errorf("%d of %d uncommon passphrases are refused", wrong, n)
	}
}
