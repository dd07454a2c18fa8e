package lrs

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"cadre/internal/lrs/statement"
)

// Attachments go through memory; none that is no signature stays there.
func TestAttachmentsTakeNoMemory(t *testing.T) {
	const parts, most = 40, 16 << 20
	content := strings.Repeat("x", 3<<20)
	var list []string
	var read []io.Reader
	for i := range parts {
		first := fmt.Sprintf("%d ", i)
		sum := sha256.New()
		_, _ = io.WriteString(sum, first) // a hash never fails
		_, _ = io.WriteString(sum, content)
		sha := hex.EncodeToString(sum.Sum(nil))
		list = append(list, fmt.Sprintf(`{"usageType":"urn:u:1","display":{"en":"x"},"contentType":"text/plain","length":%d,"sha2":%q}`, len(first)+len(content), sha))
		read = append(read, strings.NewReader("\r\n--b\r\nContent-Transfer-Encoding: binary\r\n"+headerHash+": "+sha+"\r\n\r\n"+first), strings.NewReader(content))
	}
	text := "--b\r\nContent-Type: application/json\r\n\r\n" +
		`{"actor":{"mbox":"mailto:a@example.org"},"verb":{"id":"urn:v:1"},"object":{"id":"urn:a:1"},"attachments":[` + strings.Join(list, ",") + `]}`
	all := io.MultiReader(append([]io.Reader{strings.NewReader(text)}, append(read, strings.NewReader("\r\n--b--\r\n"))...)...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	in, err := readBody(nil, "multipart/mixed; boundary=b", statement.V2, all)
	if err == nil {
		err = in.claim()
	}
	runtime.ReadMemStats(&after)
	if err != nil || len(in.files) != parts {
		t.Fatalf("%v", err)
	}
	if took := after.TotalAlloc - before.TotalAlloc; took > most {
		t.Errorf("%d attachments of %d bytes took %d bytes of memory", parts, len(content), took)
	}
}
