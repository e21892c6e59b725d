package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"satascope/site"
)

var serveCommand = command{
	name: "serve",
	does: "serve the page, from this program alone",
	help: `usage: satascope serve [flags]

Serves the page. It decodes in the browser: no capture is ever sent here. It
listens on this machine only, unless told otherwise, and ends with Ctrl+C.
`,
	prepare: func(flags *flag.FlagSet) runner {
		o := serveOptions{files: site.Files}
		flags.StringVar(&o.listen, "listen", "127.0.0.1:8080", "`HOST:PORT` to listen on; port 0 takes a free one")
		return o.run
	},
}

type serveOptions struct {
	listen string
	files  func() (fs.FS, bool)
}

// How long a client may take, and how long those still served are waited for.
const (
	headerTimeout   = 10 * time.Second
	idleTimeout     = 2 * time.Minute
	shutdownTimeout = 2 * time.Second
	maxHeaderBytes  = 64 << 10
)

func (o *serveOptions) run(ctx context.Context, std streams, args []string) error {
	if len(args) > 0 {
		return usagef("serve takes no arguments, found %q", args[0])
	}
	if _, _, err := net.SplitHostPort(o.listen); err != nil {
		return usagef("--listen: expected HOST:PORT, found %q", o.listen)
	}
	files, ok := o.files()
	if !ok {
		return errors.New("the page is not in this program: it was built before the site was. Run ./build.sh, which makes .build/satascope with the page inside (or ./build.sh serve, which serves it at once)")
	}
	pages, err := site.Handler(files)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return listenError(o.listen, err)
	}
	server := &http.Server{
		Handler:           site.WithHeaders(pages),
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          log.New(std.err, "satascope: ", 0),
	}
	if _, err := fmt.Fprintf(std.out, "Satascope is at http://%s/ (Ctrl+C ends it)\n", listener.Addr()); err != nil {
		listener.Close()
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	wait, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	if err := server.Shutdown(wait); err != nil {
		return server.Close()
	}
	return nil
}

// listenError says what can be done about an address that can't be listened on.
func listenError(address string, err error) error {
	var dns *net.DNSError
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%s is in use by another program: choose another port, as --listen %s", address, otherPort(address))
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s may not be listened on by this user: choose a port above 1023, as --listen %s", address, otherPort(address))
	case errors.Is(err, syscall.EADDRNOTAVAIL), errors.As(err, &dns):
		return fmt.Errorf("%s is not an address of this machine: choose one, as --listen 127.0.0.1:8080", address)
	}
	return err
}

// otherPort is the same host with a port that is free for sure.
func otherPort(address string) string { return address[:strings.LastIndexByte(address, ':')] + ":0" }
