//go:build js && wasm

package page

import (
	"honnef.co/go/js/dom/v2"

	"satascope/wasm/app/bridge"
)

// A partnerBar keeps the other side of the selected message in sight: the
// response of a request, the request of a response. Where the list shows it, it
// is marked there; else it stands in this bar, at the edge behind which it is.
type partnerBar struct {
	p     *page
	box   dom.HTMLElement
	label dom.HTMLElement
	text  dom.HTMLElement
	row   int // the record in it, -1 for none
	asked int
}

func newPartnerBar(p *page) *partnerBar {
	b := &partnerBar{p: p, box: byID("partner"), label: byID("partner-label"), text: byID("partner-text"), row: -1, asked: -1}
	on(b.box, "click", func(dom.Event) {
		if b.row >= 0 {
			p.reveal(b.row)
			p.list.focus()
		}
	})
	p.list.single = b.came
	return b
}

// update shows or hides the bar, after the list was drawn.
func (b *partnerBar) update() {
	l := b.p.list
	if l.partner < 0 || l.table.exchanges || l.at < 0 || l.shows(l.partner) {
		if b.row >= 0 {
			b.row = -1
			show(b.box, false)
		}
		if l.partner < 0 {
			b.asked = -1
		}
		return
	}
	if b.row == l.partner {
		b.stand()
		return
	}
	if b.asked != l.partner {
		b.asked = l.partner
		l.askOne(l.partner)
	}
}

// stand puts the bar at the edge behind which the other side is, or where it
// would be if the filter had left it.
func (b *partnerBar) stand() {
	l := b.p.list
	above := b.row < l.sel
	// It must not lie on the selected row itself, nor on one from which it can't be
	// scrolled away.
	first, end := l.s.Visible()
	inView := l.s.Shows(l.at)
	switch {
	case above && (inView && l.at <= first+1 || l.s.Offset() <= 0):
		above = false
	case !above && (inView && l.at >= end-2 || end == l.s.Rows()) && l.s.Offset() > 0:
		above = true
	}
	setClassOf(b.box, "above", above)
}

// came takes the row that was asked for.
func (b *partnerBar) came(row *bridge.Row) {
	b.asked = -1
	if row.Index != b.p.list.partner || b.p.list.at < 0 || b.p.list.shows(row.Index) || b.p.list.table.exchanges {
		return
	}
	b.row = row.Index
	what := "Its response"
	if row.Class == bridge.ClassRequest {
		what = "Its request"
	}
	b.label.SetTextContent(what + ", row " + count(row.Index+1))
	setClass(b.text, logTable.class(row)[2:])
	setText(b.text.Underlying(), row)
	b.stand()
	show(b.box, true)
}
