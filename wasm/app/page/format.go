package page

import (
	"strconv"

	"satascope/wasm/app/bridge"
)

// count is a number with its thousands apart: 52,311.
func count(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// counted is a number and what it counts: "1 stream", "2 streams".
func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return count(n) + " " + what
}

// size is a number of bytes in decimal units: 184.2 MB.
func size(n int64) string {
	if n < 1000 {
		return counted(int(n), "byte")
	}
	v := float64(n) / 1000
	for _, unit := range []string{"kB", "MB", "GB"} {
		if v < 999.95 {
			return strconv.FormatFloat(v, 'f', 1, 64) + " " + unit
		}
		v /= 1000
	}
	return strconv.FormatFloat(v, 'f', 1, 64) + " TB"
}

// seconds is a duration in seconds, as precise as a person wants it.
func seconds(ms int64) string {
	switch {
	case ms < 10_000:
		return strconv.FormatFloat(float64(ms)/1000, 'f', 2, 64) + " s"
	case ms < 600_000:
		return strconv.FormatFloat(float64(ms)/1000, 'f', 1, 64) + " s"
	}
	return count(int(ms/60_000)) + " min " + strconv.Itoa(int(ms/1000%60)) + " s"
}

// appendTime appends a row's time, in seconds since a base and with six digits
// in two groups: 1.481 902. Nothing when either is not known.
func appendTime(dst []byte, t, base int64) []byte {
	if t == bridge.NoTime || base == bridge.NoTime {
		return dst
	}
	ns := uint64(t - base)
	if t < base {
		dst = append(dst, '-')
		ns = uint64(base - t)
	}
	micros := (ns + 500) / 1000
	dst = strconv.AppendUint(dst, micros/1_000_000, 10)
	dst = append(dst, '.')
	dst = appendThree(dst, micros/1000%1000)
	dst = append(dst, ' ')
	return appendThree(dst, micros%1000)
}

func appendThree(dst []byte, n uint64) []byte {
	return append(dst, '0'+byte(n/100), '0'+byte(n/10%10), '0'+byte(n%10))
}

// fileName is what a download of a file's log is called: kinds tell what it is
// besides the whole log.
func fileName(capture string, kinds ...string) string {
	if capture == "" {
		capture = "capture"
	}
	for _, kind := range kinds {
		capture += "." + kind
	}
	return capture + ".log"
}

// tcpFlags names the flags of a TCP segment.
func tcpFlags(flags uint8) string {
	var dst []byte
	for i, name := range [...]string{"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"} {
		if flags>>i&1 != 0 {
			if len(dst) > 0 {
				dst = append(dst, ' ')
			}
			dst = append(dst, name...)
		}
	}
	return string(dst)
}
