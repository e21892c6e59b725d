package learn

import "strconv"

// Language is how bytes are written for pasting into a program.
type Language uint8

// The languages.
const (
	LanguageHex Language = iota // a hex dump's bytes, 16 in a line
	LanguageC
	LanguageGo
	LanguageRust
)

// Languages are the names of the languages, by number.
var Languages = [...]string{"Hex", "C", "Go", "Rust"}

// AppendCode appends b as a constant of a language, called name, with a line
// break at the end. The name must be an identifier there. Rust wants it in
// capitals for no warning, Go in camel case; that is the caller's to choose.
func AppendCode(dst []byte, l Language, name string, b []byte) []byte {
	size := strconv.Itoa(len(b))
	switch l {
	case LanguageC:
		if len(b) == 0 {
			return append(dst, "/* "+name+": no bytes */\n"...)
		}
		dst = append(dst, "static const uint8_t "+name+"["+size+"] = {\n"...)
		dst = appendLines(dst, b, "    ", "0x", ", ", ",")
		return append(dst, "};\n"...)
	case LanguageGo:
		if len(b) == 0 {
			return append(dst, "var "+name+" = []byte{}\n"...)
		}
		dst = append(dst, "var "+name+" = []byte{\n"...)
		dst = appendLines(dst, b, "\t", "0x", ", ", ",")
		return append(dst, "}\n"...)
	case LanguageRust:
		dst = append(dst, "pub const "+name+": [u8; "+size+"] = [\n"...)
		dst = appendLines(dst, b, "    ", "0x", ", ", ",")
		return append(dst, "];\n"...)
	}
	return appendLines(dst, b, "", "", " ", "")
}

// appendLines appends bytes in lines of 16.
func appendLines(dst, b []byte, indent, prefix, between, end string) []byte {
	const digits = "0123456789abcdef"
	for i, c := range b {
		if i%16 == 0 {
			dst = append(dst, indent...)
		} else {
			dst = append(dst, between...)
		}
		dst = append(append(dst, prefix...), digits[c>>4], digits[c&15])
		if i%16 == 15 || i == len(b)-1 {
			dst = append(append(dst, end...), '\n')
		}
	}
	return dst
}
