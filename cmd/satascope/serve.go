package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"math"
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"time"

	"satascope/share"
	"satascope/site"
)

var serveCommand = command{
	name: "serve",
	does: "serve the page, from this program alone",
	help: `usage: satascope serve [flags]

Serves the page. It decodes in the browser: no capture is sent here unless its
owner shares it, sealed so that this server can't read it. It listens on this
machine only, unless told otherwise, and ends with Ctrl+C.

Browsers encrypt shares, and keep the page for use without a network, only on
this machine or over https: give a certificate and its key for others to use it,
or put a server that has them in front. Over https, browsers are told to stay
with it for a year. A certificate that was renewed is read at the next start.
`,
	prepare: func(flags *flag.FlagSet) runner {
		o := serveOptions{files: site.Files, quota: share.DefaultQuota, limits: share.DefaultLimits()}
		flags.StringVar(&o.listen, "listen", "127.0.0.1:8080", "`HOST:PORT` to listen on; port 0 takes a free one")
		flags.StringVar(&o.tlsCert, "tls-cert", "", "`FILE` with the certificate for https, and behind it its chain, as PEM; needs --tls-key")
		flags.StringVar(&o.tlsKey, "tls-key", "", "`FILE` with the certificate's key, as PEM")
		flags.StringVar(&o.data, "data", "", "`FOLDER` to keep shares in; without it the page offers no stored shares")
		flags.Func("quota", "`SIZE` that all shares may have together, as 10GiB (the default)", sizeFlag(&o.quota))
		flags.Func("max-share", "`SIZE` of the largest share, as 256MiB (the default)", sizeFlag(&o.limits.Size))
		flags.StringVar(&o.proxyHeader, "proxy-header", "", "`NAME` of the header in which a proxy in front says who asks, as X-Forwarded-For")
		return o.run
	},
}

type serveOptions struct {
	listen      string
	tlsCert     string
	tlsKey      string
	files       func() (fs.FS, bool)
	data        string
	quota       int64
	limits      share.Limits
	proxyHeader string
}

// sizeUnits are what a size on the command line may end with.
var sizeUnits = []struct {
	suffix string
	bytes  int64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40}, {"", 1}}

// sizeFlag parses a number of bytes, in units of 1024 if it names one.
func sizeFlag(to *int64) func(string) error {
	return func(s string) error {
		for _, u := range sizeUnits {
			digits, ok := strings.CutSuffix(s, u.suffix)
			if !ok {
				continue
			}
			n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
			if err != nil || n <= 0 || n > math.MaxInt64/u.bytes {
				break
			}
			*to = n * u.bytes
			return nil
		}
		return errors.New("expected a number of bytes, as 512MiB, 10GiB or 1000000")
	}
}

// Shares that one address may create: this many at once, then one each interval.
const (
	shareBurst    = 300
	shareInterval = time.Second
	sweepInterval = 10 * time.Minute
)

// How long a client may take, and how long those still served are waited for.
const (
	headerTimeout   = 10 * time.Second
	idleTimeout     = 2 * time.Minute
	shutdownTimeout = 2 * time.Second
	maxHeaderBytes  = 32 << 10
)

func (o *serveOptions) run(ctx context.Context, std streams, args []string) error {
	if len(args) > 0 {
		return usagef("serve takes no arguments, found %q", args[0])
	}
	if _, _, err := net.SplitHostPort(o.listen); err != nil {
		return usagef("--listen: expected HOST:PORT, found %q", o.listen)
	}
	if most := int64(o.limits.Chunks) * o.limits.ChunkSize; o.limits.Size > most {
		return usagef("--max-share: a share has at most %d chunks of %d MiB, which are %d GiB; found %d bytes", o.limits.Chunks, o.limits.ChunkSize>>20, most>>30, o.limits.Size)
	}
	scheme, certificates, err := o.certificates()
	if err != nil {
		return err
	}
	files, ok := o.files()
	if !ok {
		return errors.New("the page is not in this program: it was built before the site was. Run ./build.sh, which makes .build/satascope with the page inside (or ./build.sh serve, which serves it at once)")
	}
	pages, err := site.Handler(files)
	if err != nil {
		return err
	}
	handler := http.NewServeMux()
	handler.Handle("/", pages)
	report := func(err error) { complain(std.err, err.Error()) }
	if o.data == "" {
		handler.Handle(share.Prefix, share.None("This server keeps no shares, because it was started without a folder for them", "To store shares here, start it with --data FOLDER."))
	} else {
		disk, err := share.OpenDisk(o.data, share.DiskOptions{Quota: o.quota, UploadTime: o.limits.UploadTime})
		if err != nil {
			return err
		}
		defer disk.Close()
		sweeping, stop := context.WithCancel(ctx)
		defer stop()
		go disk.KeepSwept(sweeping, sweepInterval, report)
		limiter := share.NewLimiter(shareBurst, shareInterval, o.proxyHeader, time.Now)
		handler.Handle(share.Prefix, share.NewHandler(disk, share.Options{Limits: o.limits, Admit: limiter.Admit, Log: report}))
	}
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return listenError(o.listen, err)
	}
	server := &http.Server{
		Handler:           site.WithHeaders(handler),
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		TLSConfig:         certificates,
		ErrorLog:          log.New(std.err, "satascope: ", 0),
	}
	if _, err := fmt.Fprintf(std.out, "Satascope is at %s://%s/ (Ctrl+C ends it)\n", scheme, listener.Addr()); err != nil {
		listener.Close()
		return err
	}
	ended := make(chan error, 1)
	go func() {
		if certificates != nil {
			ended <- server.ServeTLS(listener, "", "") // those of its TLSConfig
		} else {
			ended <- server.Serve(listener)
		}
	}()
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

// certificates reads what https needs, if it was asked for.
func (o *serveOptions) certificates() (scheme string, c *tls.Config, err error) {
	switch {
	case o.tlsCert == "" && o.tlsKey == "":
		return "http", nil, nil
	case o.tlsCert == "":
		return "", nil, usagef("--tls-key needs --tls-cert, the certificate of that key")
	case o.tlsKey == "":
		return "", nil, usagef("--tls-cert needs --tls-key, the key of that certificate")
	}
	pair, err := tls.LoadX509KeyPair(o.tlsCert, o.tlsKey)
	if err != nil {
		return "", nil, fmt.Errorf("--tls-cert %s with --tls-key %s: %w", o.tlsCert, o.tlsKey, err)
	}
	return "https", &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
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
