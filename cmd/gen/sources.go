package main

import "satascope/sata"

// The reference's documentation and source, of the version whose behaviour is
// kept to.
const (
	referenceDocs   = "https://docs.rs/cat-dev/0.0.14/cat_dev/fsemul/pcfs/sata/"
	referenceSource = "https://docs.rs/cat-dev/0.0.14/src/cat_dev/fsemul/pcfs/sata/"
)

// sourceFiles are the files of the reference in which a command is defined.
var sourceFiles = map[sata.Command]string{
	sata.CreateFolder: "create_folder", sata.OpenFolder: "open_folder", sata.ReadFolder: "read_folder", sata.RewindFolder: "rewind_folder",
	sata.CloseFolder: "close_folder", sata.OpenFile: "open_file", sata.ReadFile: "read_file", sata.WriteFile: "write_file",
	sata.GetFilePosition: "get_file_position", sata.SetFilePosition: "set_file_position", sata.StatFile: "stat_file", sata.CloseFile: "close_file",
	sata.Remove: "remove", sata.Rename: "rename", sata.QueryPath: "get_info_by_query", sata.ChangeOwner: "change_owner", sata.ChangeMode: "change_mode",
	sata.Ping: "ping",
}

// A source is something public that these pages rest on.
type source struct{ Title, Address, Says string }

// publicSources are all of them; no page links to anything else elsewhere.
func publicSources() []source {
	return []source{
		{"cat-dev 0.0.14: protocols for SATA", referenceSource + "proto/mod.rs.html", "header, command info, commands, result codes"},
		{"cat-dev 0.0.14: the write-ahead log", referenceDocs + "server/wal/index.html", "the state machine, and the text of the log"},
		{"cat-dev 0.0.14: the server", referenceSource + "server/mod.rs.html", "what is answered, and how long it is"},
		{"RFC 9293, Transmission Control Protocol", "https://www.rfc-editor.org/rfc/rfc9293", "what was delivered when, and when a connection opens and closes"},
		{"RFC 3629, UTF-8", "https://www.rfc-editor.org/rfc/rfc3629", "when a path parses"},
		{"draft-eastlake-fnv, the FNV hash", "https://datatracker.ietf.org/doc/draft-eastlake-fnv/", "the checksum of a READ line, which starts from another state"},
	}
}

// commandSource is where the reference defines a command.
func commandSource(s *sata.Spec) source {
	file := sourceFiles[s.Command] + ".rs"
	return source{file, referenceSource + "proto/" + file + ".html", ""}
}
