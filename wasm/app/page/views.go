//go:build js && wasm

package page

// selected is the row that is selected, -1 for none.
func (p *page) selected() int { return p.list.sel }

// reveal selects a row and brings it into view.
func (p *page) reveal(record int) { p.list.goTo(record) }

// filterBy adds a term to the filter.
func (p *page) filterBy(string) {}
