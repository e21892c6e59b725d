package learn

import (
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/sata"
	"satascope/walcore"
)

func TestDiagramIsWhole(t *testing.T) {
	for s := StateNotOpen; s <= lastState; s++ {
		n := TheDiagram.Node(s)
		require.NotNil(t, n, "state %d", s)
		require.NotEmpty(t, n.Meaning)
		require.True(t, n.X >= 0 && n.Y >= 0 && n.X+n.W <= TheDiagram.Width && n.Y+n.H <= TheDiagram.Height)
		out := 0
		for _, a := range TheDiagram.Arrows {
			if a.From(s) {
				out++
			}
		}
		require.NotZero(t, out, "a way out of %s", n.Name)
	}
	for id := ArrowOpen; id <= lastArrow; id++ {
		a := TheDiagram.Arrow(id)
		require.NotNil(t, a, "arrow %d", id)
		require.NotEmpty(t, a.Meaning)
		require.True(t, a.LabelX > 0 && a.LabelX < TheDiagram.Width && a.LabelY > 0 && a.LabelY < TheDiagram.Height)
	}
	require.Nil(t, TheDiagram.Arrow(ArrowNone))
}

// TestWalk holds every moment of every golden conversation against what the
// log's own pairing says, forwards, backwards and by leaps.
func TestWalk(t *testing.T) {
	taken := map[ArrowID]int{}
	for _, name := range goldenFiles(t) {
		c := load(t, name)
		n := c.Log.Len()
		w := NewWalk(c.Log)
		type stream struct {
			waiting []int
			state   State
		}
		streams := map[uint32]*stream{}
		var moments []Moment
		for i := range n {
			m := w.At(i)
			moments = append(moments, m)
			r := c.Log.At(i)
			s := streams[r.Stream]
			if s == nil {
				s = &stream{}
				streams[r.Stream] = s
			}
			// What waits, from the log's own pairing. Requests that were
			// forgotten when their stream began anew go with the next answer.
			popped := -1
			switch {
			case r.Kind == walcore.Request:
				s.waiting = append(s.waiting, i)
			case r.Kind == walcore.Response,
				r.Kind == walcore.Diagnostic && walcore.Code(r.Op) == walcore.CodeAnswerLost:
				popped = int(int32(r.Partner))
			case r.Kind == walcore.Diagnostic && walcore.Code(r.Op) == walcore.CodeUnanswered:
				popped = i // the stream ends
			}
			for popped >= 0 && len(s.waiting) > 0 && s.waiting[0] <= popped {
				s.waiting = s.waiting[1:]
			}
			require.Equal(t, len(s.waiting), m.Waiting, "%s line %d", name, i)
			if len(s.waiting) > 0 {
				require.Equal(t, s.waiting[0], m.Oldest)
			} else {
				require.Equal(t, -1, m.Oldest)
			}

			before := s.state
			if m.Opens {
				require.Equal(t, StateNotOpen, before)
				before = StateQuiet
			}
			require.Equal(t, before, m.Before, "%s line %d", name, i)
			s.state = m.After
			taken[m.Arrow]++
			if a := TheDiagram.Arrow(m.Arrow); a != nil {
				require.True(t, a.From(m.Before), "%s line %d: %s from %d", name, i, a.Label, m.Before)
				require.True(t, a.To(m.After), "%s line %d: %s to %d", name, i, a.Label, m.After)
			} else {
				require.Equal(t, m.Before, m.After, "%s line %d: without an arrow nothing moves", name, i)
			}
			for _, mark := range m.Causes {
				require.LessOrEqual(t, uint64(mark.End()), r.Length)
				require.NotEmpty(t, mark.Label)
			}
			if m.After == StateReading { // what comes in answer has no header
				if a := c.Log.At(m.Oldest).Partner; a != walcore.None {
					require.Equal(t, walcore.LineRead, c.Log.At(int(a)).Line, "%s line %d", name, i)
				}
			}
		}
		again := NewWalk(c.Log)
		for i := n - 1; i >= 0; i -= 1 + n/50 {
			require.Equal(t, moments[i], again.At(i), "%s: line %d, backwards", name, i)
		}
		if n > 10 {
			require.Equal(t, moments[n/2], again.At(n/2))
		}
	}
	for id := ArrowClose; id <= lastArrow; id++ {
		if id != ArrowDone && id != ArrowEarlier {
			require.NotZero(t, taken[id], "no golden conversation takes the arrow %q", TheDiagram.Arrow(id).Label)
		}
	}
}

// TestStoryWalk reads a few moments of the story by eye.
func TestStoryWalk(t *testing.T) {
	c := story(t)
	w := NewWalk(c.Log)
	m := w.At(0)
	require.Equal(t, Moment{Stream: 0, Before: StateQuiet, After: StateGreeting, Opens: true, Arrow: ArrowAsk, Waiting: 1, Oldest: 0,
		Causes:  []Mark{{0x30, 4, "command"}, {0x08, 4, "flags"}, {0x20, 4, "first read size"}},
		Changes: []string{"The first read size is 196,672 from now on.", "1 request waits."}}, m)
	m = w.At(1)
	require.Equal(t, ArrowAnswer, m.Arrow)
	require.Equal(t, []Mark{{0x20, 4, "result code"}, {0x24, 4, "capabilities"}}, m.Causes)
	require.Equal(t, []string{"Fast file I/O is on, combined send and receive on.", "No request waits any more."}, m.Changes)
	require.Equal(t, []string{"File descriptor 13 now means `/%SLC_EMU_DIR/sys/config/system.xml`.", "No request waits any more."}, w.At(9).Changes)
	require.Equal(t, StateReading, w.At(12).After)
	require.Equal(t, []Mark{{0, 0x20, "form"}, {0x20, 4, "length"}}, w.At(13).Causes)
	require.Contains(t, w.At(15).Changes, "File descriptor 13 means nothing any more.")
	require.Contains(t, w.At(47).Changes, "Folder descriptor 1 means nothing any more.")

	write := w.At(119)
	require.Equal(t, StateBringing, write.After)
	require.Equal(t, ArrowData, w.At(120).Arrow)
	require.Equal(t, StateAsked, w.At(120).After)
	require.Equal(t, ArrowMore, w.At(150).Arrow)
	require.Equal(t, 2, w.At(150).Waiting)
	require.Equal(t, ArrowNext, w.At(151).Arrow)
}

// BenchmarkWalk leaps about in a long log.
func BenchmarkWalk(b *testing.B) {
	log := walcore.NewLog(walcore.Limits{})
	m := walcore.NewMachine(log)
	request, response := NewRequest(sata.StatFile).Bytes, NewResponse(sata.StatFile, 0, 0).Bytes
	for i := range 500_000 {
		stream := uint32(i % 4)
		if i < 4 {
			m.OpenStream(stream)
		}
		m.Request(stream, walcore.Message{Head: request, Length: uint64(len(request))})
		m.Response(stream, walcore.Message{Head: response, Length: uint64(len(response))})
	}
	w := NewWalk(log)
	w.At(log.Len() - 1)
	b.ResetTimer()
	for i := range b.N {
		w.At(i * 7919 % log.Len())
	}
}
