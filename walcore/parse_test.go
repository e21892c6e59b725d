package walcore

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/sata"
)

// parseLog opens a log again, its lines grouped as section 6 says.
func parseLog(t testing.TB, text string, limits Limits) *Log {
	t.Helper()
	log := NewLog(limits)
	p := NewParser(log)
	lines := strings.SplitAfter(text, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	for i := 0; i < len(lines); {
		entry := lines[i]
		for i++; i < len(lines) && !startsEntry(lines[i]); i++ {
			entry += lines[i]
		}
		whole := strings.TrimSuffix(entry, "\n")
		index, data := p.Entry([]byte(whole), At{Time: NoTime, Packet: uint32(i)})
		if index == None {
			require.NotEmpty(t, log.Full())
			break
		}
		if whole == entry {
			p.EndsInside()
		}
		if r := log.At(int(index)); r.Line == LineUnknown && r.Flags&FlagNoData == 0 {
			require.GreaterOrEqual(t, data, len(unknownRequest))
			require.Equal(t, string(appendByteString(nil, log.Kept(r))), whole[data:data+SkipBytes([]byte(whole[data:]), int(r.B))])
		}
	}
	return log
}

func startsEntry(line string) bool {
	for _, start := range []string{"->", "<-", writtenStart, diagnosticStart} {
		if strings.HasPrefix(line, start) {
			return true
		}
	}
	return false
}

func requireSame(t testing.TB, want string, log *Log) {
	t.Helper()
	var b bytes.Buffer
	_, err := log.WriteTo(&b, Selection{Diagnostic: true}, nil)
	require.NoError(t, err)
	require.Equal(t, want, b.String())
}

// Every log of the reference is rows again that say what its own records said,
// and the same log when it is written.
func TestGoldenLogsAgain(t *testing.T) {
	logs, err := filepath.Glob("../testdata/golden/*/*.log")
	require.NoError(t, err)
	require.Greater(t, len(logs), 50)
	for _, name := range logs {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		log := parseLog(t, string(text), Limits{})
		var b bytes.Buffer
		_, err = log.WriteTo(&b, Selection{Compatible: true}, nil)
		require.NoError(t, err)
		require.True(t, bytes.Equal(text, b.Bytes()), name)
		if !strings.HasSuffix(name, "paths.log") {
			require.Empty(t, log.kept, "%s: every line is made from its record", name)
		}
		for i := range log.Len() {
			r := log.At(i)
			require.NotEqual(t, Diagnostic, r.Kind)
			require.EqualValues(t, NoTime, r.Time)
			require.Equal(t, r.Line != LineUnknown, r.Flags&FlagNoData != 0, "%s: only Unknown messages have their bytes", name)
		}
	}
}

// A conversation of one stream, opened as a log, has the same records as far as
// a log tells of them.
func TestLogSaysWhatItsRecordsSaid(t *testing.T) {
	for _, name := range []string{"boot", "pipelined", "malformed", "out_of_band", "soup"} {
		t.Run(name, func(t *testing.T) {
			was := NewLog(Limits{})
			m := NewMachine(was)
			streams := map[uint32]bool{}
			for _, e := range script(t, "../testdata/golden/events/"+name+".jsonl") {
				streams[e.Stream] = true
				play(t, m, []scriptEvent{e})
			}
			var b bytes.Buffer
			_, err := was.WriteTo(&b, Selection{}, nil)
			require.NoError(t, err)
			is := parseLog(t, b.String(), Limits{})
			require.Equal(t, was.Len(), is.Len())
			for i := range was.Len() {
				a, b := was.At(i), is.At(i)
				require.Equal(t, a.Kind, b.Kind)
				require.Equal(t, a.Line, b.Line)
				if len(streams) > 1 {
					continue // which response is whose can't always be told
				}
				require.Equal(t, a.Partner, b.Partner, "%d %s", i, was.AppendText(nil, i))
				require.Equal(t, a.Op, b.Op, "%d %s", i, was.AppendText(nil, i))
				require.Equal(t, a.Failed(), b.Failed())
				code, ok := a.Result()
				code2, ok2 := b.Result()
				require.Equal(t, ok, ok2)
				require.Equal(t, code, code2)
				if b.Length != 0 {
					require.Equal(t, a.Length, b.Length, "%d %s", i, was.AppendText(nil, i))
				}
				path, ok := was.path(a)
				path2, ok2 := is.path(b)
				require.Equal(t, ok, ok2)
				require.Equal(t, path, path2)
				if fd, ok := descriptor(b); ok {
					require.Equal(t, a.FD, fd, "%d %s", i, was.AppendText(nil, i))
				}
			}
		})
	}
}

// Lines that are made of their records, and what the records say.
func TestParseLines(t *testing.T) {
	head := `header=b"\xc4\0$\x02\xe8\xef$\x02` + strings.Repeat(`\0`, 24) + `"`
	failed := `header=b"\xc4\0\xfe\0 ` + strings.Repeat(`\0`, 27) + `"`
	for line, want := range map[string]Record{
		"->CreateFolder {path=/a,b=c},mode=0666}":                                                     {Kind: Request, Line: LineRequest, Op: uint8(sata.CreateFolder), Flags: FlagOpen, B: 0x666, Length: 0x34 + 0x204},
		"->ReadFolder   {path=<Unknown; -1>}":                                                         {Kind: Request, Line: LineRequest, Op: uint8(sata.ReadFolder), FD: -1, Length: 0x38},
		"->ReadFolder   {path=<Unknown 1>}":                                                           {Kind: Request, Line: LineRequest, Op: uint8(sata.ReadFolder), Flags: FlagOpen | FlagNoDescriptor, FD: -1, Length: 0x38},
		"->OpenFile     {path=/a\nb,mode=r,mode=}":                                                    {Kind: Request, Line: LineRequest, Op: uint8(sata.OpenFile), Flags: FlagOpen, Length: 0x34 + 0x210},
		"->ReadFile     {path=<Unknown 7>,move_to=Offset(9),total_size=12}":                           {Kind: Request, Line: LineRequest, Op: uint8(sata.ReadFile), FD: 7, B: 12, C: 1, D: 9, Length: 0x34 + 20},
		"->WriteFile    {path=<Unknown 7>,move_to=End}":                                               {Kind: Request, Line: LineRequest, Op: uint8(sata.WriteFile), FD: 7, D: 2, Length: 0x34 + 20},
		"->SetFilePos   {path=<Unknown; 7>,move_to=Nowhere}":                                          {Kind: Request, Line: LineRequest, Op: uint8(sata.SetFilePosition), FD: 7, D: 1},
		"->Rename       {source=/a,dest=/b,dest=/c}":                                                  {Kind: Request, Line: LineRequest, Op: uint8(sata.Rename), Flags: FlagOpen, Length: 0x34 + 0x400},
		"->QueryPath    {path=,query_type=Files in Folder}":                                           {Kind: Request, Line: LineRequest, Op: uint8(sata.QueryPath), Flags: FlagOpen, B: 2, Length: 0x34 + 0x204},
		"->ChangeOwner  {path=/a,uid=4294967295,gid=0}":                                               {Kind: Request, Line: LineRequest, Op: uint8(sata.ChangeOwner), Flags: FlagOpen, B: 0xFFFFFFFF, Length: 0x34 + 0x208},
		"->Ping         {supports_ffio=true,supports_csr=false,first_read_size=3,first_write_size=4}": {Kind: Request, Line: LineRequest, Op: uint8(sata.Ping), Flags: FlagFFIO, A: 3<<32 | 4, Length: 0x34},
		"<-          RC {return_code=Success}":                                                        {Kind: Response, Line: LineResult, Op: OpUnknown},
		"<-          RC {return_code=Failure (0b)}":                                                   {Kind: Response, Line: LineResult, Op: OpUnknown, B: 0xB},
		"<-       FDRES {response=Success (-2147483648)}":                                             {Kind: Response, Line: LineDescriptor, Op: OpUnknown, FD: -1 << 31, Length: 0x28},
		"<-       FDRES {response=Failure (fff0ffe9)}":                                                {Kind: Response, Line: LineDescriptor, Op: OpUnknown, B: 0xFFF0FFE9, FD: -1, Length: 0x28},
		"<- Folder Item {rc=Success,next_item=a}b}":                                                   {Kind: Response, Line: LineItem, Op: uint8(sata.ReadFolder), Length: 0x178},
		"<- Folder Item {rc=Failure (fff0fffc),next_item=<None>}":                                     {Kind: Response, Line: LineItem, Op: uint8(sata.ReadFolder), B: 0xFFF0FFFC},
		"<-        READ {chk=0f,file_size=5,packet_len=41," + head + "}":                              {Kind: Response, Line: LineRead, Op: uint8(sata.ReadFile), A: 0xF, B: 5, Length: 41},
		"<-        READ {chk=8877665544332211,file_size=4293984224,packet_len=36," + failed + "}":     {Kind: Response, Line: LineRead, Op: uint8(sata.ReadFile), A: 0x8877665544332211, B: 0xFFF0FFE0, Length: 36},
		"<-        STAT {file_or_folder_flags=2c000000,perms=666,file_length=7}":                      {Kind: Response, Line: LineStat, Op: uint8(sata.StatFile), B: 0x2C000000, C: 0x666, D: 7, Length: 0x78},
		"<-       QUERY {response=INFO:flags=ac000000:perms=444:file_length=0}":                       {Kind: Response, Line: LineInfo, Op: uint8(sata.QueryPath), B: 0xAC000000, C: 0x444, Length: 0x78},
		"<-       QUERY {response=LG:18446744073709551615}":                                           {Kind: Response, Line: LineSpace, Op: uint8(sata.QueryPath), A: 1<<64 - 1},
		"<-       QUERY {response=SM:12}":                                                             {Kind: Response, Line: LineCount, Op: uint8(sata.QueryPath), B: 12},
		"<-        PONG {ffio_enabled=false,combined_send_recv_enabled=true}":                         {Kind: Response, Line: LinePong, Op: uint8(sata.Ping), Flags: FlagCSR, Length: 0x28},
		"  ->4096": {Kind: Written, Line: LineWritten, Op: uint8(sata.WriteFile), Flags: FlagNoDescriptor, A: 4096, FD: -1, Length: 4096},
		`->Unknown      {data=b"\0a\"\\\n\r\t\x7f"}`: {Kind: Request, Line: LineUnknown, Op: OpUnknown, B: 8, Length: 8},
		`<-     Unknown {data=b""}`:                  {Kind: Response, Line: LineUnknown, Op: OpUnknown},
	} {
		log := parseLog(t, line+"\n", Limits{})
		require.Equal(t, 1, log.Len(), line)
		require.Empty(t, log.kept, "%s: its text is kept beside its record", line)
		r := *log.At(0)
		want.Time, want.Packet, want.Partner, want.Path, want.Path2 = NoTime, r.Packet, None, r.Path, r.Path2
		want.Flags |= flagCompatible
		if want.Line != LineUnknown {
			want.Flags |= FlagNoData
		}
		require.Equal(t, want, r, line)
		requireSame(t, line+"\n", log)
		require.Equal(t, line, string(log.AppendText(nil, 0)))
	}
	log := parseLog(t, "->CreateFolder {path=/a,b=c},mode=0666}\n->Rename       {source=/a,dest=/b,dest=/c}\n<- Folder Item {rc=Success,next_item=a}b}\n->OpenFile     {path=,mode=r+}\n", Limits{})
	for i, want := range [][2]string{{"/a,b=c}", ""}, {"/a,dest=/b", "/c"}, {"", "a}b"}, {"", "r+"}} {
		require.Equal(t, want, [2]string{log.Text(log.At(i).Path), log.Text(log.At(i).Path2)})
	}
}

// Lines that no record makes are kept as they are, with what can be told of them.
func TestParseOtherLines(t *testing.T) {
	for line, want := range map[string]Record{
		"->Ping {supports_ffio=true}":                {Kind: Request, Op: OpUnknown},
		"->Pong         {a=b}":                       {Kind: Request, Op: OpUnknown},
		"->":                                         {Kind: Request, Op: OpUnknown},
		"->OpenFile     {path=/a":                    {Kind: Request, Op: OpUnknown},
		"->CreateFolder {path=/a,mode=0777}":         {Kind: Request, Op: OpUnknown},
		"->SetFilePos   {path=/a,move_to=Offset(x)}": {Kind: Request, Op: OpUnknown},
		"->SetFilePos   {path=<Unknown; 1>,move_to=Offset(1)}":                   {Kind: Request, Line: LineRequest, Op: uint8(sata.SetFilePosition), FD: 1, D: 1},
		"->ReadFile     {path=<Unknown 1>,move_to=Begin,total_size=007}":         {Kind: Request, Line: LineRequest, Op: uint8(sata.ReadFile), FD: 1, B: 7, C: 1, Length: 72},
		"->QueryPath    {path=/a,query_type=}":                                   {Kind: Request, Op: OpUnknown},
		`->Unknown      {data=b"\x41"}`:                                          {Kind: Request, Op: OpUnknown},
		`->Unknown      {data=b"\xAB"}`:                                          {Kind: Request, Op: OpUnknown},
		`->Unknown      {data=b"\q"}`:                                            {Kind: Request, Op: OpUnknown},
		`->Unknown      {data=b"`:                                                {Kind: Request, Op: OpUnknown},
		`<-     Unknown {data=b"` + "\x7f\"}":                                    {Kind: Response, Op: OpUnknown},
		"<-          RC {return_code=}":                                          {Kind: Response, Op: OpUnknown},
		"<-          RC {return_code=Failure (00000001)}":                        {Kind: Response, Line: LineResult, Op: OpUnknown, B: 1},
		"<-          RC {return_code=Failure (0)}":                               {Kind: Response, Line: LineResult, Op: OpUnknown},
		"<- Folder Item {rc=Failure (05),next_item=a}":                           {Kind: Response, Line: LineItem, Op: uint8(sata.ReadFolder), B: 5},
		"<-       FDRES {response=Success (99999999999)}":                        {Kind: Response, Op: OpUnknown},
		"<-       FDRES {response=Success}":                                      {Kind: Response, Op: OpUnknown},
		`<-        READ {chk=00,file_size=1,packet_len=1,header=b""}`:            {Kind: Response, Op: OpUnknown},
		"<-        STAT {file_or_folder_flags=ac000000,perms=666,file_length=7}": {Kind: Response, Line: LineStat, Op: uint8(sata.StatFile), B: 0xAC000000, C: 0x666, D: 7, Length: 0x78},
		"<- ":                                  {Kind: Response, Op: OpUnknown},
		"  ->":                                 {Kind: Written, Line: LineWritten, Op: uint8(sata.WriteFile), FD: -1, Flags: FlagNoDescriptor},
		"  ->1x":                               {Kind: Written, Line: LineWritten, Op: uint8(sata.WriteFile), FD: -1, Flags: FlagNoDescriptor},
		"  ->01":                               {Kind: Written, Line: LineWritten, Op: uint8(sata.WriteFile), FD: -1, Flags: FlagNoDescriptor, A: 1, Length: 1},
		"->CloseFile    {path=<Unknown; 3>}\r": {Kind: Request, Line: LineRequest, Op: uint8(sata.CloseFile), FD: 3, Length: 56},
		"->CloseFile    {path=<Unknown; 3>}\n": {Kind: Request, Line: LineRequest, Op: uint8(sata.CloseFile), FD: 3, Length: 56},
		"->CloseFile    {path=<Unknown; 3>}\r\n\r\nwords\r":                                                                   {Kind: Request, Line: LineRequest, Op: uint8(sata.CloseFile), FD: 3, Length: 56},
		"\xEF\xBB\xBF->CloseFile    {path=<Unknown; 3>}":                                                                      {Kind: Request, Line: LineRequest, Op: uint8(sata.CloseFile), FD: 3, Length: 56},
		"->CloseFile    {path=<Unknown; 03>}":                                                                                 {Kind: Request, Line: LineRequest, Op: uint8(sata.CloseFile), FD: 3, Length: 56},
		"!! odd-thing {stream=1,from=client,offset=2,size=3} a sentence":                                                      {Kind: Diagnostic, Line: LineDiagnostic, Op: uint8(CodeLogLine)},
		"!! no-header {stream=1,from=client,offset=2,size=3} another sentence":                                                {Kind: Diagnostic, Line: LineDiagnostic, Op: uint8(CodeLogLine)},
		"!! log-line {stream=1,from=client,offset=2,size=3} a diagnostic that is not known here, of a log that was opened: x": {Kind: Diagnostic, Line: LineDiagnostic, Op: uint8(CodeLogLine)},
		"!! no-header {stream=1,from=client,offset=2,size=3} ":                                                                {Kind: Diagnostic, Line: LineDiagnostic, Op: uint8(CodeLogLine)},
		"!! ": {Kind: Diagnostic, Line: LineDiagnostic, Op: uint8(CodeLogLine)},
	} {
		for _, end := range []string{"\n", ""} {
			log := parseLog(t, line+end, Limits{})
			require.Equal(t, 1, log.Len(), line)
			r := *log.At(0)
			want := want
			want.Time, want.Packet, want.Partner, want.Path, want.Path2 = NoTime, r.Packet, None, r.Path, r.Path2
			want.Flags |= FlagNoData
			if want.Kind != Diagnostic {
				want.Flags |= flagCompatible
			}
			require.Equal(t, want, r, line)
			if end == "" && strings.HasSuffix(line, "\n") {
				continue
			}
			requireSame(t, line+end, log)
			require.Equal(t, line, string(log.AppendText(nil, 0)))
			shown, cut := log.AppendVisibleText(nil, 0, 1000)
			require.False(t, cut)
			require.NotContains(t, string(shown), "\n")
			if r.Kind != Diagnostic {
				require.Equal(t, string(AppendVisible(nil, line)), string(shown))
			} else {
				require.Contains(t, string(shown), line)
			}
			require.Empty(t, log.Kept(&r))
			// Programs read it too.
			var b bytes.Buffer
			_, err := log.WriteNDJSON(&b, Selection{Diagnostic: true}, nil)
			require.NoError(t, err)
		}
	}
}

// Our own diagnostics are read with their numbers, whatever they are.
func TestParseDiagnostics(t *testing.T) {
	was := NewLog(Limits{})
	m := NewMachine(was)
	for code := range codes {
		for i := range 4 {
			m.Diagnose(Diagnosis{Code: code, Stream: uint32(i), At: At{Offset: int64(i) - 1, Packet: uint32(i)}, FromServer: i%2 == 1, Size: 5 + uint64(i), A: 1 << (16 * i), B: uint32(i % 2)})
		}
	}
	var b bytes.Buffer
	_, err := was.WriteTo(&b, Selection{Diagnostic: true}, nil)
	require.NoError(t, err)
	is := parseLog(t, b.String(), Limits{})
	requireSame(t, b.String(), is)
	require.Equal(t, was.Len(), is.Len())
	require.Equal(t, was.Len(), is.Diagnostics())
	for i := range was.Len() {
		a, b := was.At(i), is.At(i)
		require.Equal(t, a.Op, b.Op)
		require.Zero(t, b.Stream, "a stream that is not there")
		if Code(a.Op) == CodeLogLine {
			continue
		}
		require.Equal(t, a.Length, b.Length)
		require.Equal(t, a.FromServer(), b.FromServer())
		require.Equal(t, string(was.AppendSentence(nil, a)), string(is.AppendSentence(nil, b)))
	}
	require.False(t, was.Stopped())
	require.Equal(t, 0, is.CompatibleEnd(), "the reference would have stopped at the first one")
}

// A diagnostic that an earlier version wrote with another sentence counts as what
// it is, and its sentence stays.
func TestParseOlderDiagnostics(t *testing.T) {
	const sentence = "the response to this request is missing from the capture, wholly or in part"
	for _, stream := range []string{"0", "1"} {
		text := "->CloseFile    {path=<Unknown; 3>}\n!! answer-lost {stream=" + stream + ",from=server,packet=7,offset=9,size=4} " + sentence + "\n"
		log := parseLog(t, text, Limits{})
		require.Equal(t, []int{-1, 0}, pairs(t, log))
		r := log.At(1)
		require.Equal(t, CodeAnswerLost, Code(r.Op))
		require.EqualValues(t, 4, r.Length)
		require.True(t, r.FromServer())
		require.Equal(t, sentence, string(log.AppendSentence(nil, r)))
		shown, _ := log.AppendVisibleText(nil, 1, 1000)
		require.Equal(t, sentence, string(shown))
		requireSame(t, text, log)
	}
}

// pairs opens a log and says of each line which one it belongs to.
func pairs(t *testing.T, log *Log) (all []int) {
	for i := range log.Len() {
		r := log.At(i)
		if r.Partner == None {
			all = append(all, -1)
			continue
		}
		all = append(all, int(r.Partner))
		if r.Kind == Response {
			require.EqualValues(t, i, log.At(int(r.Partner)).Partner, "they know of each other")
		}
	}
	return all
}

// A response belongs to the oldest request that it can answer.
func TestLogPairs(t *testing.T) {
	log := parseLog(t, `->OpenFile     {path=/a,mode=r}
->OpenFolder   {path=/f}
<-       FDRES {response=Success (4)}
<-       FDRES {response=Success (4)}
->StatFile     {path=/a}
->QueryPath    {path=/a,query_type=Path Details}
->ReadFile     {path=/a,move_to=Begin,total_size=5}
->WriteFile    {path=/a,move_to=Begin}
  ->5
<-       QUERY {response=INFO:flags=2c000000:perms=666:file_length=0}
<-          RC {return_code=Failure (05)}
<-          RC {return_code=Failure (fff0ffe0)}
->ReadFolder   {path=/f}
<- Folder Item {rc=Success,next_item=x}
->CloseFile    {path=/a}
->CloseFolder  {path=/f}
<-          RC {return_code=Success}
<-          RC {return_code=Success}
->StatFile     {path=/a}
!! answer-lost {stream=0,from=server,offset=9,size=0} the response to the client's request at offset 3448 is missing from the capture, wholly or in part
<-        STAT {file_or_folder_flags=01,perms=00,file_length=0}
<-          RC {return_code=Success}
`, Limits{})
	require.Equal(t, []int{2, 3, 0, 1, 11, 9, -1, 10, 7, 5, 7, 4, 13, 12, 16, 17, 14, 15, 20, 6, 18, -1}, pairs(t, log))
	for i, fd := range map[int]int32{4: 4, 6: 4, 7: 4, 8: 4, 10: 4, 12: 4, 13: 4, 14: 4, 16: 4} {
		got, ok := descriptor(log.At(i))
		require.True(t, ok, i)
		require.Equal(t, fd, got, i)
	}
	_, ok := descriptor(log.At(18))
	require.False(t, ok, "the file is closed")
	require.Equal(t, "/a", log.Text(log.At(20).Path))
	require.True(t, log.At(11).Failed())
	require.False(t, log.At(10).Failed(), "bytes written")
}

// A request without a response does not shift all that follow: as soon as
// another kind of request is answered, it has been passed over.
func TestLogPairsHeal(t *testing.T) {
	read := func(path string) string {
		return "->ReadFile     {path=" + path + ",move_to=Begin,total_size=5}\n"
	}
	answer := "<-        READ {chk=0f,file_size=5,packet_len=41,header=b\"\\xc4\\0$\\x02\\xe8\\xef$\\x02" + strings.Repeat(`\0`, 24) + "\"}\n"
	remove := "->Remove       {path=/x}\n<-          RC {return_code=Success}\n"
	log := parseLog(t, read("/lost")+read("/a")+answer+read("/b")+answer+remove+strings.Repeat(read("/c")+answer, 60), Limits{})
	require.Equal(t, []int{2, 4, 0, -1, 1, 6, 5}, pairs(t, log)[:7], "which of the first is lost can't be told")
	for i, partner := range pairs(t, log)[7:] {
		require.Equal(t, 7+(i^1), partner, i)
	}
	// What was passed over is answered when nothing else can be: streams were mixed.
	log = parseLog(t, read("/slow")+strings.Repeat(remove, 5)+answer, Limits{})
	require.Equal(t, 0, pairs(t, log)[11])
	// But not for ever.
	log = parseLog(t, read("/slow")+strings.Repeat(remove, patience+1)+answer, Limits{})
	require.Equal(t, -1, pairs(t, log)[log.Len()-1])
}

// A path that is open twice has no one descriptor; one that is opened over
// another is its.
func TestLogDescriptors(t *testing.T) {
	open := func(path, fd string) string {
		return "->OpenFile     {path=" + path + ",mode=r}\n<-       FDRES {response=Success (" + fd + ")}\n"
	}
	stat := "->StatFile     {path=/a}\n"
	last := func(text string) (int32, bool) {
		log := parseLog(t, text+stat, Limits{})
		return descriptor(log.At(log.Len() - 1))
	}
	for text, want := range map[string]int32{
		"":                                -1,
		open("/a", "0"):                   0,
		open("/a", "7"):                   7,
		open("/a", "7") + open("/a", "8"): -1,
		open("/a", "7") + open("/b", "7"): -1,
		open("/a", "7") + open("/a", "7"): 7,
		open("/a", "7") + open("/a", "8") + open("/b", "8"):                                             7,
		open("/a", "7") + "->CloseFile    {path=/a}\n<-          RC {return_code=Failure (fff0ffe0)}\n": 7,
		open("/a", "7") + "->CloseFile    {path=/a}\n<-          RC {return_code=Success}\n":            -1,
		"->OpenFolder   {path=/a}\n<-       FDRES {response=Success (7)}\n":                             -1,
	} {
		fd, ok := last(text)
		require.Equal(t, want, fd, text)
		require.Equal(t, want != -1, ok, text)
	}
	// GetFilePosition is Unknown in a log, with its bytes: they tell.
	position := appendRequest(t, &sata.Request{Command: sata.GetFilePosition, FD: 7})
	answer, err := sata.AppendResponse(nil, &sata.Response{Shape: sata.ShapePosition, Position: 99})
	require.NoError(t, err)
	unknown := unknownRequest + string(appendByteString(nil, position)) + unknownEnd + "\n" + unknownResponse + string(appendByteString(nil, answer)) + unknownEnd + "\n"
	log := parseLog(t, open("/a", "7")+unknown, Limits{})
	for i := range 2 {
		r := log.At(2 + i)
		command, ok := r.Command()
		require.True(t, ok)
		require.Equal(t, sata.GetFilePosition, command)
		require.Equal(t, "/a", log.Text(r.Path))
		require.EqualValues(t, 7, r.FD)
	}
	code, ok := log.At(3).Result()
	require.True(t, ok)
	require.Zero(t, code)
	require.Equal(t, answer, log.Kept(log.At(3)))
}

func TestLogLimits(t *testing.T) {
	for _, c := range []struct {
		limits Limits
		full   string
	}{{Limits{Records: 3}, "records"}, {Limits{Text: 5}, "texts"}} {
		log := parseLog(t, strings.Repeat("->Remove       {path=/a}\n->Remove       {path=/bcdef}\n", 3), c.limits)
		require.Equal(t, c.full, log.Full())
	}
	// More bytes than are kept: the rest comes from the file.
	long := unknownRequest + strings.Repeat("a", MaxKept+5) + unknownEnd
	log := parseLog(t, long+"\n", Limits{})
	require.EqualValues(t, MaxKept+5, log.At(0).Length)
	require.EqualValues(t, MaxKept, log.At(0).B)
	var b bytes.Buffer
	_, err := log.WriteTo(&b, Selection{}, func(dst []byte, r *Record, offset uint64, n int) ([]byte, error) {
		return append(dst, bytes.Repeat([]byte{'a'}, n)...), nil
	})
	require.NoError(t, err)
	require.Equal(t, long+"\n", b.String())
}

// FuzzParse opens any text as a log and writes it again: the same bytes.
func FuzzParse(f *testing.F) {
	logs, err := filepath.Glob("../testdata/golden/events/*.log")
	require.NoError(f, err)
	for _, name := range logs {
		text, err := os.ReadFile(name)
		require.NoError(f, err)
		f.Add(string(text[:min(len(text), 600)]))
	}
	f.Add("->OpenFile     {path=a\nb,mode=r}\r\n!! no-header {stream=1,from=client,packet=4,offset=2,size=3} the client sent what can't be the start of a message\n<-        READ {chk=0f")
	f.Fuzz(func(t *testing.T, text string) {
		if !startsEntry(strings.TrimPrefix(text, "\xEF\xBB\xBF")) {
			return // no log
		}
		log := parseLog(t, text, Limits{Records: 10_000})
		if log.Full() != "" {
			return
		}
		requireSame(t, text, log)
		checkRecords(t, log)
	})
}
