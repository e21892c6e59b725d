package sata

import (
	"bufio"
	"bytes"
	hexadecimal "encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// goldenMessage is a message of an event file; a response knows the shape that
// its request asks for.
type goldenMessage struct {
	bytes    []byte
	response bool
	shape    Shape
}

// goldenMessages are all messages of the golden event files. Responses find
// their request as the reference does, by their order in the stream.
func goldenMessages(t testing.TB) (all []goldenMessage) {
	files, err := filepath.Glob("../testdata/golden/events/*.jsonl")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		f, err := os.Open(name)
		require.NoError(t, err)
		waiting := map[int][]Shape{}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 16<<20)
		for lines.Scan() {
			var e struct {
				Op     string
				Stream int
				Hex    string
			}
			require.NoError(t, json.Unmarshal(lines.Bytes(), &e))
			b, err := hexadecimal.DecodeString(e.Hex)
			require.NoError(t, err)
			switch e.Op {
			case "open", "close":
				delete(waiting, e.Stream)
			case "req":
				var r Request
				shape := ShapeUnknown
				if ParseRequest(b, uint64(len(b)), &r) == nil {
					shape = r.ResponseShape()
				}
				waiting[e.Stream] = append(waiting[e.Stream], shape)
				all = append(all, goldenMessage{bytes: b})
			case "resp":
				m := goldenMessage{bytes: b, response: true}
				if w := waiting[e.Stream]; len(w) > 0 {
					m.shape, waiting[e.Stream] = w[0], w[1:]
				}
				all = append(all, m)
			}
		}
		require.NoError(t, lines.Err())
		require.NoError(t, f.Close())
	}
	return all
}

// blank puts zeros over what parsing ignores: the header's length, constants,
// the remains behind the NUL of texts, and what follows the fields.
func blank(b []byte, fields []Field) []byte {
	b = append([]byte{}, b...)
	copy(b, wire(0))
	end := 0
	for _, f := range fields {
		end = f.End()
		if f.Kind == Constant {
			clear(b[f.Offset:f.End()])
		}
		if f.Kind != Text && f.Kind != ModeText {
			continue
		}
		ended := false
		for i := f.Offset; i < f.End(); i++ {
			ended = ended || b[i] == 0
			if ended {
				b[i] = 0
			}
		}
	}
	return b[:end]
}

// Every golden message that parses is appended again as it was, up to what
// parsing ignores.
func TestGoldenMessagesAgain(t *testing.T) {
	requests, responses, refused, toTheByte := 0, 0, 0, 0
	for _, m := range goldenMessages(t) {
		if !m.response {
			var r Request
			if ParseRequest(m.bytes, uint64(len(m.bytes)), &r) != nil {
				refused++
				continue
			}
			requests++
			again, err := AppendRequest(nil, &r)
			require.NoError(t, err)
			fields := append(append(append([]Field{}, HeaderFields...), CommandInfoFields...), r.Command.Spec().Fields...)
			require.Equal(t, blank(m.bytes, fields), blank(again, fields), "%v", r.Command)
			if bytes.Equal(m.bytes, again) {
				toTheByte++
			}
			require.LessOrEqual(t, len(m.bytes)-len(again), r.Command.Spec().Slack)
			continue
		}
		var r Response
		if ParseResponse(m.bytes, uint64(len(m.bytes)), m.shape, &r) != nil {
			refused++
			continue
		}
		responses++
		again, err := AppendResponse(nil, &r)
		require.NoError(t, err)
		spec := m.shape.Spec()
		if bytes.Equal(m.bytes, again) {
			toTheByte++
		}
		fields := append(append([]Field{}, HeaderFields...), spec.Fields...)
		if r.Result != Success && spec.Short > 0 {
			fields = fields[:len(HeaderFields)+1]
		}
		require.Equal(t, blank(m.bytes, fields), blank(again, fields), "%v", m.shape)
	}
	t.Logf("%d requests and %d responses again, %d of them to the byte; %d don't parse", requests, responses, toTheByte, refused)
	require.Greater(t, toTheByte, 2000)
	require.Greater(t, requests, 1000)
	require.Greater(t, responses, 1000)
	require.Greater(t, refused, 100)
}

// The answers to ReadFile in the golden files: each has a form.
func TestGoldenReadForms(t *testing.T) {
	forms := map[ReadForm]int{}
	for _, m := range goldenMessages(t) {
		if m.response && m.shape == ShapeRead && len(m.bytes) >= ReadHeadSize {
			form, enough := FormOf(m.bytes)
			require.True(t, enough)
			forms[form]++
		}
	}
	require.Positive(t, forms[ReadFirst])
	require.Positive(t, forms[ReadFailed])
	t.Log(forms)
}
