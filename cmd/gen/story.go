package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"satascope/capture/unpack"
	"satascope/decode"
	"satascope/learn"
	"satascope/sata"
	"satascope/walcore"
)

// storyName is the capture that ships with the page.
const storyName = "devkit_story.pcapng.gz"

// recorded are captures of the reference's own server. What it answered is told
// from these only.
var recorded = []string{storyName, "real_server.pcapng", "real_server_lossy_network.pcapng"}

// A file is a capture on disk.
type file string

func (f file) Open() (io.ReadCloser, error) { return os.Open(string(f)) }
func (f file) Name() string                 { return filepath.Base(string(f)) }
func (f file) Size() int64                  { return -1 }

// open decodes a capture.
func open(name string) (learn.Conversation, error) {
	d := decode.New(decode.Options{Unpackers: unpack.Native()}, file(name))
	if err := d.Run(context.Background()); err != nil {
		return learn.Conversation{}, fmt.Errorf("%s: %w", name, err)
	}
	return learn.Conversation{Log: d.Log(), Rest: d.Rest}, nil
}

// seen counts the result codes that each command was answered.
type seen map[sata.Command]map[sata.Result]int

func (s seen) add(c learn.Conversation) {
	for i := range c.Log.Len() {
		r := c.Log.At(i)
		result, ok := r.Result()
		command, known := r.Command()
		if !ok || !known {
			continue
		}
		if s[command] == nil {
			s[command] = map[sata.Result]int{}
		}
		if command == sata.WriteFile && !result.FailsFor(command) {
			result = written
		}
		s[command][result]++
	}
}

// written stands for all numbers of bytes that a WriteFile answered.
const written sata.Result = 1

// exchanges are the requests of a command in a conversation, each with its
// response: the first of each kind of answer.
func exchanges(c learn.Conversation, command sata.Command) (rows []int) {
	type kind struct {
		line   walcore.Line
		result sata.Result
		query  uint32
		form   sata.ReadForm
	}
	had := map[kind]bool{}
	for i := range c.Log.Len() {
		r := c.Log.At(i)
		if r.Kind != walcore.Request || r.Op != uint8(command) || r.Partner == walcore.None {
			continue
		}
		answer := c.Log.At(int(r.Partner))
		k := kind{line: answer.Line}
		k.result, _ = answer.Result()
		if command == sata.WriteFile && !k.result.FailsFor(command) {
			k.result = written
		}
		if command == sata.QueryPath {
			k.query = r.B
		}
		if answer.Line == walcore.LineRead {
			k.form, _ = sata.FormOf([]byte(c.Log.Text(answer.Path2)))
		}
		if !had[k] {
			had[k] = true
			rows = append(rows, i)
		}
	}
	return rows
}
