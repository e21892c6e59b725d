package main

import (
	"fmt"

	"satascope/sata"
	"satascope/walcore"
)

// ffioPage shows what the story negotiates.
type ffioPage struct {
	Capabilities []capability
	Hellos       [][2]string
}

type capability struct {
	Code      string
	FFIO, CSR bool
}

func makeFFIO(st *site) *ffioPage {
	p := &ffioPage{}
	for _, c := range []sata.Capabilities{sata.CapBoth, sata.CapFFIO, sata.CapCSR} {
		p.Capabilities = append(p.Capabilities, capability{fmt.Sprintf("0x%08X", uint32(c)), c.FFIO(), c.CSR()})
	}
	c := st.story
	for i := range c.Log.Len() {
		r := c.Log.At(i)
		if r.Line == walcore.LinePong && r.Partner != walcore.None {
			p.Hellos = append(p.Hellos, [2]string{c.Line(int(r.Partner)), c.Line(i)})
		}
	}
	return p
}
