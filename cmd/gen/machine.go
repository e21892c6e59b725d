package main

import "satascope/learn"

// machinePage draws the state machine.
type machinePage struct {
	Width, Height int
	Groups        []learn.Group
	Nodes         []machineNode
	Arrows        []learn.Arrow
}

type machineNode struct {
	learn.Node
	ID               string
	MiddleX, MiddleY int
}

func makeMachine() *machinePage {
	d := &learn.TheDiagram
	p := &machinePage{Width: d.Width, Height: d.Height, Groups: d.Groups, Arrows: d.Arrows}
	for _, n := range d.Nodes {
		p.Nodes = append(p.Nodes, machineNode{n, learn.Slug(n.Name), n.X + n.W/2, n.Y + n.H/2})
	}
	return p
}
