// Command satascope decodes captures of PCFS over SATA and serves the page that
// does the same in a browser.
//
// Each command stands in a file of its own and is one entry of the table below:
// decode.go, serve.go, version.go. source.go makes files, and what is piped in,
// into sources that can be read more than once.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"satascope/walcore"
)

// Exit codes.
const (
	exitOK    = 0
	exitError = 1 // it could not be done, or not to its end
	exitUsage = 2
)

// A command is one of those of the command line.
type command struct {
	name    string
	does    string // one line
	help    string // before the flags
	prepare func(*flag.FlagSet) runner
}

// A runner runs a command whose flags were parsed.
type runner func(ctx context.Context, std streams, args []string) error

type streams struct {
	in       io.Reader
	out, err io.Writer
}

var commands = []*command{&decodeCommand, &serveCommand, &versionCommand}

// errUsage marks mistakes in how the program was called.
type errUsage struct{ text string }

func (e errUsage) Error() string { return e.text }

func usagef(format string, args ...any) error { return errUsage{fmt.Sprintf(format, args...)} }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, streams{os.Stdin, os.Stdout, os.Stderr}, os.Args[1:])
	stop()
	os.Exit(code)
}

func run(ctx context.Context, std streams, args []string) int {
	if len(args) == 0 {
		overview(std.err)
		return exitUsage
	}
	name, args := args[0], args[1:]
	switch name {
	case "-h", "-help", "--help":
		name = "help"
	case "-v", "-version", "--version":
		name = "version"
	}
	if name == "help" {
		if len(args) == 0 {
			overview(std.out)
			return exitOK
		}
		name, args = args[0], []string{"--help"}
	}
	for _, c := range commands {
		if c.name == name {
			return c.run(ctx, std, args)
		}
	}
	complain(std.err, fmt.Sprintf("there is no command %q; `satascope help` lists them", name))
	return exitUsage
}

func (c *command) run(ctx context.Context, std streams, args []string) int {
	flags := flag.NewFlagSet(c.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	do := c.prepare(flags)
	operands, err := parse(flags, args)
	if err == nil {
		err = do(ctx, std, operands)
	} else if !errors.Is(err, flag.ErrHelp) {
		err = errUsage{twoDashes.Replace(err.Error())}
	}
	var usage errUsage
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(std.out, c.help)
		printFlags(std.out, flags)
		return exitOK
	case errors.As(err, &usage):
		complain(std.err, usage.text+"; `satascope help "+c.name+"` tells more")
		return exitUsage
	case errors.Is(err, context.Canceled):
		complain(std.err, "interrupted")
	default:
		complain(std.err, err.Error())
	}
	return exitError
}

// twoDashes makes package flag name flags as the documentation does.
var twoDashes = strings.NewReplacer("flag -", "flag --", "defined: -", "defined: --", "argument: -", "argument: --")

// parse parses flags that stand before, between or after the operands; what
// follows -- is operands.
func parse(flags *flag.FlagSet, args []string) (operands []string, err error) {
	for {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		rest := flags.Args()
		if used := len(args) - len(rest); used > 0 && args[used-1] == "--" {
			return append(operands, rest...), nil
		}
		if len(rest) == 0 {
			return operands, nil
		}
		operands, args = append(operands, rest[0]), rest[1:]
	}
}

// printFlags lists flags with two dashes, as the documentation writes them.
func printFlags(w io.Writer, flags *flag.FlagSet) {
	first := true
	flags.VisitAll(func(f *flag.Flag) {
		if first {
			fmt.Fprintln(w, "\nFlags:")
			first = false
		}
		value, usage := flag.UnquoteUsage(f)
		head := "  --" + f.Name
		if value != "" {
			head += " " + value
		}
		fmt.Fprintf(w, "%-24s %s\n", head, usage)
	})
}

func overview(w io.Writer) {
	fmt.Fprint(w, `Satascope decodes captures of PCFS over SATA, the protocol by which a CAT-DEV
mounts folders of its host, into a log of requests and responses.

usage: satascope COMMAND [flags] [arguments]

`)
	for _, c := range commands {
		fmt.Fprintf(w, "  %-9s %s\n", c.name, c.does)
	}
	fmt.Fprint(w, "\n`satascope help COMMAND` tells more about one.\n")
}

// complain writes an error: one line, whatever is in it. Names of files and what
// was found in them are data, so nothing in them reaches the terminal as it is.
func complain(w io.Writer, text string) {
	line := walcore.AppendVisible([]byte("satascope: "), text)
	_, _ = w.Write(append(line, '\n')) // there is nowhere to report that this failed
}
