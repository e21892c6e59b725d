package walcore

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"satascope/sata"
)

// goldenLog is the log of all golden event files, one after the other, which
// has the reference stop at several places, with times and diagnostics.
func goldenLog(t testing.TB) *Log {
	log := NewLog(Limits{})
	m := NewMachine(log)
	files, err := filepath.Glob("../testdata/golden/events/*.jsonl")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		if strings.Contains(file, "lost_") {
			continue // they end the compatible log
		}
		play(t, m, script(t, file))
	}
	play(t, m, script(t, "../testdata/golden/events/lost_unasked_response.jsonl"))
	m.Diagnose(Diagnosis{Code: CodeMissing, Stream: 3, At: At{Offset: 77, Time: 1_700_000_000_000_000_001, Packet: 12}, FromServer: true, Size: 5})
	m.Diagnose(Diagnosis{Code: CodeUnanswered, At: At{Time: NoTime}, About: 1})
	for i := range log.Len() / 2 {
		log.At(2 * i).Time = NoTime
	}
	return log
}

// A jsonRow is what a program reads of NDJSON.
type jsonRow struct {
	Number      int     `json:"number"`
	Time        *string `json:"time"`
	Packet      *uint32 `json:"packet"`
	Stream      uint32  `json:"stream"`
	Kind        string  `json:"kind"`
	Operation   string  `json:"operation"`
	Path        *string `json:"path"`
	Destination *string `json:"destination"`
	FD          *int32  `json:"fd"`
	Result      *string `json:"result"`
	Meaning     *string `json:"meaning"`
	Failed      *bool   `json:"failed"`
	Offset      int64   `json:"offset"`
	Length      uint64  `json:"length"`
	Request     *int    `json:"request"`
	Compatible  bool    `json:"compatible"`
	Text        string  `json:"text"`
}

func readNDJSON(t testing.TB, b []byte) (rows []jsonRow) {
	for _, line := range bytes.SplitAfter(b, []byte("\n")) {
		if len(line) == 0 {
			continue
		}
		require.True(t, bytes.HasSuffix(line, []byte("\n")))
		for _, c := range string(bytes.TrimSuffix(line, []byte("\n"))) {
			if !strconv.IsPrint(c) {
				t.Fatalf("%U in %s", c, line)
			}
		}
		var row jsonRow
		d := json.NewDecoder(bytes.NewReader(line))
		d.DisallowUnknownFields()
		require.NoError(t, d.Decode(&row), "%s", line)
		var all map[string]any
		require.NoError(t, json.Unmarshal(line, &all))
		require.Len(t, all, len(cellNames), "what there is not is null, not left out")
		rows = append(rows, row)
	}
	return rows
}

// readCSV reads rows after the heading. encoding/csv makes \n of \r\n in cells.
func readCSV(t testing.TB, b []byte) [][]string {
	r := csv.NewReader(bytes.NewReader(b))
	r.FieldsPerRecord = len(cellNames)
	all, err := r.ReadAll()
	require.NoError(t, err)
	require.Equal(t, cellNames[:], all[0])
	return all[1:]
}

// Every record of the golden files comes back from both forms as it is.
func TestRowsReadBack(t *testing.T) {
	log := goldenLog(t)
	require.True(t, log.Stopped())
	var out, sheet bytes.Buffer
	next, err := log.WriteNDJSON(&out, Selection{Diagnostic: true}, nil)
	require.NoError(t, err)
	require.Equal(t, log.Len(), next)
	next, err = log.WriteCSV(&sheet, Selection{Diagnostic: true}, nil)
	require.NoError(t, err)
	require.Equal(t, log.Len(), next)
	rows, cells := readNDJSON(t, out.Bytes()), readCSV(t, sheet.Bytes())
	require.Len(t, rows, log.Len())
	require.Len(t, cells, log.Len())

	seen := map[string]int{}
	for i, row := range rows {
		r := log.At(i)
		require.Equal(t, i+1, row.Number)
		require.Equal(t, r.Stream, row.Stream)
		require.Equal(t, r.Length, row.Length)
		require.Equal(t, r.Offset, row.Offset)
		require.Equal(t, log.Compatible(i), row.Compatible)
		require.Equal(t, string(log.AppendText(nil, i)), row.Text)
		if row.Time == nil {
			require.EqualValues(t, NoTime, r.Time)
		} else {
			when, err := time.Parse(time.RFC3339Nano, *row.Time)
			require.NoError(t, err)
			require.Equal(t, r.Time, when.UnixNano())
		}
		if row.Path != nil {
			seen["path"]++
			if r.Kind == Request && row.Operation != "Rename" && r.Line == LineRequest {
				require.Contains(t, row.Text, "path="+*row.Path)
			}
		}
		if row.Destination != nil {
			seen["destination"]++
			require.Contains(t, row.Text, ",dest="+*row.Destination+"}")
		}
		if row.Result != nil {
			seen["result"]++
			code, err := strconv.ParseUint(*row.Result, 0, 32)
			require.NoError(t, err)
			require.Len(t, *row.Result, 10)
			result, ok := r.Result()
			require.True(t, ok)
			require.EqualValues(t, code, result)
			require.Equal(t, r.Failed(), *row.Failed)
			if code == 0 {
				require.Equal(t, "success", *row.Meaning)
			}
		}
		if row.Request != nil {
			seen["request"]++
			require.Equal(t, "request", rows[*row.Request-1].Kind)
		}
		if row.FD != nil {
			seen["fd"]++
			require.Equal(t, r.FD, *row.FD)
		}
		if row.Failed != nil && strings.HasPrefix(row.Operation, "Open") {
			require.Equal(t, *row.Failed, row.FD == nil, "an open that failed gives no descriptor")
		}
		seen[row.Kind]++

		// A cell of CSV is what JSON has, and empty where that has null.
		text := func(s *string) string {
			if s == nil {
				return ""
			}
			return strings.ReplaceAll(*s, "\r\n", "\n")
		}
		want := []string{strconv.Itoa(row.Number), text(row.Time), "", strconv.Itoa(int(row.Stream)), row.Kind, row.Operation,
			text(row.Path), text(row.Destination), "", text(row.Result), text(row.Meaning), "", strconv.FormatInt(row.Offset, 10),
			strconv.FormatUint(row.Length, 10), "", strconv.FormatBool(row.Compatible), text(&row.Text)}
		if row.Packet != nil {
			want[2] = strconv.Itoa(int(*row.Packet))
		}
		if row.FD != nil {
			want[8] = strconv.Itoa(int(*row.FD))
		}
		if row.Failed != nil {
			want[11] = strconv.FormatBool(*row.Failed)
		}
		if row.Request != nil {
			want[14] = strconv.Itoa(*row.Request)
		}
		for _, at := range []int{6, 7} {
			if strings.HasPrefix(cells[i][at], "'") {
				seen["guarded"]++
				cells[i][at] = cells[i][at][1:]
			}
		}
		require.Equal(t, want, cells[i])
	}
	for _, what := range []string{"path", "destination", "result", "request", "fd", "response", "written", "diagnostic"} {
		require.Positive(t, seen[what], what)
	}
}

// The rows of a small conversation, to the letter.
func TestRowsOfAConversation(t *testing.T) {
	log := NewLog(Limits{})
	m := NewMachine(log)
	at := func(n int) At {
		return At{Offset: int64(1000 * n), Time: 1_700_000_000_123_456_000 + int64(n), Packet: uint32(n)}
	}
	send := func(n int, r sata.Request) {
		b := appendRequest(t, &r)
		m.Request(1, Message{Head: b, Length: uint64(len(b)), At: at(n)})
	}
	answer := func(n int, r sata.Response) {
		b, err := sata.AppendResponse(nil, &r)
		require.NoError(t, err)
		m.Response(1, Message{Head: b, Length: uint64(len(b)), At: at(n)})
	}
	m.OpenStream(1)
	send(1, sata.Request{Command: sata.OpenFile, Path: []byte("=1+1,\"a\"\n"), ModeText: []byte("w")})
	answer(2, sata.Response{Shape: sata.ShapeDescriptor, FD: 5})
	send(3, sata.Request{Command: sata.WriteFile, FD: 5, BlockCount: 2, BlockSize: 8})
	m.Written(1, 5, 16, at(4))
	answer(5, sata.Response{Shape: sata.ShapeResult, Result: 16})
	send(6, sata.Request{Command: sata.Rename, Path: []byte("/a"), Destination: []byte("-b\u202e")})
	answer(7, sata.Response{Shape: sata.ShapeResult, Result: sata.NotFound})
	send(8, sata.Request{Command: sata.StatFile, FD: -9})
	m.EndStream(1, At{Offset: 8, Time: NoTime})
	var out bytes.Buffer
	_, err := log.WriteNDJSON(&out, Selection{Diagnostic: true}, nil)
	require.NoError(t, err)
	require.Equal(t, strings.TrimLeft(`
{"number":1,"time":"2023-11-14T22:13:20.123456001Z","packet":1,"stream":1,"kind":"request","operation":"OpenFile","path":"=1+1,\"a\"\n","destination":null,"fd":null,"result":null,"meaning":null,"failed":null,"offset":1000,"length":580,"request":null,"compatible":true,"text":"->OpenFile     {path==1+1,\"a\"\n,mode=w}"}
{"number":2,"time":"2023-11-14T22:13:20.123456002Z","packet":2,"stream":1,"kind":"response","operation":"OpenFile","path":"=1+1,\"a\"\n","destination":null,"fd":5,"result":"0x00000000","meaning":"success","failed":false,"offset":2000,"length":40,"request":1,"compatible":true,"text":"<-       FDRES {response=Success (5)}"}
{"number":3,"time":"2023-11-14T22:13:20.123456003Z","packet":3,"stream":1,"kind":"request","operation":"WriteFile","path":"=1+1,\"a\"\n","destination":null,"fd":5,"result":null,"meaning":null,"failed":null,"offset":3000,"length":72,"request":null,"compatible":true,"text":"->WriteFile    {path==1+1,\"a\"\n,move_to=Nowhere}"}
{"number":4,"time":"2023-11-14T22:13:20.123456004Z","packet":4,"stream":1,"kind":"written","operation":"WriteFile","path":"=1+1,\"a\"\n","destination":null,"fd":5,"result":null,"meaning":null,"failed":null,"offset":4000,"length":16,"request":3,"compatible":true,"text":"  ->16"}
{"number":5,"time":"2023-11-14T22:13:20.123456005Z","packet":5,"stream":1,"kind":"response","operation":"WriteFile","path":"=1+1,\"a\"\n","destination":null,"fd":5,"result":"0x00000010","meaning":"16 bytes written","failed":false,"offset":5000,"length":36,"request":3,"compatible":true,"text":"<-          RC {return_code=Failure (10)}"}
{"number":6,"time":"2023-11-14T22:13:20.123456006Z","packet":6,"stream":1,"kind":"request","operation":"Rename","path":"/a","destination":"-b\u202e","fd":null,"result":null,"meaning":null,"failed":null,"offset":6000,"length":1076,"request":null,"compatible":true,"text":"->Rename       {source=/a,dest=-b\u202e}"}
{"number":7,"time":"2023-11-14T22:13:20.123456007Z","packet":7,"stream":1,"kind":"response","operation":"Rename","path":"/a","destination":null,"fd":null,"result":"0xfff0ffe9","meaning":"path does not exist","failed":true,"offset":7000,"length":36,"request":6,"compatible":true,"text":"<-          RC {return_code=Failure (fff0ffe9)}"}
{"number":8,"time":"2023-11-14T22:13:20.123456008Z","packet":8,"stream":1,"kind":"request","operation":"StatFile","path":null,"destination":null,"fd":-9,"result":null,"meaning":null,"failed":null,"offset":8000,"length":56,"request":null,"compatible":true,"text":"->StatFile     {path=<Unknown; -9>}"}
{"number":9,"time":null,"packet":null,"stream":1,"kind":"diagnostic","operation":"request-unanswered","path":null,"destination":null,"fd":null,"result":null,"meaning":null,"failed":null,"offset":8000,"length":56,"request":8,"compatible":false,"text":"!! request-unanswered {stream=1,from=client,offset=8000,size=56} no response to this request was recorded"}
`, "\n"), out.String())

	out.Reset()
	_, err = log.WriteCSV(&out, Selection{}, nil)
	require.NoError(t, err)
	want := "number,time,packet,stream,kind,operation,path,destination,fd,result,meaning,failed,offset,length,request,compatible,text\n" +
		"1,2023-11-14T22:13:20.123456001Z,1,1,request,OpenFile,\"'=1+1,\"\"a\"\"\n\",,,,,,1000,580,,true,\"->OpenFile     {path==1+1,\"\"a\"\"\n,mode=w}\"\n" +
		"2,2023-11-14T22:13:20.123456002Z,2,1,response,OpenFile,\"'=1+1,\"\"a\"\"\n\",,5,0x00000000,success,false,2000,40,1,true,\"<-       FDRES {response=Success (5)}\"\n"
	require.Equal(t, want, out.String()[:len(want)])
	require.Contains(t, out.String(), ",\"/a\",\"'-b\u202e\",")
	require.Len(t, readCSV(t, out.Bytes()), 8, "diagnostics only on request")
}

// Paths that spreadsheets would calculate: guarded in CSV, as they are in JSON.
func TestFormulas(t *testing.T) {
	for _, c := range []struct {
		path    string
		guarded bool
	}{
		{"=HYPERLINK(\"http://x\",\"y\")", true}, {"+1", true}, {"-1+cmd|' /C calc'!A0", true}, {"@SUM(1)", true}, {"\t=1", true}, {"\r=1", true}, {"\n=1", true},
		{"＝1", true}, {"＋1", true}, {"－1", true}, {"＠1", true}, {"'quoted", true}, {"''", true},
		{"", false}, {"/vol/=1", false}, {" =1", false}, {"é", false}, {"%SLC", false},
	} {
		log := NewLog(Limits{})
		m := NewMachine(log)
		m.OpenStream(1)
		b := appendRequest(t, &sata.Request{Command: sata.Rename, Path: []byte(c.path), Destination: []byte(c.path)})
		m.Request(1, Message{Head: b, Length: uint64(len(b))})
		var out bytes.Buffer
		_, err := log.WriteCSV(&out, Selection{}, nil)
		require.NoError(t, err)
		for _, cell := range readCSV(t, out.Bytes())[0][6:8] {
			require.Equal(t, c.guarded, strings.HasPrefix(cell, "'"), "%q", c.path)
			require.Equal(t, c.path, strings.TrimPrefix(cell, "'"), "%q: one apostrophe off", c.path)
		}
		out.Reset()
		_, err = log.WriteNDJSON(&out, Selection{}, nil)
		require.NoError(t, err)
		require.Equal(t, c.path, *readNDJSON(t, out.Bytes())[0].Path)
	}
}

// All three forms take the same records, also in parts.
func TestRowsTakeTheSelection(t *testing.T) {
	log := goldenLog(t)
	for _, s := range []Selection{
		{}, {Diagnostic: true}, {Compatible: true}, {Compatible: true, Diagnostic: true}, {From: 100}, {From: log.Len()},
		{Compatible: true, From: 7, Keep: func(i int) bool { return i%3 == 0 }}, {Keep: func(int) bool { return false }},
	} {
		var lines, objects, sheet bytes.Buffer
		next, err := log.WriteTo(&lines, s, nil)
		require.NoError(t, err)
		for _, write := range []func() (int, error){
			func() (int, error) { return log.WriteNDJSON(&objects, s, nil) },
			func() (int, error) { return log.WriteCSV(&sheet, s, nil) },
		} {
			n, err := write()
			require.NoError(t, err)
			require.Equal(t, next, n)
		}
		if s.From == 0 {
			require.Len(t, readCSV(t, sheet.Bytes()), bytes.Count(objects.Bytes(), []byte("\n")))
		} else {
			require.False(t, strings.HasPrefix(sheet.String(), "number"), "the heading comes once")
		}
		var texts strings.Builder
		for _, row := range readNDJSON(t, objects.Bytes()) {
			texts.WriteString(row.Text + "\n")
		}
		require.Equal(t, lines.String(), texts.String())
	}
}

// An Unknown message that is longer than what is kept is read again, in pieces;
// its text is whole in all forms.
func TestRowsOfALongMessage(t *testing.T) {
	const size = MaxKept + 200_001
	whole := make([]byte, size)
	for i := range whole {
		whole[i] = byte(i * 7 >> 3)
	}
	log := NewLog(Limits{})
	m := NewMachine(log)
	m.OpenStream(1)
	short := []byte("short")
	m.Request(1, Message{Head: short, Length: 5})
	m.Request(1, Message{Head: whole, Length: size})
	m.Request(1, Message{Head: short, Length: 5})
	asked := 0
	rest := func(dst []byte, r *Record, offset uint64, n int) ([]byte, error) {
		require.Same(t, log.At(1), r)
		require.GreaterOrEqual(t, offset, uint64(MaxKept), "what is kept is not read again")
		require.LessOrEqual(t, n, piece)
		asked += n
		return append(dst, whole[offset:offset+uint64(min(n, 50_000))]...), nil // less than asked for is fine
	}
	line := `->Unknown      {data=b"` + string(appendByteString(nil, whole)) + `"}`
	want := "->Unknown      {data=b\"short\"}\n"

	var lines, objects, sheet bytes.Buffer
	next, err := log.WriteTo(&lines, Selection{}, rest)
	require.NoError(t, err)
	require.Equal(t, 3, next)
	require.True(t, want+line+"\n"+want == lines.String())
	require.GreaterOrEqual(t, asked, size-MaxKept)
	_, err = log.WriteNDJSON(&objects, Selection{}, rest)
	require.NoError(t, err)
	require.True(t, line == readNDJSON(t, objects.Bytes())[1].Text)
	_, err = log.WriteCSV(&sheet, Selection{}, rest)
	require.NoError(t, err)
	require.True(t, line == readCSV(t, sheet.Bytes())[1][16])

	require.True(t, `->Unknown      {data=b"`+string(appendByteString(nil, whole[:MaxKept]))+`…"}` == string(log.AppendText(nil, 1)), "what is kept, for screens")

	// Without its bytes, every line before it is written, and the error says why.
	gone := errors.New("the file is gone")
	for _, c := range []struct {
		rest Rest
		err  error
	}{
		{nil, errNotKept},
		{func(dst []byte, _ *Record, _ uint64, _ int) ([]byte, error) { return dst, nil }, errNotKept},
		{func(dst []byte, _ *Record, _ uint64, _ int) ([]byte, error) { return dst, gone }, gone},
	} {
		lines.Reset()
		next, err := log.WriteTo(&lines, Selection{}, c.rest)
		require.ErrorIs(t, err, c.err)
		require.Equal(t, 1, next)
		require.True(t, strings.HasPrefix(lines.String(), want))
	}
	log = NewLog(Limits{Arena: 8})
	m = NewMachine(log)
	m.OpenStream(1)
	for range 3 {
		m.Request(1, Message{Head: short, Length: 5})
	}
	lines.Reset()
	next, err = log.WriteTo(&lines, Selection{}, nil)
	require.ErrorIs(t, err, errNotKept)
	require.Equal(t, 1, next)
	require.Equal(t, want, lines.String(), "no half line where none had to be handed on")
	objects.Reset()
	next, err = log.WriteNDJSON(&objects, Selection{}, nil)
	require.ErrorIs(t, err, errNotKept)
	require.Equal(t, 1, next)
	require.Len(t, readNDJSON(t, objects.Bytes()), 1)
}

// limitedWriter fails after some bytes.
type limitedWriter struct{ left, calls int }

var errFull = errors.New("disk full")

func (w *limitedWriter) Write(b []byte) (int, error) {
	w.calls++
	if len(b) > w.left {
		n := w.left
		w.left = 0
		return n, errFull
	}
	w.left -= len(b)
	return len(b), nil
}

func TestWriterFails(t *testing.T) {
	log := goldenLog(t)
	for _, write := range []func(*limitedWriter) (int, error){
		func(w *limitedWriter) (int, error) { return log.WriteTo(w, Selection{}, nil) },
		func(w *limitedWriter) (int, error) { return log.WriteNDJSON(w, Selection{}, nil) },
		func(w *limitedWriter) (int, error) { return log.WriteCSV(w, Selection{}, nil) },
	} {
		for _, left := range []int{0, 1, 100_000, 200_000} {
			w := &limitedWriter{left: left}
			_, err := write(w)
			require.ErrorIs(t, err, errFull)
			before := w.calls
			require.LessOrEqual(t, before, 1+left/piece+1, "a writer that failed is not asked again")
		}
	}
}

func TestJSONTexts(t *testing.T) {
	for in, want := range map[string]string{
		"plain": `plain`, "a\"b\\c": `a\"b\\c`, "\x00\x1b\x7f": `\u0000\u001b\u007f`, "\n\r\t": `\n\r\t`, "\u202eé日": `\u202eé日`,
		"\U000E0001😀": `\udb40\udc01😀`, "bad\xffbytes": "bad\uFFFDbytes", "half\xc3": "half\uFFFD", "\u2028\u2029\u00a0\u00ad": `\u2028\u2029\u00a0\u00ad`,
		"</script>": `</script>`, "\ufeff": `\ufeff`,
	} {
		got := string(appendJSON(nil, []byte(in)))
		require.Equal(t, want, got)
		var back string
		require.NoError(t, json.Unmarshal([]byte(`"`+got+`"`), &back))
		require.Equal(t, strings.ToValidUTF8(in, "\uFFFD"), back)
	}
	// Every character alone and as encoding/json reads it.
	for r := rune(0); r <= 0x10FFFF; r++ {
		if r == 0xD800 {
			r = 0xE000
		}
		var back string
		quoted := append(appendJSON([]byte{'"'}, []byte(string(r))), '"')
		if r > 0x3000 && r%97 != 0 { // a sample of the many
			continue
		}
		require.NoError(t, json.Unmarshal(quoted, &back), "%U", r)
		require.Equal(t, string(r), back)
	}
}
