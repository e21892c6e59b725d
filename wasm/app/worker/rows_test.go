package worker

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/capture"
	"satascope/capture/unpack"
	"satascope/decode"
	"satascope/inspect"
	"satascope/learn"
	"satascope/walcore"
	"satascope/wasm/app/bridge"
)

const golden = "../../../testdata/golden/"

// source is a file in memory.
type source struct {
	name string
	b    []byte
}

func (s *source) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(s.b)), nil }
func (s *source) Name() string                 { return s.name }
func (s *source) Size() int64                  { return int64(len(s.b)) }

func (s *source) ReadAt(p []byte, off int64) (int, error) { return bytes.NewReader(s.b).ReadAt(p, off) }

func decoded(t *testing.T, name string) *decode.Decoder {
	b, err := os.ReadFile(filepath.FromSlash(golden + name))
	require.NoError(t, err)
	d := decode.New(decode.Options{Unpackers: unpack.Native()}, &source{name, b})
	require.NoError(t, d.Run(context.Background()))
	return d
}

// listed is a view of a decoded file.
func listed(t *testing.T, d *decode.Decoder, spec bridge.SetView) *listing {
	x := inspect.New(d.Log())
	x.Update(d.Log().Len())
	v, m := newListing(x, spec)
	require.Nil(t, m)
	for !v.step(50) {
	}
	if v.unsorted() {
		v.sort()
	}
	require.True(t, v.done())
	return v
}

// rowsOf reads an answer's rows.
func rowsOf(t *testing.T, m *bridge.Rows) []bridge.Row {
	m = bridge.Parse(bridge.Append(nil, m)).(*bridge.Rows)
	var rows []bridge.Row
	for body := m.Body; len(body) > 0; {
		var r bridge.Row
		var ok bool
		body, ok = bridge.Next(body, &r)
		require.True(t, ok)
		rows = append(rows, r)
	}
	return rows
}

// The rows are the lines of the downloaded log, in their order, with the
// diagnostics between them and explanations behind them.
func TestRowsAreTheLog(t *testing.T) {
	d := decoded(t, "captures/plain.pcap")
	var b bytes.Buffer
	_, err := d.Log().WriteTo(&b, walcore.Selection{}, d.Rest)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	var p packer
	v := listed(t, d, bridge.SetView{})
	var got []string
	for from := 0; from < d.Log().Len(); from += 100 {
		for i, r := range rowsOf(t, p.answerRows(v, from, 100)) {
			require.Equal(t, from+i, r.Index)
			if r.Class == bridge.ClassDiagnostic {
				continue
			}
			text := string(r.Text)
			if n := len(r.Spans); n > 0 && r.Spans[n-1].Mark == bridge.MarkAside {
				text = text[:r.Spans[n-1].Start]
			}
			got = append(got, text)
		}
	}
	require.Len(t, got, len(lines))
	for i := range lines {
		if len(lines[i]) <= rowLimit && !strings.Contains(lines[i], "Unknown ") {
			require.Equal(t, lines[i], got[i])
		}
	}
}

func TestRowsSayWhatFailed(t *testing.T) {
	d := decoded(t, "events/boot.jsonl")
	var p packer
	var failures, asides int
	for _, r := range rowsOf(t, p.answerRows(listed(t, d, bridge.SetView{}), 0, 1000)) {
		for _, s := range r.Spans {
			switch text := string(r.Text[s.Start:s.End]); s.Mark {
			case bridge.MarkFailure:
				failures++
				require.True(t, r.Failed)
				require.True(t, strings.HasPrefix(text, "Failure (") && strings.HasSuffix(text, ")") || s.Start == 0, text)
			case bridge.MarkAside:
				asides++
				require.True(t, strings.HasPrefix(text, "  "), text)
			}
		}
		require.Equal(t, r.Failed, len(r.Spans) > 0 && r.Spans[0].Mark == bridge.MarkFailure)
	}
	require.NotZero(t, failures)
	require.NotZero(t, asides)
}

// What is not sure of an exchange stands behind its path, and in the state.
func TestRowsSayWhatIsNotSure(t *testing.T) {
	for name, want := range map[string]string{"reopening_lost.pcap": bridge.Unsure, "pipelined_requests_lost.pcap": "response?"} {
		d := decoded(t, "../damaged/"+name)
		v := listed(t, d, bridge.SetView{Exchanges: true})
		var p packer
		told, wanted := 0, 0
		for k, r := range rowsOf(t, p.answerRows(v, 0, 1000)) {
			if v.x.Doubts(k) == 0 {
				require.NotContains(t, string(r.Text), "?")
				continue
			}
			told++
			last := r.Spans[len(r.Spans)-1]
			require.Equal(t, bridge.MarkAside, last.Mark)
			both := v.x.Doubts(k) == inspect.DoubtPath|inspect.DoubtPair
			require.Equal(t, both, string(r.Text[last.Start:last.End]) == bridge.Unsure)
			if strings.Contains(string(r.Text[last.Start:last.End]), want) {
				wanted++
			}
		}
		require.NotZero(t, told, name)
		require.NotZero(t, wanted, name)
	}
	x := listed(t, decoded(t, "../damaged/reopening_lost.pcap"), bridge.SetView{}).x
	require.Zero(t, moment(x, 6).Files[0].Unsure)
	m := moment(x, 7)
	require.Equal(t, 7, m.Files[0].Unsure)
	require.Equal(t, bridge.Changed, m.Files[0].Change)
	m = moment(listed(t, decoded(t, "../damaged/pipelined_requests_lost.pcap"), bridge.SetView{}).x, 7)
	require.Equal(t, 7, m.Streams[0].Unsure)
	require.Equal(t, bridge.Changed, m.Streams[0].Change)
}

// A filter and a search light what they found, not the words on what isn't sure.
func TestDoubtIsNoPath(t *testing.T) {
	d := decoded(t, "../damaged/reopening_lost.pcap")
	for _, c := range []struct {
		spec bridge.SetView
		find string
		mark bridge.Mark
	}{
		{bridge.SetView{Exchanges: true, Filter: "path:a"}, "", bridge.MarkMatch},
		{bridge.SetView{Exchanges: true, Filter: "a"}, "", bridge.MarkMatch},
		{bridge.SetView{Exchanges: true}, "a", bridge.MarkHit},
	} {
		v := listed(t, d, c.spec)
		v.finder = newFinder(v, &bridge.Find{Text: c.find})
		var p packer
		doubts, lit := 0, 0
		for _, r := range rowsOf(t, p.answerRows(v, 0, 1000)) {
			for _, s := range r.Spans {
				switch text := string(r.Text[s.Start:s.End]); {
				case s.Mark == c.mark:
					require.Equal(t, "a", strings.ToLower(text))
					lit++
				default:
					require.Equal(t, bridge.MarkAside, s.Mark)
					require.Contains(t, doubtWords[1:], text)
					doubts++
				}
			}
		}
		require.NotZero(t, doubts, "%+v", c)
		require.NotZero(t, lit, "%+v", c)
	}
}

func TestEndOfAFolderAndBytesWrittenAreNoFailures(t *testing.T) {
	d := decoded(t, "captures/devkit_story.pcapng.gz")
	var p packer
	seen := map[string]bool{}
	for _, r := range rowsOf(t, p.answerRows(listed(t, d, bridge.SetView{}), 0, 1000)) {
		for _, aside := range []string{"no more items", "512 bytes written"} {
			if strings.HasSuffix(string(r.Text), "  "+aside) {
				seen[aside] = true
				require.False(t, r.Failed, "%s", r.Text)
			}
		}
	}
	require.Len(t, seen, 2)
}

func TestRowsOutsideTheLog(t *testing.T) {
	d := decoded(t, "events/boot.jsonl")
	var p packer
	n := d.Log().Len()
	v := listed(t, d, bridge.SetView{})
	for _, c := range []struct{ from, count, want int }{
		{n, 10, 0}, {n - 3, 10, 3}, {0, 0, 0}, {-5, 2, 2}, {0, 1 << 40, min(n, maxRows)}, {1 << 40, 5, 0},
	} {
		require.Len(t, rowsOf(t, p.answerRows(v, c.from, c.count)), c.want, "%+v", c)
	}
	require.Nil(t, answerLine(d, n))
	require.Nil(t, answerLine(d, -1))
}

func TestLineIsWhole(t *testing.T) {
	d := decoded(t, "captures/plain.pcap")
	line := answerLine(d, 0)
	require.Equal(t, learn.LineAddress(d.Log().At(0)), line.Address)
	require.Equal(t, string(d.Log().AppendText(nil, 0)), line.Text)
	require.False(t, line.Cut)
	require.NotEmpty(t, line.Client)
	require.Equal(t, ":7500", line.Server[len(line.Server)-5:])
	require.NotZero(t, line.Packet)
}

func TestTimesMeanTheSameEverywhere(t *testing.T) {
	require.EqualValues(t, bridge.NoTime, walcore.NoTime)
	require.EqualValues(t, bridge.NoTime, capture.NoTime)
}

func TestDescribe(t *testing.T) {
	d := decoded(t, "captures/plain.pcap")
	e := describe(d, nil)
	require.Equal(t, bridge.Done, e.Outcome)
	require.Empty(t, e.Error)
	require.Equal(t, "pcap", e.Summary.Kind)
	require.Len(t, e.Streams, len(d.Streams()))
	require.Equal(t, -1, e.Summary.Stop)

	require.Equal(t, bridge.Cancelled, describe(d, context.Canceled).Outcome)

	e = describe(d, errors.New("a\nb\u202e"))
	require.Equal(t, bridge.Failed, e.Outcome)
	require.Equal(t, "a‹LF›b‹U+202E›", e.Error, "errors may quote the file")

	e = describe(d, &decode.NoProtocolError{Port: 7500, Packets: 3, Conversations: 1, Ports: []decode.PortFound{{Port: 80, Conversations: 1, Bytes: 5, Requests: 2}}})
	require.Equal(t, []bridge.Offer{{Port: 80, Conversations: 1, Bytes: 5, Requests: 2}}, e.Offers)

	e = describe(decoded(t, "events/lost_unasked_response.jsonl"), nil)
	require.GreaterOrEqual(t, e.Summary.Stop, 0)
	require.NotEmpty(t, e.Summary.StopWhy)

	require.Empty(t, address(netip.AddrPort{}))
	require.Equal(t, "[::1]:7500", address(netip.MustParseAddrPort("[::1]:7500")))
}
