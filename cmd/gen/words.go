package main

import (
	"fmt"
	"strings"
	"time"

	"satascope/learn"
	"satascope/sata"
)

// words is what a value means, "" when it says all itself.
func words(f *learn.Frame, v *learn.Value) string {
	n, number := valueOf(v)
	switch {
	case v.Field.Kind == sata.Zeros || v.Field.Kind == sata.Constant && v.Field.Length > 4:
		if strings.HasPrefix(v.Text, "00*") {
			return fmt.Sprintf("%d zeros", v.Field.Length)
		}
		return ""
	case v.Field.Kind == sata.ResultCode:
		return sata.Result(n).MeaningFor(f.Command)
	case v.Field.Name == "command":
		return sata.Command(n).String()
	case len(v.Remains) > 0:
		return fmt.Sprintf("then %d bytes that are ignored: the remains of an earlier message", len(v.Remains))
	case v.Field.Slot == sata.SlotQuery:
		return sata.Query(n).String()
	case v.Field.Slot == sata.SlotMoveTo:
		return string(sata.Move(n).Append(nil))
	case v.Field.Slot == sata.SlotShouldMove && n&1 == 0:
		return "no: move to does not count"
	case v.Field.Slot == sata.SlotShouldMove:
		return "yes"
	case v.Field.Slot == sata.SlotMode && sata.Writable(uint32(n)):
		return "writable"
	case v.Field.Slot == sata.SlotMode:
		return "read-only"
	case v.Field.Slot == sata.SlotFlags && n&sata.InfoFolder != 0:
		return "a folder that exists"
	case v.Field.Slot == sata.SlotFlags && n&sata.InfoExists != 0:
		return "a file that exists"
	case v.Field.Slot == sata.SlotCreated || v.Field.Slot == sata.SlotUpdated:
		return fatTime(n)
	case v.Field.Slot == sata.SlotCapabilities:
		switch c := sata.Capabilities(n); {
		case c.FFIO() && c.CSR():
			return "fast file I/O, combined send and receive"
		case c.FFIO():
			return "fast file I/O"
		case c.CSR():
			return "combined send and receive"
		}
		return "neither"
	case v.Field.Name == "host timestamp" && n != 0:
		return time.Unix(int64(n), 0).UTC().Format("2006-01-02 15:04:05 UTC")
	case v.Field.Name == "flags" && v.Field.Offset == 8 && f.Request && f.Command == sata.Ping:
		switch n & (sata.FlagFFIO | sata.FlagCSR) {
		case sata.FlagFFIO | sata.FlagCSR:
			return "fast file I/O, combined send and receive"
		case sata.FlagFFIO:
			return "fast file I/O"
		case sata.FlagCSR:
			return "combined send and receive"
		}
		return "neither"
	case number && v.Field.Kind == sata.U32 && v.Field.Slot == sata.SlotBlockSize:
		return "bytes"
	}
	return ""
}

// fatTime is a time of an info block as a date.
func fatTime(ms uint64) string {
	return time.Unix(sata.FATEpoch+int64(ms/1000), int64(ms%1000)*1e6).UTC().Format("2006-01-02 15:04:05.000 UTC")
}

func valueOf(v *learn.Value) (n uint64, ok bool) {
	if v.Field.Kind == sata.Text || v.Field.Kind == sata.ModeText {
		return 0, false
	}
	if _, err := fmt.Sscan(v.Text, &n); err != nil {
		return 0, false
	}
	return n, true
}
