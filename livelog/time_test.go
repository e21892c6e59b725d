//go:build go1.25

package livelog

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

const removeLine = "->Remove       {path=/a}\n"

// After 3 seconds of traffic what was recorded is written.
func TestFlushInTraffic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{room: 1 << 20}
		l := Options{Tolerant: true}.start("the file", m)
		begin := time.Now()
		request := removeRequest("/a")
		for m.String() == "" {
			require.NoError(t, l.RecordRequest(context.Background(), 1, request))
			synctest.Wait()
			time.Sleep(100 * time.Millisecond)
			require.LessOrEqual(t, time.Since(begin), DefaultTraffic+200*time.Millisecond, "it is never written")
		}
		require.GreaterOrEqual(t, time.Since(begin), DefaultTraffic)
		require.Equal(t, strings.Repeat(removeLine, 31), m.String(), "one at the start and one each 100 ms")
		require.NoError(t, l.Close())
	})
}

// After 5 seconds of quiet what was recorded is written, and not before.
func TestFlushInQuiet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{room: 1 << 20}
		l := Options{Tolerant: true}.start("the file", m)
		require.NoError(t, l.RecordRequest(context.Background(), 1, removeRequest("/a")))
		time.Sleep(DefaultQuiet - time.Millisecond)
		synctest.Wait()
		require.Empty(t, m.String())
		time.Sleep(time.Millisecond)
		synctest.Wait()
		require.Equal(t, removeLine, m.String())

		// Then again, after any time.
		time.Sleep(time.Hour)
		require.NoError(t, l.RecordRequest(context.Background(), 1, removeRequest("/a")))
		time.Sleep(DefaultQuiet)
		synctest.Wait()
		require.Equal(t, removeLine+removeLine, m.String())
		writes := m.writes
		time.Sleep(time.Hour)
		require.Equal(t, writes, m.writes, "nothing to write, nothing written")
		require.NoError(t, l.Close())
	})
}

// Close writes at once.
func TestFlushAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{room: 1 << 20}
		l := Options{Tolerant: true}.start("the file", m)
		begin := time.Now()
		require.NoError(t, l.RecordRequest(context.Background(), 1, removeRequest("/a")))
		require.NoError(t, l.Close())
		require.Equal(t, removeLine, m.String())
		require.Zero(t, time.Since(begin))
	})
}

// Lines do not pile up in memory until their time comes.
func TestFlushWhenMuchWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &memory{room: 1 << 30}
		l := Options{Tolerant: true}.start("the file", m)
		request := removeRequest("/a")
		for range 2 * maxPending / len(removeLine) {
			require.NoError(t, l.RecordRequest(context.Background(), 1, request))
		}
		synctest.Wait()
		require.Greater(t, len(m.String()), maxPending)
		require.NoError(t, l.Close())
	})
}
