package bridge

import "encoding/binary"

// What the page's inspector and strip ask, and what the worker answers. Rows
// are records of the log, whatever a list shows of them.
const (
	KindAskMessage  Kind = iota + 64 // page: what the bytes of a row mean
	KindInspected                    // worker: that
	KindAskBytes                     // page: bytes behind a row
	KindBytes                        // worker: those
	KindAskState                     // page: what was open at a row
	KindState                        // worker: that
	KindAskPackets                   // page: the packets that brought a row's bytes
	KindPackets                      // worker: those
	KindAskActivity                  // page: how much went on when
	KindActivity                     // worker: that
	KindAskRowAt                     // page: which row was there at a time
	KindRowAt                        // worker: that
	KindSaveData                     // page: make a file of the data in a row
	KindDataSaved                    // worker: the file, attached
	KindReading                      // worker: how far a packed file was read again
	lastInspectorKind
)

func emptyInspector(k Kind) Message {
	switch k {
	case KindAskMessage:
		return &AskMessage{}
	case KindInspected:
		return &Inspected{}
	case KindAskBytes:
		return &AskBytes{}
	case KindBytes:
		return &Bytes{}
	case KindAskState:
		return &AskState{}
	case KindState:
		return &State{}
	case KindAskPackets:
		return &AskPackets{}
	case KindPackets:
		return &Packets{}
	case KindAskActivity:
		return &AskActivity{}
	case KindActivity:
		return &Activity{}
	case KindAskRowAt:
		return &AskRowAt{}
	case KindRowAt:
		return &RowAt{}
	case KindSaveData:
		return &SaveData{}
	case KindDataSaved:
		return &DataSaved{}
	case KindReading:
		return &Reading{}
	}
	return nil
}

// NoRow stands for no row.
const NoRow = -1

// AskMessage asks for the fields of a row's message.
type AskMessage struct{ Row int }

func (*AskMessage) Kind() Kind        { return KindAskMessage }
func (m *AskMessage) fields(c *codec) { number(c, &m.Row) }

// Inspected is what a row's bytes mean.
type Inspected struct {
	Row     int
	Title   string
	Length  int64 // of the message, in bytes
	Nodes   []Node
	Finding bool   // it is no message, but what the decoder found
	Stopped string // why the message did not parse, "" when it did
	Asking  string // the question that Why answers
	Why     []Piece

	// What the hex view shows: parts of one direction of the stream, one after
	// the other. A message is one part; around a finding there may be two.
	Parts []Part
	Cuts  []Cut  // where one packet's bytes end and another's go on, in order
	More  bool   // there are more cuts than Cuts has
	Lack  string // why there are no bytes, "" when there are

	Carrier Carrier
	Packets int   // how many brought its bytes
	Data    int64 // bytes of a file in it, which can be saved; 0 for none
	File    string

	Head []byte // the first bytes of Parts
}

// A Node is a part of a message, in the order of a walk through the tree.
type Node struct {
	Depth   int
	Look    Look
	Name    string
	Value   string
	Meaning string
	Offset  int64 // from the message's first byte; -1 without bytes
	Length  int64
	Row     int    // that the value is about, or NoRow
	Filter  string // a term that finds rows with this value, or ""
	Address string // where the reference explains it, or ""
	Bad     bool   // here the message stops being one
	Leaf    bool   // its bytes are drawn as one
}

// A Piece is a part of a sentence.
type Piece struct {
	Text  string
	Row   int  // that the text names, or NoRow
	Value bool // the text is a number or bytes, as they stand in the message or a rule
	Ends  bool // a paragraph
}

// Look is how bytes are drawn.
type Look uint8

// The looks.
const (
	LookNone Look = iota // no bytes, or those of its parts
	LookHeader
	LookField
	LookPath
	LookData
	LookPadding
	LookRemains
	LookUnread
	LookInfo // the command info of a request
)

// A Part is a range of bytes of one direction of a stream.
type Part struct {
	Start  int64 // offset in its direction
	Length int64
	Label  int64 // the offset that the view shows for its first byte
}

// A Cut is where the bytes of one packet end and those of another go on, or
// where bytes are missing or left out.
type Cut struct {
	At           int64 // bytes of Parts before it
	Packet, Next uint32
	Missing      int64 // bytes that are in no packet
}

func (*Inspected) Kind() Kind { return KindInspected }
func (m *Inspected) fields(c *codec) {
	number(c, &m.Row)
	c.text(&m.Title)
	number(c, &m.Length)
	list(c, &m.Nodes, func(c *codec, n *Node) {
		number(c, &n.Depth)
		number(c, &n.Look)
		c.text(&n.Name)
		c.text(&n.Value)
		c.text(&n.Meaning)
		number(c, &n.Offset)
		number(c, &n.Length)
		number(c, &n.Row)
		c.text(&n.Filter)
		c.text(&n.Address)
		c.bool(&n.Bad)
		c.bool(&n.Leaf)
	})
	c.bool(&m.Finding)
	c.text(&m.Stopped)
	c.text(&m.Asking)
	list(c, &m.Why, func(c *codec, p *Piece) {
		c.text(&p.Text)
		number(c, &p.Row)
		c.bool(&p.Value)
		c.bool(&p.Ends)
	})
	list(c, &m.Parts, func(c *codec, p *Part) {
		number(c, &p.Start)
		number(c, &p.Length)
		number(c, &p.Label)
	})
	list(c, &m.Cuts, func(c *codec, t *Cut) {
		number(c, &t.At)
		number(c, &t.Packet)
		number(c, &t.Next)
		number(c, &t.Missing)
	})
	c.bool(&m.More)
	c.text(&m.Lack)
	number(c, &m.Carrier)
	number(c, &m.Packets)
	number(c, &m.Data)
	c.text(&m.File)
	c.rest(&m.Head)
}

// AskBytes asks for bytes of the stream and direction of a row.
type AskBytes struct {
	Row   int
	At    int64 // offset in the direction
	Count int
	Copy  uint32 // 0 for the hex view, else names what a person copies
}

func (*AskBytes) Kind() Kind { return KindAskBytes }
func (m *AskBytes) fields(c *codec) {
	number(c, &m.Row)
	number(c, &m.At)
	number(c, &m.Count)
	number(c, &m.Copy)
}

// Bytes are those asked for, or Error says why they are not.
type Bytes struct {
	Row   int
	At    int64
	Copy  uint32
	Error string
	Body  []byte
}

func (*Bytes) Kind() Kind { return KindBytes }
func (m *Bytes) fields(c *codec) {
	number(c, &m.Row)
	number(c, &m.At)
	number(c, &m.Copy)
	c.text(&m.Error)
	c.rest(&m.Body)
}

// AskState asks for what was open and what waited when a row had been seen.
type AskState struct{ Row int }

func (*AskState) Kind() Kind        { return KindAskState }
func (m *AskState) fields(c *codec) { number(c, &m.Row) }

// Change says what became of a thing with the row.
type Change uint8

// The changes.
const (
	Same    Change = iota
	Fresh          // it was not there before the row
	Changed        // it was, and was other
	Gone           // it was, and is no more
)

// State is what was open and what waited, and what the row changed of it.
type State struct {
	Row     int
	Streams []StreamState
	Files   []OpenFile
	Folders []OpenFolder
	Waiting []Waiting
	// How many there are of each, where the lists above have only the first.
	TotalStreams, TotalFiles, TotalFolders, TotalWaiting int
}

// StreamState is what was agreed on in a stream.
type StreamState struct {
	Stream     int
	Change     Change
	FFIO, CSR  string // in words
	FirstRead  uint32
	FirstWrite uint32 // 0 while not known
	Known      bool   // FirstRead was told, and is not only the usual one
	Ended      bool
	Unsure     int // the row since which what answers what is not sure; 0 while it is
}

// An OpenFile is an open file; numbers that are not known are -1.
type OpenFile struct {
	Stream, FD    int
	Change        Change
	Path, Mode    string
	Opened        int // the row that opened it, or NoRow
	Position      int64
	Before        int64 // the position before the row
	Length        int64
	Read, Written int64
	Reads, Writes int
	Unsure        int // the row since which the path is not sure; 0 while it is
}

// An OpenFolder is an open folder.
type OpenFolder struct {
	Stream, FD int
	Change     Change
	Path       string
	Opened     int
	Items      int // read so far
	AtEnd      bool
	Unsure     int // likewise
}

// Waiting is a request without a response so far.
type Waiting struct {
	Row, Stream int
	Change      Change
	Text        string
}

func (*State) Kind() Kind { return KindState }
func (m *State) fields(c *codec) {
	number(c, &m.Row)
	list(c, &m.Streams, func(c *codec, s *StreamState) {
		number(c, &s.Stream)
		number(c, &s.Change)
		c.text(&s.FFIO)
		c.text(&s.CSR)
		number(c, &s.FirstRead)
		number(c, &s.FirstWrite)
		c.bool(&s.Known)
		c.bool(&s.Ended)
		number(c, &s.Unsure)
	})
	list(c, &m.Files, func(c *codec, f *OpenFile) {
		number(c, &f.Stream)
		number(c, &f.FD)
		number(c, &f.Change)
		c.text(&f.Path)
		c.text(&f.Mode)
		number(c, &f.Opened)
		number(c, &f.Position)
		number(c, &f.Before)
		number(c, &f.Length)
		number(c, &f.Read)
		number(c, &f.Written)
		number(c, &f.Reads)
		number(c, &f.Writes)
		number(c, &f.Unsure)
	})
	list(c, &m.Folders, func(c *codec, f *OpenFolder) {
		number(c, &f.Stream)
		number(c, &f.FD)
		number(c, &f.Change)
		c.text(&f.Path)
		number(c, &f.Opened)
		number(c, &f.Items)
		c.bool(&f.AtEnd)
		number(c, &f.Unsure)
	})
	list(c, &m.Waiting, func(c *codec, w *Waiting) {
		number(c, &w.Row)
		number(c, &w.Stream)
		number(c, &w.Change)
		c.text(&w.Text)
	})
	number(c, &m.TotalStreams)
	number(c, &m.TotalFiles)
	number(c, &m.TotalFolders)
	number(c, &m.TotalWaiting)
}

// AskPackets asks for Count of the packets of a row, from one on.
type AskPackets struct{ Row, From, Count int }

func (*AskPackets) Kind() Kind { return KindAskPackets }
func (m *AskPackets) fields(c *codec) {
	number(c, &m.Row)
	number(c, &m.From)
	number(c, &m.Count)
}

// Packets are those asked for.
type Packets struct {
	Row, From, Total int
	Carrier          Carrier
	Lack             string // why there are none, "" when there are
	List             []Packet
}

// Carrier is what bytes of a row came in, or the row itself where there are
// none: what it is that has a number.
type Carrier uint8

// The carriers.
const (
	CarrierPacket   Carrier = iota // of TCP, in a capture
	CarrierFollowed                // packets of a stream that was followed: of TCP nothing is known
	CarrierLine                    // lines of a text
	CarrierPiece                   // pieces of a file, which have no number
)

// A Packet is one that brought bytes of a message.
type Packet struct {
	Number uint32 // from 1; 0 for none
	Source uint8  // which of the open files it is in
	Time   int64
	Seq    uint32 // of its first byte
	Flags  uint8  // TCP's
	File   int64  // offset of its bytes in the file, unpacked
	Length uint32 // bytes of the stream that it brought
	At     int64  // offset of its first byte in the message; negative when the packet begins before it
}

func (*Packets) Kind() Kind { return KindPackets }
func (m *Packets) fields(c *codec) {
	number(c, &m.Row)
	number(c, &m.From)
	number(c, &m.Total)
	number(c, &m.Carrier)
	c.text(&m.Lack)
	list(c, &m.List, func(c *codec, p *Packet) {
		number(c, &p.Number)
		number(c, &p.Source)
		number(c, &p.Time)
		number(c, &p.Seq)
		number(c, &p.Flags)
		number(c, &p.File)
		number(c, &p.Length)
		number(c, &p.At)
	})
}

// AskActivity asks for how much went on in each of Width parts of a range, and
// with Whole in all of what there is. Lanes is for how many streams.
type AskActivity struct {
	From, To     int64 // times, or rows where no row has a time; both ends belong to it
	Whole        bool
	Width, Lanes int
}

func (*AskActivity) Kind() Kind { return KindAskActivity }
func (m *AskActivity) fields(c *codec) {
	number(c, &m.From)
	number(c, &m.To)
	c.bool(&m.Whole)
	number(c, &m.Width)
	number(c, &m.Lanes)
}

// Activity is how much went on when.
type Activity struct {
	From, To   int64 // the range that was asked for
	First, End int64 // the range of all there is
	ByRow      bool  // the ranges are rows, because no row has a time
	Width      int   // buckets a lane
	Rows       int   // counted in all
	Lanes      []Lane
	Body       []byte // lanes, one after the other: their buckets, see NextBucket
}

// A Lane is one stream, or with Stream NoRow all those that have none of their
// own: Others of them.
type Lane struct {
	Stream, Others int
	Client         string
	Rows, Failures int // in all
	Findings       int
}

// A Bucket counts rows.
type Bucket struct {
	Requests, Responses, Written, Failures, Findings uint32
}

// Total is how many rows were counted; failures are responses.
func (b *Bucket) Total() int {
	return int(b.Requests) + int(b.Responses) + int(b.Written) + int(b.Findings)
}

func (b *Bucket) numbers() [5]*uint32 {
	return [5]*uint32{&b.Requests, &b.Responses, &b.Written, &b.Failures, &b.Findings}
}

// AppendBucket appends a bucket to a body. Most are empty: those are one byte.
func AppendBucket(dst []byte, b *Bucket) []byte {
	present := byte(0)
	for i, n := range b.numbers() {
		if *n != 0 {
			present |= 1 << i
		}
	}
	dst = append(dst, present)
	for _, n := range b.numbers() {
		if *n != 0 {
			dst = binary.AppendUvarint(dst, uint64(*n))
		}
	}
	return dst
}

// NextBucket takes the first bucket from a body, and whether there was one.
func NextBucket(body []byte, b *Bucket) (rest []byte, ok bool) {
	c := codec{b: body, reading: true}
	var present uint8
	c.byte(&present)
	*b = Bucket{}
	for i, n := range b.numbers() {
		if present>>i&1 != 0 {
			number(&c, n)
		}
	}
	return c.b, !c.bad
}

func (*Activity) Kind() Kind { return KindActivity }
func (m *Activity) fields(c *codec) {
	number(c, &m.From)
	number(c, &m.To)
	number(c, &m.First)
	number(c, &m.End)
	c.bool(&m.ByRow)
	number(c, &m.Width)
	number(c, &m.Rows)
	list(c, &m.Lanes, func(c *codec, l *Lane) {
		number(c, &l.Stream)
		number(c, &l.Others)
		c.text(&l.Client)
		number(c, &l.Rows)
		number(c, &l.Failures)
		number(c, &l.Findings)
	})
	c.rest(&m.Body)
}

// AskRowAt asks for the last row at a time.
type AskRowAt struct{ Time int64 }

func (*AskRowAt) Kind() Kind        { return KindAskRowAt }
func (m *AskRowAt) fields(c *codec) { number(c, &m.Time) }

// RowAt is that row, or NoRow.
type RowAt struct{ Row int }

func (*RowAt) Kind() Kind        { return KindRowAt }
func (m *RowAt) fields(c *codec) { number(c, &m.Row) }

// SaveData asks for the file's data in a row as a file.
type SaveData struct {
	Row int
	Seq uint32 // names this download
}

func (*SaveData) Kind() Kind { return KindSaveData }
func (m *SaveData) fields(c *codec) {
	number(c, &m.Row)
	number(c, &m.Seq)
}

// DataSaved ends it, with a Blob attached or with an error.
type DataSaved struct {
	Seq   uint32
	Name  string
	Error string
}

func (*DataSaved) Kind() Kind { return KindDataSaved }
func (m *DataSaved) fields(c *codec) {
	number(c, &m.Seq)
	c.text(&m.Name)
	c.text(&m.Error)
}

// Reading tells how far a packed file was read again, to get at bytes in it.
type Reading struct{ Read, Size int64 }

func (*Reading) Kind() Kind { return KindReading }
func (m *Reading) fields(c *codec) {
	number(c, &m.Read)
	number(c, &m.Size)
}
