// Package walcore is the state machine that turns the messages of a PCFS over
// SATA conversation into a log, and the log itself.
//
// A [Machine] is told what happens, message by message, and appends [Record]
// values to a [Log]. It is pure: no goroutine, no I/O, no clock, and it never
// fails; what is odd becomes a diagnostic record at its place. Records are
// small and hold no pointers: texts are interned in the Log, bytes that must be
// printed as they came stand in its bounded arena. Text is made from a record
// only when someone asks for it ([Log.AppendText], [Log.WriteTo]).
//
// One run serves two logs. The tolerant log is all records. The compatible log
// is what the reference (crate cat-dev) would have written, to the byte: the
// records that [Log.Compatible] says yes to, up to [Log.CompatibleEnd], where
// the reference would have stopped.
//
// Section numbers in comments are those of docs/protocol.md.
package walcore

// MaxKept is how many bytes of a message are kept for printing it as Unknown;
// of a longer one the rest is read again from its file (see [Rest]).
const MaxKept = 1 << 20
