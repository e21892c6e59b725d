package page

import (
	"strconv"
	"strings"

	"satascope/wasm/app/bridge"
)

// A place says of a capture where to look, and what was set about it: a part of
// the page's fragment, name=value joined by &. Names that are not known are
// passed over.
type place struct {
	row     int // from 0; -1 for none
	spec    viewSpec
	assumed bridge.Assumed
}

// A viewSpec is what the list shows.
type viewSpec struct {
	exchanges  bool
	filter     string
	sort       bridge.Column // of exchanges
	descending bool
}

// sortNames are the columns' names in a fragment.
var sortNames = [...]string{"number", "time", "stream", "operation", "path", "result", "bytes", "latency"}

// switchNames are the names of what a Switch is set to.
var switchNames = [...]string{bridge.Auto: "", bridge.On: "on", bridge.Off: "off"}

// fragment is the place's text.
func (p place) fragment() string {
	var parts []string
	add := func(name, value string) {
		if value != "" {
			parts = append(parts, name+"="+string(appendEscaped(nil, value)))
		}
	}
	number := func(name string, n uint64) {
		if n != 0 {
			add(name, strconv.FormatUint(n, 10))
		}
	}
	number("port", uint64(p.assumed.Port))
	add("server", p.assumed.Server)
	add("ffio", switchNames[p.assumed.FFIO])
	number("first-read", uint64(p.assumed.FirstRead))
	if p.spec.exchanges {
		add("view", "exchanges")
		if p.spec.sort != bridge.ByNumber || p.spec.descending {
			sort := sortNames[p.spec.sort]
			if p.spec.descending {
				sort = "-" + sort
			}
			add("sort", sort)
		}
	}
	add("filter", p.spec.filter)
	number("row", uint64(p.row+1)) // as it is shown
	return strings.Join(parts, "&")
}

// parsePlace reads a place. What is wrong in it is passed over: the rest of the
// link is still good.
func parsePlace(view string) place {
	p := place{row: -1}
	for _, part := range strings.Split(view, "&") {
		name, value, _ := strings.Cut(part, "=")
		value = unescaped(value)
		switch name {
		case "row":
			if n, err := strconv.ParseUint(value, 10, 31); err == nil && n > 0 {
				p.row = int(n - 1)
			}
		case "port":
			if n, err := strconv.ParseUint(value, 10, 16); err == nil {
				p.assumed.Port = uint16(n)
			}
		case "server":
			if len(value) <= maxServer {
				p.assumed.Server = value
			}
		case "ffio":
			switch value {
			case "on":
				p.assumed.FFIO = bridge.On
			case "off":
				p.assumed.FFIO = bridge.Off
			}
		case "first-read":
			if n, err := strconv.ParseUint(value, 10, 32); err == nil {
				p.assumed.FirstRead = uint32(n)
			}
		case "view":
			p.spec.exchanges = value == "exchanges"
		case "sort":
			by, descending := strings.CutPrefix(value, "-")
			for i, name := range sortNames {
				if name == by {
					p.spec.sort, p.spec.descending = bridge.Column(i), descending
				}
			}
		case "filter":
			p.spec.filter = value
		}
	}
	if !p.spec.exchanges {
		p.spec.sort, p.spec.descending = bridge.ByNumber, false
	}
	return p
}

// maxServer bounds an address and port.
const maxServer = 100

// appendEscaped appends a value so that a fragment can hold it and whatever
// reads query strings reads it back.
func appendEscaped(dst []byte, s string) []byte {
	const digits = "0123456789ABCDEF"
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-_.~:/*,()=?!@;", c) >= 0:
			dst = append(dst, c)
		default:
			dst = append(dst, '%', digits[c>>4], digits[c&15])
		}
	}
	return dst
}

// unescaped is a value as it was; a % that begins nothing stands for itself.
func unescaped(s string) string {
	var dst []byte
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				dst = append(dst, byte(n))
				i += 2
				continue
			}
		}
		dst = append(dst, s[i])
	}
	return string(dst)
}
