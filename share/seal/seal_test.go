package seal

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// vector is what WebCrypto made of the same.
const vector = "ebb2ee74a3d991dfbc281d16bfd4abcdff0fe208e0"

func gcm(t testing.TB, key byte) AEAD {
	block, err := aes.NewCipher(bytes.Repeat([]byte{key}, KeySize))
	require.NoError(t, err)
	aead, err := cipher.NewGCM(block)
	require.NoError(t, err)
	require.Equal(t, NonceSize, aead.NonceSize())
	require.Equal(t, Overhead, aead.Overhead())
	return aead
}

func content(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{1})
	_, _ = r.Read(b)
	return b
}

func sealAll(t testing.TB, l Layout, aead AEAD, b []byte) [][]byte {
	var out [][]byte
	for n := range l.Chunks() {
		at := n * l.ChunkSize
		sealed, err := l.Seal(nil, aead, n, b[at:at+l.ContentOf(n)])
		require.NoError(t, err)
		out = append(out, sealed)
	}
	return out
}

func readAll(l Layout, aead AEAD, chunks [][]byte) ([]byte, error) {
	return io.ReadAll(NewReader(l, aead, func(n int, _ []byte) ([]byte, error) {
		if n >= len(chunks) {
			return nil, errors.New("no such chunk")
		}
		return chunks[n], nil
	}))
}

func TestRoundTrip(t *testing.T) {
	for _, length := range []int{1, 99, 100, 101, 200, 1000, 1001} {
		l := Layout{Length: int64(length), ChunkSize: 100}
		b := content(length)
		chunks := sealAll(t, l, gcm(t, 1), b)
		require.Len(t, chunks, (length+99)/100)
		var size int64
		for n, c := range chunks {
			size += int64(len(c))
			require.False(t, n < len(chunks)-1 && int64(len(c)) != l.SealedChunkSize())
			require.NotContains(t, string(c), string(b[:min(length, 8)]))
		}
		require.Equal(t, l.SealedSize(), size)
		got, err := readAll(l, gcm(t, 1), chunks)
		require.NoError(t, err)
		require.Equal(t, b, got)
		again, err := LayoutOfSealed(size, l.SealedChunkSize())
		require.NoError(t, err)
		require.Equal(t, l, again)
	}
}

// What a browser must make, byte for byte: the layout of nonce and additional
// data, and the sealed chunk for a known key (checked against WebCrypto).
func TestVector(t *testing.T) {
	l := Layout{Length: 11, ChunkSize: 6}
	require.Equal(t, "010000000000000000000001", hex.EncodeToString(AppendNonce(nil, KindChunk, 1)))
	require.Equal(t, "020000000000000000000000", hex.EncodeToString(AppendNonce(nil, KindManifest, 0)))
	aad := l.AppendAAD(nil, KindChunk, 1)
	require.Len(t, aad, AADSize)
	require.Equal(t, "5341544153485231"+"000000000000000b"+"00000006"+"00000002"+"00000001"+"00000001", hex.EncodeToString(aad))
	sealed, err := l.Seal(nil, gcm(t, 0x42), 1, []byte("world"))
	require.NoError(t, err)
	require.Equal(t, vector, hex.EncodeToString(sealed))
}

func TestWhatTheHostCouldDo(t *testing.T) {
	const size = 100
	l := Layout{Length: 450, ChunkSize: size}
	b := content(450)
	aead := gcm(t, 1)
	whole := sealAll(t, l, aead, b)
	other := sealAll(t, l, gcm(t, 2), b)
	clone := func() [][]byte {
		var c [][]byte
		for _, chunk := range whole {
			c = append(c, bytes.Clone(chunk))
		}
		return c
	}
	for name, c := range map[string]struct {
		change func(c [][]byte) [][]byte
		good   int // bytes given before it was noticed
		says   string
	}{
		"a flipped bit of content":  {func(c [][]byte) [][]byte { c[2][7] ^= 1; return c }, 200, "chunk 3 of 5 is refused: it is not what the sender sealed"},
		"a flipped bit of the tag":  {func(c [][]byte) [][]byte { c[4][len(c[4])-1] ^= 0x80; return c }, 400, "chunk 5 of 5 is refused: it is not"},
		"a cut chunk":               {func(c [][]byte) [][]byte { c[1] = c[1][:50]; return c }, 100, "chunk 2 of 5 is refused: it has 116 bytes, 50 came"},
		"a longer chunk":            {func(c [][]byte) [][]byte { c[1] = append(c[1], 0); return c }, 100, "it has 116 bytes, 117 came"},
		"an empty chunk":            {func(c [][]byte) [][]byte { c[0] = nil; return c }, 0, "chunk 1 of 5 is refused: it has 116 bytes, 0 came"},
		"two chunks swapped":        {func(c [][]byte) [][]byte { c[1], c[2] = c[2], c[1]; return c }, 100, "chunk 2 of 5 is refused: it is not"},
		"a chunk repeated":          {func(c [][]byte) [][]byte { c[3] = c[2]; return c }, 300, "chunk 4 of 5 is refused: it is not"},
		"a chunk of another share":  {func(c [][]byte) [][]byte { c[3] = other[3]; return c }, 300, "chunk 4 of 5 is refused: it is not"},
		"the last chunk missing":    {func(c [][]byte) [][]byte { return c[:4] }, 400, "no such chunk"},
		"a chunk in the middle out": {func(c [][]byte) [][]byte { return append(c[:1], c[2:]...) }, 100, "chunk 2 of 5 is refused"},
	} {
		got, err := readAll(l, aead, c.change(clone()))
		require.ErrorContains(t, err, c.says, name)
		require.Equal(t, b[:c.good], got, "%s: only what is authentic is given", name)
	}
	// A host that lies about the whole: fewer chunks, other sizes.
	m := &Manifest{}
	m.Add(FieldName, "a.pcap")
	sealed, err := l.SealManifest(nil, aead, m)
	require.NoError(t, err)
	for _, lie := range []Layout{{Length: 400, ChunkSize: size}, {Length: 450, ChunkSize: 50}, {Length: 451, ChunkSize: size}, {Length: 450, ChunkSize: 450}} {
		_, err := lie.OpenManifest(aead, sealed)
		var refused *ChunkError
		require.ErrorAs(t, err, &refused)
		require.ErrorContains(t, err, "the share's manifest is refused: it is not what the sender sealed")
		got, err := readAll(lie, aead, whole)
		require.Error(t, err, "%+v", lie)
		require.Empty(t, got, "%+v", lie)
	}
	_, err = l.OpenManifest(gcm(t, 2), sealed)
	require.ErrorContains(t, err, "the link's key is of another share")
	_, err = l.OpenManifest(aead, whole[0])
	require.Error(t, err, "a chunk is no manifest")
	_, err = l.OpenManifest(aead, make([]byte, MaxManifest+1))
	require.ErrorContains(t, err, "65537 came")
}

func TestReaderKeepsItsError(t *testing.T) {
	r := NewReader(Layout{Length: 10, ChunkSize: 10}, gcm(t, 1), func(int, []byte) ([]byte, error) { return nil, io.EOF })
	for range 2 {
		_, err := r.Read(make([]byte, 4))
		require.Equal(t, io.ErrUnexpectedEOF, err, "a chunk that is missing is not the end")
	}
	l := Layout{Length: 450, ChunkSize: 100}
	b := content(450)
	chunks := sealAll(t, l, gcm(t, 1), b)
	require.NoError(t, iotest.TestReader(NewReader(l, gcm(t, 1), func(n int, _ []byte) ([]byte, error) { return chunks[n], nil }), b))
	_, err := NewReader(Layout{}, nil, nil).Read(make([]byte, 1))
	require.Error(t, err)
}

func TestLayouts(t *testing.T) {
	for _, bad := range []Layout{{}, {Length: 1}, {ChunkSize: 1}, {Length: -1, ChunkSize: 1}, {Length: 1, ChunkSize: MaxChunkSize + 1}, {Length: 100<<16 + 1, ChunkSize: 100}} {
		require.Error(t, bad.Check(), "%+v", bad)
		_, err := bad.Seal(nil, gcm(t, 1), 0, nil)
		require.Error(t, err)
		_, err = bad.Open(nil, gcm(t, 1), 0, nil)
		require.Error(t, err)
	}
	for _, bad := range [][2]int64{{0, 100}, {16, 100}, {100, 16}, {100, 0}, {-5, 100}, {1, -1}, {216, 100}, {1 << 62, 100}, {100, 4<<20 + 1}, {100<<16 + 1, 100}} {
		_, err := LayoutOfSealed(bad[0], bad[1])
		require.Error(t, err, "%v", bad)
	}
	l := Layout{Length: 100, ChunkSize: 100}
	for _, n := range []int{-1, 1} {
		_, err := l.Seal(nil, gcm(t, 1), n, content(100))
		require.ErrorContains(t, err, "no chunk of that number")
		_, err = l.Open(nil, gcm(t, 1), n, content(116))
		require.ErrorContains(t, err, "no chunk of that number")
	}
	_, err := l.Seal(nil, gcm(t, 1), 0, content(99))
	require.ErrorContains(t, err, "100 bytes of content, 99 were given")
}

func TestManifest(t *testing.T) {
	m := &Manifest{}
	m.Add(FieldName, "boot <b>.pcapng")
	m.Add(FieldWhat, WhatExchanges)
	m.Add("later", "passed over")
	m.Add(FieldNotes, "")
	b, err := m.Append([]byte("x"))
	require.NoError(t, err)
	got, err := ParseManifest(b[1:])
	require.NoError(t, err)
	require.Equal(t, m, got)
	require.Equal(t, WhatExchanges, got.Get(FieldWhat))
	require.Empty(t, got.Get(FieldSHA256))
	ends := map[int]bool{0: true} // a manifest may end behind any field
	for i := range m.Fields {
		part, err := (&Manifest{Fields: m.Fields[:i+1]}).Append(nil)
		require.NoError(t, err)
		ends[len(part)] = true
	}
	for n := range len(b) - 1 {
		_, err := ParseManifest(b[1 : 1+n])
		require.Equal(t, ends[n], err == nil, "cut at %d", n)
	}
	for _, bad := range []*Manifest{
		{Fields: []Field{{"", "x"}}},
		{Fields: []Field{{"a", "\xff"}}},
		{Fields: []Field{{"a", "1"}, {"a", "2"}}},
		{Fields: []Field{{string(make([]byte, 256)), ""}}},
		{Fields: []Field{{FieldNotes, string(make([]byte, MaxManifest))}}},
	} {
		out, err := bad.Append([]byte("kept"))
		require.Error(t, err)
		require.Equal(t, "kept", string(out))
	}
	_, err = ParseManifest([]byte{1, 'a', 0xff, 0xff, 0xff, 0xff, 'x'})
	require.ErrorContains(t, err, `the value of "a" at offset 2`)
	_, err = ParseManifest(make([]byte, MaxManifest))
	require.ErrorContains(t, err, "at most 65520 bytes expected, found 65536")
}

func TestLink(t *testing.T) {
	l := Link{ID: "HaT5-_xyz"}
	copy(l.Key[:], content(KeySize))
	text := l.Fragment()
	for _, form := range []string{text, "#" + text, text + "&row=5"} {
		require.True(t, IsLink(form))
		got, err := ParseLink(form)
		require.NoError(t, err)
		require.Equal(t, l, got)
	}
	require.False(t, IsLink("#view=log"))
	for _, bad := range []string{"", "#", "share=", "share=x", "share=.AAAA", "share=a/b." + text[len(text)-43:], text[:len(text)-1], text + "A", text[:len(text)-1] + "*", "sha=" + text} {
		_, err := ParseLink(bad)
		require.Error(t, err, bad)
	}
}

func TestOwnerLink(t *testing.T) {
	l := OwnerLink{ID: "HaT5-_xyz", Token: "abcDEF-_0"}
	require.Equal(t, "delete=HaT5-_xyz.abcDEF-_0", l.Fragment())
	for _, form := range []string{l.Fragment(), "#" + l.Fragment()} {
		require.True(t, IsOwnerLink(form))
		got, err := ParseOwnerLink(form)
		require.NoError(t, err)
		require.Equal(t, l, got)
	}
	for _, bad := range []string{"", "#delete=", "delete=a", "delete=a.", "delete=.b", "delete=a/b.c", "delete=a.b.c", "share=a.b", "delete=a." + string(make([]byte, 100))} {
		_, err := ParseOwnerLink(bad)
		require.Error(t, err, bad)
	}
}

func FuzzManifest(f *testing.F) {
	b, _ := (&Manifest{Fields: []Field{{"name", "a"}, {"what", "log"}}}).Append(nil)
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ParseManifest(b)
		if err != nil {
			return
		}
		again, err := m.Append(nil)
		require.NoError(t, err)
		require.Equal(t, len(b), len(again))
		require.True(t, bytes.Equal(b, again))
	})
}

func FuzzLink(f *testing.F) {
	f.Add((Link{ID: "abc"}).Fragment())
	f.Fuzz(func(t *testing.T, s string) {
		l, err := ParseLink(s)
		if err != nil {
			return
		}
		got, err := ParseLink(l.Fragment())
		require.NoError(t, err)
		require.Equal(t, l, got)
	})
}
