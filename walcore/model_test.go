package walcore

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// A model is sections 1, 3 and 4 of docs/protocol.md once more, written as
// plainly as can be: lines are made at once, paths are strings, and neither the
// table of commands nor anything else of sata is used. Tests compare the compatible
// log with it; it has no other use.
type model struct {
	streams map[uint32]*modelStream
	log     strings.Builder
	stopped bool
}

type modelStream struct {
	waiting        []modelRequest
	files, folders map[int32]string
	ffio           bool
}

type modelRequest struct {
	command int // -1 for one that did not parse
	path    string
	fd      int32
	query   uint32
}

func newModel() *model { return &model{streams: map[uint32]*modelStream{}} }

func (m *model) open(id uint32) {
	m.streams[id] = &modelStream{files: map[int32]string{}, folders: map[int32]string{}, ffio: true}
}

func (m *model) print(line string) { m.log.WriteString(line + "\n") }

func (m *model) written(id uint32, fd int32, length uint64) {
	s := m.streams[id]
	if m.stopped || s == nil || len(s.waiting) == 0 || s.waiting[0].command != 0x07 {
		return
	}
	now, ok := s.files[fd]
	if !ok {
		now = "<Unknown; {file_desc}>"
	}
	if s.waiting[0].path == now {
		m.print(fmt.Sprintf("  ->%d", length))
	}
}

func (m *model) request(id uint32, b []byte) {
	if m.stopped = m.stopped || m.streams[id] == nil; m.stopped {
		return
	}
	s := m.streams[id]
	line, w := s.parseRequest(b)
	if line == "" {
		line, w = "Unknown      {data="+modelBytes(b)+"}", modelRequest{command: -1}
	}
	m.print("->" + line)
	s.waiting = append(s.waiting, w)
}

func (m *model) response(id uint32, b []byte) {
	if m.stopped = m.stopped || m.streams[id] == nil || len(m.streams[id].waiting) == 0; m.stopped {
		return
	}
	s := m.streams[id]
	w := s.waiting[0]
	s.waiting = s.waiting[1:]
	line := s.parseResponse(w, b)
	if line == "" {
		line = "    Unknown {data=" + modelBytes(b) + "}"
	}
	m.print("<- " + line)
}

func modelBytes(b []byte) string {
	var s strings.Builder
	s.WriteString("b\"")
	for _, c := range b {
		switch {
		case c == 0:
			s.WriteString(`\0`)
		case c == '\n':
			s.WriteString(`\n`)
		case c == '\r':
			s.WriteString(`\r`)
		case c == '\t':
			s.WriteString(`\t`)
		case c == '"' || c == '\\':
			s.WriteString(`\` + string(rune(c)))
		case c >= 0x20 && c <= 0x7E:
			s.WriteString(string(rune(c)))
		default:
			fmt.Fprintf(&s, `\x%02x`, c)
		}
	}
	return s.String() + "\""
}

// modelText is the text of a field, if it is one.
func modelText(field []byte) (string, bool) {
	s, _, found := bytes.Cut(field, []byte{0})
	return string(s), found && utf8.Valid(s)
}

func be(b []byte) uint32 { return binary.BigEndian.Uint32(b) }

func modelMove(n uint32) string {
	switch n {
	case 0:
		return "Begin"
	case 1:
		return "Nowhere"
	case 2:
		return "End"
	}
	return fmt.Sprintf("Offset(%d)", n)
}

func (s *modelStream) parseRequest(b []byte) (line string, w modelRequest) {
	if len(b) < 0x34 || !bytes.Equal(b[0x18:0x20], make([]byte, 8)) {
		return
	}
	body := b[0x34:]
	w.command = int(be(b[0x30:]))
	lengths := map[int]int{0: 0x204, 1: 0x200, 2: 4, 3: 4, 4: 4, 5: 0x210, 6: 20, 7: 20, 9: 8, 0xB: 4, 0xD: 4, 0xE: 0x200, 0xF: 0x400, 0x10: 0x204, 0x12: 0x208, 0x13: 0x204, 0x14: 0}
	want, known := lengths[w.command]
	if !known || len(body) != want && (w.command != 9 || len(body) < 8 || len(body) > 12) {
		return
	}
	path := func(at int) (ok bool) {
		w.path, ok = modelText(body[at : at+0x200])
		return ok
	}
	opened := func(fd []byte, paths map[int32]string, unknown string) {
		w.fd = int32(be(fd))
		var ok bool
		if w.path, ok = paths[w.fd]; !ok {
			w.path = fmt.Sprintf(unknown, w.fd)
		}
	}
	mode := func() string {
		if be(body[0x200:])&0x222 != 0 {
			return "0666"
		}
		return "0444"
	}
	switch w.command {
	case 0x00, 0x13:
		if path(0) {
			line = fmt.Sprintf("%-13s{path=%s,mode=%s}", map[int]string{0: "CreateFolder", 0x13: "ChangeMode"}[w.command], w.path, mode())
		}
	case 0x01, 0x0E:
		if path(0) {
			line = fmt.Sprintf("%-13s{path=%s}", map[int]string{1: "OpenFolder", 0x0E: "Remove"}[w.command], w.path)
		}
	case 0x02, 0x03, 0x04:
		opened(body, s.folders, "<Unknown; %d>")
		line = fmt.Sprintf("%-13s{path=%s}", []string{"ReadFolder", "RewindFolder", "CloseFolder"}[w.command-2], w.path)
	case 0x05:
		text, ok := modelText(body[:0x10])
		if ok && path(0x10) && (text == "" || len(text) <= 3 && strings.ContainsAny(text[:1], "rwa") && strings.Trim(text[1:], "b+") == "") {
			line = fmt.Sprintf("OpenFile     {path=%s,mode=%s}", w.path, text)
		}
	case 0x06, 0x07:
		opened(body[8:], s.files, "<Unknown %d>")
		to := uint32(1)
		if be(body[16:])&1 != 0 {
			to = be(body[12:])
		}
		if w.command == 0x06 {
			line = fmt.Sprintf("ReadFile     {path=%s,move_to=%s,total_size=%d}", w.path, modelMove(to), be(body)*be(body[4:]))
		} else {
			line = fmt.Sprintf("WriteFile    {path=%s,move_to=%s}", w.path, modelMove(to))
		}
	case 0x09:
		opened(body, s.files, "<Unknown; %d>")
		line = fmt.Sprintf("SetFilePos   {path=%s,move_to=%s}", w.path, modelMove(be(body[4:])))
	case 0x0B, 0x0D:
		opened(body, s.files, "<Unknown; %d>")
		line = fmt.Sprintf("%-13s{path=%s}", map[int]string{0x0B: "StatFile", 0x0D: "CloseFile"}[w.command], w.path)
	case 0x0F:
		to, ok := modelText(body[0x200:])
		if ok && path(0) {
			line = fmt.Sprintf("Rename       {source=%s,dest=%s}", w.path, to)
		}
	case 0x10:
		w.query = be(body[0x200:])
		name, ok := map[uint32]string{0: "Free Space left on Disk", 1: "Size of Folder", 2: "Files in Folder", 5: "Path Details"}[w.query]
		if ok && path(0) {
			line = fmt.Sprintf("QueryPath    {path=%s,query_type=%s}", w.path, name)
		}
	case 0x12:
		if path(0) {
			line = fmt.Sprintf("ChangeOwner  {path=%s,uid=%d,gid=%d}", w.path, be(body[0x200:]), be(body[0x204:]))
		}
	case 0x14:
		line = fmt.Sprintf("Ping         {supports_ffio=%t,supports_csr=%t,first_read_size=%d,first_write_size=%d}", b[0xB]&2 != 0, b[0xB]&4 != 0, be(b[0x20:]), be(b[0x24:]))
	}
	return line, w
}

func (s *modelStream) parseResponse(w modelRequest, b []byte) string {
	if w.command == 0x06 {
		if len(b) < 0x24 || !s.ffio {
			return ""
		}
		sum := uint64(69420)
		for _, c := range b {
			sum = (sum ^ uint64(c)) * 0x100000001b3
		}
		return fmt.Sprintf("       READ {chk=%02x,file_size=%d,packet_len=%d,header=%s}", sum, be(b[0x20:]), len(b), modelBytes(b[:0x20]))
	}
	if len(b) < 0x24 || !bytes.Equal(b[0x18:0x20], make([]byte, 8)) {
		return ""
	}
	body := b[0x20:]
	code := be(body)
	result := "Success"
	if code != 0 {
		result = fmt.Sprintf("Failure (%02x)", code)
	}
	info := func(form string) string {
		length := be(body[4+16:])
		if body[4]&0x80 != 0 {
			length = 0
		}
		return fmt.Sprintf(form, be(body[4:]), be(body[8:]), length)
	}
	rc := "         RC {return_code=" + result + "}"
	switch w.command {
	case 0x00, 0x03, 0x04, 0x07, 0x09, 0x0D, 0x0E, 0x0F, 0x12, 0x13:
		if len(body) != 4 {
			return ""
		}
		if code == 0 && w.command == 0x04 {
			delete(s.folders, w.fd)
		}
		if code == 0 && w.command == 0x0D {
			delete(s.files, w.fd)
		}
		return rc
	case 0x01, 0x05:
		if len(body) != 8 {
			return ""
		}
		if code != 0 {
			return "      FDRES {response=" + result + "}"
		}
		fd := int32(be(body[4:]))
		if w.command == 0x01 {
			s.folders[fd] = w.path
		} else {
			s.files[fd] = w.path
		}
		return fmt.Sprintf("      FDRES {response=Success (%d)}", fd)
	case 0x02:
		if code == 0xFFF0FFFC {
			return "Folder Item {rc=Failure (fff0fffc),next_item=<None>}"
		}
		if code != 0 || len(body) != 0x158 {
			return ""
		}
		name, ok := modelText(body[4+84:])
		if !ok {
			return ""
		}
		return "Folder Item {rc=Success,next_item=" + name + "}"
	case 0x14:
		if code != 0 || len(body) != 8 {
			return ""
		}
		caps := be(body[4:])
		s.ffio = caps == 0xCAFE0003 || caps == 0xCAFE0001
		return fmt.Sprintf("       PONG {ffio_enabled=%t,combined_send_recv_enabled=%t}", s.ffio, caps == 0xCAFE0003 || caps == 0xCAFE0002)
	case 0x0B, 0x10:
		switch {
		case code != 0:
			return rc
		case w.command == 0x0B && len(body) == 88:
			return info("       STAT {file_or_folder_flags=%02x,perms=%02x,file_length=%d}")
		case w.command == 0x0B:
			return ""
		case w.query == 5 && len(body) == 88:
			return info("      QUERY {response=INFO:flags=%02x:perms=%02x:file_length=%d}")
		case w.query == 2 && len(body) >= 8:
			return fmt.Sprintf("      QUERY {response=SM:%d}", be(body[4:]))
		case w.query < 2 && len(body) >= 12:
			return fmt.Sprintf("      QUERY {response=LG:%d}", binary.BigEndian.Uint64(body[4:]))
		}
	}
	return ""
}

// The model itself is held against what the reference wrote.
func TestModelOnGoldenEvents(t *testing.T) {
	files, err := filepath.Glob("../testdata/golden/events/*.jsonl")
	require.NoError(t, err)
	for _, file := range files {
		m := newModel()
		for _, e := range script(t, file) {
			b, err := hex.DecodeString(e.Hex)
			require.NoError(t, err)
			switch e.Op {
			case "open":
				m.open(e.Stream)
			case "close":
				delete(m.streams, e.Stream)
			case "oob":
				m.written(e.Stream, e.FD, e.Len)
			case "req":
				m.request(e.Stream, b)
			case "resp":
				m.response(e.Stream, b)
			}
		}
		want, err := os.ReadFile(strings.TrimSuffix(file, ".jsonl") + ".log")
		require.NoError(t, err)
		require.True(t, string(want) == m.log.String(), file)
	}
}
