package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"satascope/capture"
	"satascope/capture/unpack"
	"satascope/decode"
	"satascope/walcore"
)

var decodeCommand = command{
	name: "decode",
	does: "write the log of a capture to standard output",
	help: `usage: satascope decode [flags] FILE...

Decodes a capture and writes its log to standard output, diagnostics to standard
error. FILE is a pcap or pcapng file (also as gzip or zstd), what Wireshark
exports when it follows a TCP stream, an event file, a log that was written
earlier, or raw bytes, binary or as hex text; - is standard input.

Several captures are joined by the times of their packets and decoded together;
two files of raw bytes may be the two directions of one conversation. All of them
must be what they are given for: one that is not is named, and nothing is decoded.

Exit status: 0; 1 when the input could not be decoded to its end (with
--compatible also when the reference server would have stopped before the end);
2 when it was called wrongly. Whatever was decoded is written in any case.
`,
	prepare: func(flags *flag.FlagSet) runner {
		var o decodeOptions
		flags.BoolVar(&o.compatible, "compatible", false, "write byte for byte what the reference writes")
		flags.BoolVar(&o.diagnostics, "diagnostics", false, "write diagnostics into the log, as lines that start with !!, and to standard error what had to be assumed")
		flags.StringVar(&o.format, "format", "log", "`FORM` to write: log, ndjson or csv")
		flags.Func("port", "the server's TCP `PORT`; without it 7500, or where the protocol is spoken", o.setPort)
		flags.Func("server", "decode only what this `HOST:PORT` serves", o.setServer)
		flags.Func("ffio", "fast file I/O, `on|off`, in conversations whose Ping was not recorded", o.setFFIO)
		flags.Func("first-read", "the first read `SIZE` in such conversations, in bytes", o.setFirstRead)
		return o.run
	},
}

type decodeOptions struct {
	decode.Options
	compatible  bool
	diagnostics bool
	format      string
}

func (o *decodeOptions) setPort(s string) error {
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil || n == 0 {
		return errors.New("expected a TCP port from 1 to 65535")
	}
	o.Port = uint16(n)
	return nil
}

func (o *decodeOptions) setServer(s string) error {
	server, err := netip.ParseAddrPort(s)
	if err != nil || server.Port() == 0 {
		return errors.New("expected an address and a port, as 192.168.0.2:7500 or [fe80::1]:7500")
	}
	o.Server = server
	return nil
}

func (o *decodeOptions) setFFIO(s string) error {
	switch s {
	case "on":
		o.FFIO = decode.On
	case "off":
		o.FFIO = decode.Off
	default:
		return errors.New("expected on or off")
	}
	return nil
}

func (o *decodeOptions) setFirstRead(s string) error {
	n, err := strconv.ParseUint(s, 0, 32)
	if err != nil || n == 0 {
		return errors.New("expected a number of bytes, as 196672 or 0x30040")
	}
	o.FirstRead = uint32(n)
	return nil
}

func (o *decodeOptions) run(ctx context.Context, std streams, names []string) error {
	switch {
	case len(names) == 0:
		return usagef("decode needs a FILE")
	case o.compatible && o.diagnostics:
		return usagef("--compatible and --diagnostics exclude each other: the compatible log has no diagnostics")
	case o.Port != 0 && o.Server.IsValid() && o.Port != o.Server.Port():
		return usagef("--port %d and --server %s name different ports", o.Port, o.Server)
	}
	write, ok := writers[o.format]
	if !ok {
		return usagef("--format: expected log, ndjson or csv, found %q", o.format)
	}
	var sources []capture.Source
	for _, name := range names {
		source, release, err := openSource(name, std.in)
		if err != nil {
			return err
		}
		defer release()
		sources = append(sources, source)
	}
	o.Unpackers = unpack.Native()
	d := decode.New(o.Options, sources...)
	defer d.Close()
	problem := d.Run(ctx)
	selection := walcore.Selection{Compatible: o.compatible, Diagnostic: o.diagnostics}
	if _, err := write(d.Log(), std.out, selection, d.Rest); err != nil {
		return fmt.Errorf("writing the log: %w", err)
	}
	if o.diagnostics {
		writeAssumptions(std.err, d.Assumptions())
	}
	// Where there is nothing of the protocol the error says it, and says it alone.
	var nothing *decode.NothingWholeError
	if !o.diagnostics && (problem == nil || d.Summary().Messages > 0 || errors.As(problem, &nothing)) {
		if err := writeDiagnostics(std.err, d.Log()); err != nil {
			return fmt.Errorf("writing diagnostics: %w", err)
		}
	}
	if problem == nil && o.compatible {
		if stopped := d.Stopped(); stopped != nil {
			problem = stopped
		}
	}
	switch {
	case problem == nil, errors.Is(problem, context.Canceled):
		return problem
	}
	return fmt.Errorf("%s: %w", strings.Join(names, ", "), problem)
}

// writers by the name of their form.
var writers = map[string]func(*walcore.Log, io.Writer, walcore.Selection, walcore.Rest) (int, error){
	"log":    writeLog,
	"ndjson": (*walcore.Log).WriteNDJSON,
	"csv":    (*walcore.Log).WriteCSV,
}

// writeLog writes the log with its bytes as they are; to a terminal, so that no
// path can act on it.
func writeLog(log *walcore.Log, w io.Writer, s walcore.Selection, rest walcore.Rest) (int, error) {
	if !isTerminal(w) {
		return log.WriteTo(w, s, rest)
	}
	v := &visibleWriter{w: w}
	n, err := log.WriteTo(v, s, rest)
	if err == nil {
		err = v.end()
	}
	return n, err
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// writeAssumptions writes what had to be assumed, one a line, with the flag that
// sets it otherwise.
func writeAssumptions(w io.Writer, all []decode.Assumption) {
	for _, a := range all {
		what := "assumed"
		if a.Set {
			what = "set"
		}
		option := ""
		if a.Option != "" {
			option = " (--" + a.Option + ")"
		}
		fmt.Fprintf(w, "%s: %s%s\n", what, a.Sentence, option)
	}
}

// writeDiagnostics writes the log's diagnostics, one a line.
func writeDiagnostics(w io.Writer, log *walcore.Log) error {
	if log.Diagnostics() == 0 {
		return nil
	}
	_, err := log.WriteTo(w, walcore.Selection{Diagnostic: true, Keep: func(i int) bool { return log.At(i).Kind == walcore.Diagnostic }}, nil)
	return err
}
