package bridge

// What the page asks about the list: which rows it has and in which order, where
// a row stands, what can be typed, counted, found, copied and noted.
//
// What the list shows is a view: the log or the exchanges, those that a filter
// leaves, in the order of a column. The page numbers the views that it asks for;
// rows and places are always of a view. View 0 is the log as it is.
const (
	KindSetView   Kind = iota + 96 // page: show other rows, or in another order
	KindViewed                     // worker: how many these are, so far
	KindFacets                     // worker: what there is to filter by, and how often
	KindAskPlace                   // page: where a row stands in the view
	KindPlaced                     // worker: there
	KindAskMark                    // page: the next failure or finding
	KindComplete                   // page: how a filter could go on
	KindCompleted                  // worker: so
	KindFind                       // page: look for a text in the view
	KindFinding                    // worker: how many rows have it, so far, and which is next
	KindAskFacts                   // page: what a row can be filtered by
	KindFacts                      // worker: that
	KindCopy                       // page: rows as text
	KindCopied                     // worker: that
	KindAskReport                  // page: what is in here
	KindReport                     // worker: that
	KindHash                       // page: the hash of the files
	KindHashed                     // worker: that
	KindSetNotes                   // page: the person's notes
	KindNotes                      // worker: which rows these are about
	lastViewsKind
)

func emptyViews(k Kind) Message {
	switch k {
	case KindSetView:
		return &SetView{}
	case KindViewed:
		return &Viewed{}
	case KindFacets:
		return &Facets{}
	case KindAskPlace:
		return &AskPlace{}
	case KindPlaced:
		return &Placed{}
	case KindAskMark:
		return &AskMark{}
	case KindComplete:
		return &Complete{}
	case KindCompleted:
		return &Completed{}
	case KindFind:
		return &Find{}
	case KindFinding:
		return &Finding{}
	case KindAskFacts:
		return &AskFacts{}
	case KindFacts:
		return &Facts{}
	case KindCopy:
		return &Copy{}
	case KindCopied:
		return &Copied{}
	case KindAskReport:
		return &AskReport{}
	case KindReport:
		return &Report{}
	case KindHash:
		return &Hash{}
	case KindHashed:
		return &Hashed{}
	case KindSetNotes:
		return &SetNotes{}
	case KindNotes:
		return &Notes{}
	}
	return nil
}

// Column is what exchanges are put in order by. The numbers are those of
// inspect.Column.
type Column uint8

// The columns.
const (
	ByNumber Column = iota
	ByTime
	ByStream
	ByOperation
	ByPath
	ByResult
	ByBytes
	ByLatency
	columns
)

// SetView asks for other rows, or for another order of them.
type SetView struct {
	View       uint32
	Exchanges  bool
	Filter     string
	Quiet      bool   // without the findings
	Sort       Column // of exchanges
	Descending bool
	Selected   int // the record whose place the answer tells, or NoRow
}

func (*SetView) Kind() Kind { return KindSetView }
func (m *SetView) fields(c *codec) {
	number(c, &m.View)
	c.bool(&m.Exchanges)
	c.text(&m.Filter)
	c.bool(&m.Quiet)
	number(c, &m.Sort)
	c.bool(&m.Descending)
	number(c, &m.Selected)
}

// Viewed tells of a view: at once when it was asked for, and again while more is
// found. One with a mistake in its filter is not taken; the view before stays.
type Viewed struct {
	View    uint32
	Mistake Mistake
	Count   int    // rows, or exchanges, found so far
	All     int    // of those that there are
	Scanned int    // rows of the log looked at
	Rows    int    // of the log
	Done    bool   // nothing is being looked for, or put in order, any more
	Version uint32 // another when rows that were given before may be others now
	Place   int    // of the selected record or, where it is not in the view, of what comes next; NoRow when nothing was selected
	Exact   bool   // the selected record is in the view
}

// A Mistake is what is wrong with a filter: the bytes From to To of it. Want is
// "" when nothing is.
type Mistake struct {
	From, To int
	Want     string // what was expected there
	Suggest  string // what may have been meant, or ""
}

func (*Viewed) Kind() Kind { return KindViewed }
func (m *Viewed) fields(c *codec) {
	number(c, &m.View)
	number(c, &m.Mistake.From)
	number(c, &m.Mistake.To)
	c.text(&m.Mistake.Want)
	c.text(&m.Mistake.Suggest)
	number(c, &m.Count)
	number(c, &m.All)
	number(c, &m.Scanned)
	number(c, &m.Rows)
	c.bool(&m.Done)
	number(c, &m.Version)
	number(c, &m.Place)
	c.bool(&m.Exact)
}

// Facets is what the rows can be filtered by.
type Facets struct {
	View      uint32 // whose rows Found counts
	Rows      int
	Exchanges int
	Filtered  bool // there is a filter, and Found is how many it leaves
	Groups    []FacetGroup
}

// A FacetGroup has what is found under one heading.
type FacetGroup struct {
	Name string
	Key  string // of the filter
	More int    // facets that are not listed
	List []Facet
}

// A Facet is a value that rows have.
type Facet struct {
	Value string // in the filter
	Name  string // for people, escaped
	Hint  string // more about it
	Rows  int
	Found int  // of Rows, in the view; -1 when that is not counted
	Odd   bool // a failure or a finding
}

func (*Facets) Kind() Kind { return KindFacets }
func (m *Facets) fields(c *codec) {
	number(c, &m.View)
	number(c, &m.Rows)
	number(c, &m.Exchanges)
	c.bool(&m.Filtered)
	list(c, &m.Groups, func(c *codec, g *FacetGroup) {
		c.text(&g.Name)
		c.text(&g.Key)
		number(c, &g.More)
		list(c, &g.List, func(c *codec, f *Facet) {
			c.text(&f.Value)
			c.text(&f.Name)
			c.text(&f.Hint)
			number(c, &f.Rows)
			number(c, &f.Found)
			c.bool(&f.Odd)
		})
	})
}

// AskPlace asks where a record stands in a view.
type AskPlace struct {
	View   uint32
	Record int
}

func (*AskPlace) Kind() Kind { return KindAskPlace }
func (m *AskPlace) fields(c *codec) {
	number(c, &m.View)
	number(c, &m.Record)
}

// Placed tells where a record stands in a view. It answers AskPlace and AskMark.
type Placed struct {
	View   uint32
	Record int // NoRow: there is no such record
	Place  int // or, where it is not in the view, of what comes next
	Exact  bool
	Mark   bool // it answers AskMark
}

func (*Placed) Kind() Kind { return KindPlaced }
func (m *Placed) fields(c *codec) {
	number(c, &m.View)
	number(c, &m.Record)
	number(c, &m.Place)
	c.bool(&m.Exact)
	c.bool(&m.Mark)
}

// AskMark asks for the next failure or finding in the view, or the one before.
type AskMark struct {
	View      uint32
	Place     int // from which on; NoRow for the beginning
	Backwards bool
}

func (*AskMark) Kind() Kind { return KindAskMark }
func (m *AskMark) fields(c *codec) {
	number(c, &m.View)
	number(c, &m.Place)
	c.bool(&m.Backwards)
}

// Complete asks how a filter could go on at the cursor, a place in bytes.
type Complete struct {
	Seq    uint32
	Filter string
	Cursor int
}

func (*Complete) Kind() Kind { return KindComplete }
func (m *Complete) fields(c *codec) {
	number(c, &m.Seq)
	c.text(&m.Filter)
	number(c, &m.Cursor)
}

// Completed tells how it could.
type Completed struct {
	Seq  uint32
	List []Suggestion
}

// A Suggestion is a text in place of the bytes From to To of the filter.
type Suggestion struct {
	From, To int
	Text     string
	Label    string // escaped
	Meaning  string
	Count    int  // of rows, -1 where that is not counted
	Keep     bool // more is to be typed behind it
}

func (*Completed) Kind() Kind { return KindCompleted }
func (m *Completed) fields(c *codec) {
	number(c, &m.Seq)
	list(c, &m.List, func(c *codec, s *Suggestion) {
		number(c, &s.From)
		number(c, &s.To)
		c.text(&s.Text)
		c.text(&s.Label)
		c.text(&s.Meaning)
		number(c, &s.Count)
		c.bool(&s.Keep)
	})
}

// Find looks for a text in the rows of a view and tells the next one that has
// it. With the text of before it goes on; with none it stops looking.
type Find struct {
	View      uint32
	Seq       uint32
	Text      string
	Place     int // from which on; NoRow for the beginning
	Here      bool
	Backwards bool
}

func (*Find) Kind() Kind { return KindFind }
func (m *Find) fields(c *codec) {
	number(c, &m.View)
	number(c, &m.Seq)
	c.text(&m.Text)
	number(c, &m.Place)
	c.bool(&m.Here)
	c.bool(&m.Backwards)
}

// Finding tells how far a Find came: once when there is a next row, and again
// while more are counted.
type Finding struct {
	View    uint32
	Seq     uint32
	Count   int // rows that have the text, so far
	Done    bool
	Next    bool // Record and Place are the next one
	Record  int  // NoRow: no row has it
	Place   int
	Ordinal int  // which of Count it is, from 1; 0 while that is not known
	Wrapped bool // it stands before the place that was looked from
}

func (*Finding) Kind() Kind { return KindFinding }
func (m *Finding) fields(c *codec) {
	number(c, &m.View)
	number(c, &m.Seq)
	number(c, &m.Count)
	c.bool(&m.Done)
	c.bool(&m.Next)
	number(c, &m.Record)
	number(c, &m.Place)
	number(c, &m.Ordinal)
	c.bool(&m.Wrapped)
}

// AskFacts asks what a record can be filtered by.
type AskFacts struct {
	Seq    uint32
	Record int
}

func (*AskFacts) Kind() Kind { return KindAskFacts }
func (m *AskFacts) fields(c *codec) {
	number(c, &m.Seq)
	number(c, &m.Record)
}

// Facts is what a record can be filtered by.
type Facts struct {
	Seq     uint32
	Record  int
	List    []Fact
	Address string // where the reference explains such a line
}

// A Fact is a value of a row. Include and Exclude are terms of the filter.
type Fact struct {
	Name  string // "path"
	Value string // escaped
	Key   string // of the filter
	Text  string // the value, in the filter
}

func (*Facts) Kind() Kind { return KindFacts }
func (m *Facts) fields(c *codec) {
	number(c, &m.Seq)
	number(c, &m.Record)
	list(c, &m.List, func(c *codec, f *Fact) {
		c.text(&f.Name)
		c.text(&f.Value)
		c.text(&f.Key)
		c.text(&f.Text)
	})
	c.text(&m.Address)
}

// Form is how rows are copied.
type Form uint8

// The forms.
const (
	AsLines    Form = iota // the log's lines, of exchanges both
	AsMarkdown             // a table
	forms
)

// Copy asks for rows as text.
type Copy struct {
	View   uint32
	Seq    uint32
	Form   Form
	Ranges []Range
}

// A Range is the places From to To-1 of a view.
type Range struct{ From, To int }

func (*Copy) Kind() Kind { return KindCopy }
func (m *Copy) fields(c *codec) {
	number(c, &m.View)
	number(c, &m.Seq)
	number(c, &m.Form)
	list(c, &m.Ranges, func(c *codec, r *Range) {
		number(c, &r.From)
		number(c, &r.To)
	})
}

// Copied is rows as text.
type Copied struct {
	Seq  uint32
	Rows int // how many are in it
	Left int // how many are not, because it would be too much
	Text string
}

func (*Copied) Kind() Kind { return KindCopied }
func (m *Copied) fields(c *codec) {
	number(c, &m.Seq)
	number(c, &m.Rows)
	number(c, &m.Left)
	c.text(&m.Text)
}

// AskReport asks what is in the file.
type AskReport struct{}

func (*AskReport) Kind() Kind    { return KindAskReport }
func (*AskReport) fields(*codec) {}

// Report is what is in the file, to look at and as Markdown.
type Report struct {
	Sections []Section
	Markdown string
}

// A Section is a part of a report: its lines, or a table.
type Section struct {
	Title  string
	Lines  []Phrase
	Head   []string
	Right  string // for each column r where it holds numbers, else l
	Table  [][]Phrase
	Beyond string // what is left out, or ""
}

// A Phrase is a text of a report, escaped, and where it leads.
type Phrase struct {
	Text   string
	Code   bool   // it comes from the wire
	Row    int    // the record that it is about, or NoRow
	Filter string // finds what it counts, or ""
}

func phrase(c *codec, p *Phrase) {
	c.text(&p.Text)
	c.bool(&p.Code)
	number(c, &p.Row)
	c.text(&p.Filter)
}

func (*Report) Kind() Kind { return KindReport }
func (m *Report) fields(c *codec) {
	list(c, &m.Sections, func(c *codec, s *Section) {
		c.text(&s.Title)
		list(c, &s.Lines, phrase)
		list(c, &s.Head, (*codec).text)
		c.text(&s.Right)
		list(c, &s.Table, func(c *codec, row *[]Phrase) { list(c, row, phrase) })
		c.text(&s.Beyond)
	})
	c.text(&m.Markdown)
}

// Hash asks for the hash of the open files or, with one attached, for that of
// another file.
type Hash struct {
	Seq uint32 // 0 for the open files
}

func (*Hash) Kind() Kind        { return KindHash }
func (m *Hash) fields(c *codec) { number(c, &m.Seq) }

// Hashed is the hash of the files: of one its SHA-256, of several that of their
// hashes, in their order. Both in lower-case hexadecimal digits.
type Hashed struct {
	Seq   uint32
	Hash  string // in hexadecimal digits
	Parts bool   // it is of some parts of large files, and no SHA-256 of them
	Error string
}

func (*Hashed) Kind() Kind { return KindHashed }
func (m *Hashed) fields(c *codec) {
	number(c, &m.Seq)
	c.text(&m.Hash)
	c.bool(&m.Parts)
	c.text(&m.Error)
}

// An Anchor says which message or finding a note is about, so that it is found
// again when the file is decoded with other assumptions.
type Anchor struct {
	Row        int // when the note was made
	Stream     int
	FromServer bool
	Offset     int64 // of the first byte, in its direction
	Finding    string
}

// A Note is what a person wrote about a row, or a mark on it.
type Note struct {
	Anchor Anchor
	Marked bool
	Text   string
}

func note(c *codec, n *Note) {
	number(c, &n.Anchor.Row)
	number(c, &n.Anchor.Stream)
	c.bool(&n.Anchor.FromServer)
	number(c, &n.Anchor.Offset)
	c.text(&n.Anchor.Finding)
	c.bool(&n.Marked)
	c.text(&n.Text)
}

// SetNotes gives the worker all notes of the file, or, with a record, one more
// or another one in its place.
type SetNotes struct {
	Record int // NoRow: List is all notes
	List   []Note
}

func (*SetNotes) Kind() Kind { return KindSetNotes }
func (m *SetNotes) fields(c *codec) {
	number(c, &m.Record)
	list(c, &m.List, note)
}

// Notes is all notes of the file with their rows. A note whose row is not there,
// under the assumptions that are in force, has NoRow.
type Notes struct {
	List []PlacedNote
}

// A PlacedNote is a note and the record that it is about now.
type PlacedNote struct {
	Record int
	Line   string // of the log, escaped and perhaps cut
	Note
}

func (*Notes) Kind() Kind { return KindNotes }
func (m *Notes) fields(c *codec) {
	list(c, &m.List, func(c *codec, n *PlacedNote) {
		number(c, &n.Record)
		c.text(&n.Line)
		note(c, &n.Note)
	})
}
