package page

import "strings"

// partName is what a part of a capture is called: a.pcapng.gz is a.part.pcapng.
func partName(capture string) string {
	for _, ending := range []string{".gz", ".zst", ".pcap", ".pcapng", ".cap"} {
		capture = strings.TrimSuffix(capture, ending)
	}
	if capture == "" {
		capture = "capture"
	}
	return capture + ".part.pcapng"
}
