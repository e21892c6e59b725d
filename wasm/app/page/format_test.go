package page

import (
	"testing"

	"github.com/stretchr/testify/require"

	"satascope/wasm/app/bridge"
)

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 52311: "52,311", 1234567: "1,234,567", -100: "-100", -1000: "-1,000"} {
		require.Equal(t, want, count(n))
	}
	require.Equal(t, "1 stream", counted(1, "stream"))
	require.Equal(t, "0 streams", counted(0, "stream"))
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 bytes", 1: "1 byte", 999: "999 bytes", 1000: "1.0 kB", 184_231_000: "184.2 MB",
		999_949: "999.9 kB", 999_950: "1.0 MB", 4_000_000_000: "4.0 GB", 7_000_000_000_000: "7.0 TB",
	} {
		require.Equal(t, want, size(n))
	}
}

func TestSeconds(t *testing.T) {
	for ms, want := range map[int64]string{0: "0.00 s", 1104: "1.10 s", 61_020: "61.0 s", 605_000: "10 min 5 s"} {
		require.Equal(t, want, seconds(ms))
	}
}

func TestAppendTime(t *testing.T) {
	const base = 1_700_000_000_000_000_000
	for ns, want := range map[int64]string{
		0: "0.000 000", 1_481_902_000: "1.481 902", 1_481_902_499: "1.481 902", 1_481_902_500: "1.481 903",
		-3_000: "-0.000 003", 3_725_000_000_000: "3725.000 000",
	} {
		require.Equal(t, want, string(appendTime(nil, base+ns, base)))
	}
	require.Empty(t, appendTime(nil, bridge.NoTime, base))
	require.Empty(t, appendTime(nil, base, bridge.NoTime))
	require.Equal(t, "9223372036.854 776", string(appendTime(nil, 1<<62, 1<<62-1<<63+1)), "no overflow")
}

func TestFileName(t *testing.T) {
	require.Equal(t, "a.pcap.log", fileName("a.pcap"))
	require.Equal(t, "a.pcap.compatible.log", fileName("a.pcap", "compatible"))
	require.Equal(t, "capture.log", fileName(""))
	require.Equal(t, "a.pcap.filtered.diagnostics.log", fileName("a.pcap", "filtered", "diagnostics"))
}

func TestTCPFlags(t *testing.T) {
	require.Equal(t, "", tcpFlags(0))
	require.Equal(t, "PSH ACK", tcpFlags(0x18))
	require.Equal(t, "FIN SYN RST PSH ACK URG ECE CWR", tcpFlags(0xFF))
}
