// Package inspect answers questions about a decoded conversation: which rows
// match a filter, which request belongs to which response, what was open at a
// row, what a message's bytes mean and why it is as long as it is, what all of
// it amounts to. The page's worker asks it.
//
// Everything starts from an [Index] of a log. It takes in the log's rows once,
// in pieces and while the log still grows ([Index.Update]), and keeps what the
// other parts need: the exchanges, the state of the streams every some thousand
// rows, totals by path, and blocks of counts for the strip of activity.
//
//   - filter.go and its neighbours are the filter language: keys (one table),
//     words, grammar, tests, highlights, completion. Notes on rows are kept elsewhere
//     and asked for ([Index.SetNotes]). [Index.Compile] makes a
//     [Filter], [Index.Search] runs it over the log bit by bit.
//   - exchange.go pairs requests with their responses; exchange_sort.go puts
//     them in the order of a column.
//   - state.go is what is open and waits at a row, replay.go how it gets there.
//   - message.go is a message's tree of fields, why.go tells where its length
//     comes from.
//   - summary.go is what is in the conversation, summary_text.go the same as
//     Markdown.
//   - activity.go counts rows by time and stream.
//   - find.go goes to the next failure, finding or text.
//
// A row is a record of the log. It is named by its index; what people see is
// that plus one. Nothing here reads files, looks at a clock or starts
// goroutines, and work over all rows can be done in pieces, so that a browser's
// event loop gets its turns.
//
// An Index and what is made from it are for one goroutine, and may be asked
// while the log's Machine rests.
package inspect
