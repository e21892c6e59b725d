package livelog_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"

	"satascope/livelog"
	"satascope/sata"
)

// A server that handles each connection in a goroutine of its own records it
// under a number of its choice. What the log says never stops it: it looks at
// the first error, tells a person, and goes on.
func Example() {
	folder, err := os.MkdirTemp("", "livelog-example-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "wal.log")
	log, err := livelog.Open(path)
	if err != nil {
		panic(err) // the file exists, or the folder does not
	}

	devkit, conn := net.Pipe()
	served := make(chan struct{})
	go func() {
		serve(conn, 1, log)
		close(served)
	}()
	play(devkit)
	<-served

	if err := log.Close(); err != nil {
		panic(err)
	}
	written, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	fmt.Print(string(written))
	// Output:
	// ->Remove       {path=/%SAVE_EMU_DIR/old.dat}
	// <-          RC {return_code=Failure (fff0ffe9)}
}

// serve answers every request of a connection: no path exists.
func serve(conn net.Conn, stream uint64, log *livelog.Log) {
	defer conn.Close()
	ctx := context.Background()
	note := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, err) // once: later calls return nil
		}
	}
	note(log.RecordOpenStream(ctx, stream))
	defer func() { note(log.RecordCloseStream(ctx, stream)) }()
	for {
		request, err := readMessage(conn)
		if err != nil {
			return
		}
		note(log.RecordRequest(ctx, stream, request))
		const noSuchPath = 0xFFF0FFE9
		response, err := sata.AppendResponse(nil, &sata.Response{Shape: sata.ShapeResult, Result: noSuchPath})
		if err != nil {
			panic(err)
		}
		note(log.RecordResponse(ctx, stream, response))
		if _, err := conn.Write(response); err != nil {
			return
		}
	}
}

// readMessage reads a header and the bytes that it announces.
func readMessage(r io.Reader) ([]byte, error) {
	message := make([]byte, sata.HeaderSize)
	if _, err := io.ReadFull(r, message); err != nil {
		return nil, err
	}
	header, err := sata.ParseHeader(message)
	if err != nil {
		return nil, err
	}
	if header.DataLen > sata.MaxHead {
		return nil, errors.New("a request that long is none")
	}
	message = append(message, make([]byte, header.DataLen)...)
	_, err = io.ReadFull(r, message[sata.HeaderSize:])
	return message, err
}

// play is the devkit: it asks for one thing and hangs up.
func play(conn net.Conn) {
	defer conn.Close()
	request, err := sata.AppendRequest(nil, &sata.Request{Command: sata.Remove, Path: []byte("/%SAVE_EMU_DIR/old.dat")})
	if err != nil {
		panic(err)
	}
	if _, err := conn.Write(request); err != nil {
		panic(err)
	}
	if _, err := io.ReadFull(conn, make([]byte, sata.HeaderSize+4)); err != nil {
		panic(err)
	}
}
