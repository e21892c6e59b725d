package worker

import (
	"context"
	"errors"
	"net/netip"

	"satascope/decode"
	"satascope/walcore"
	"satascope/wasm/app/bridge"
)

// describe tells of a decoder's end: err is what Run returned.
func describe(d *decode.Decoder, err error) *bridge.Ended {
	e := &bridge.Ended{Source: -1, Summary: summary(d), Streams: streams(d)}
	if err == nil {
		return e
	}
	e.Outcome = bridge.Failed
	var one *decode.FileError
	if errors.As(err, &one) {
		e.Source, err = one.Source, one.Err // the page has the name
	}
	e.Error = string(walcore.AppendVisible(nil, err.Error()))
	var none *decode.NoProtocolError
	switch {
	case errors.Is(err, context.Canceled):
		e.Outcome, e.Error = bridge.Cancelled, ""
	case errors.As(err, &none):
		for _, p := range none.Ports {
			e.Offers = append(e.Offers, bridge.Offer{Port: p.Port, Conversations: p.Conversations, Bytes: p.Bytes, Requests: p.Requests})
		}
	}
	return e
}

func summary(d *decode.Decoder) bridge.Summary {
	s := d.Summary()
	sum := bridge.Summary{
		Kind: s.Kind, Packed: s.Packed, Messages: s.Messages, Diagnostics: s.Diagnostics, Bytes: s.Bytes,
		First: walcore.NoTime, Last: walcore.NoTime, Port: s.Port, Packets: s.Packets, Full: d.Log().Full(), Stop: -1, Message: bridge.NoRow,
	}
	for i := range d.Log().Len() {
		r := d.Log().At(i)
		if r.Kind == walcore.Written {
			sum.Written++
		}
		if r.Time != walcore.NoTime {
			if sum.First == walcore.NoTime || r.Time < sum.First {
				sum.First = r.Time
			}
			if sum.Last == walcore.NoTime || r.Time > sum.Last {
				sum.Last = r.Time
			}
		}
	}
	facts := map[string]bool{}
	for _, f := range s.Facts {
		facts[f.Name] = true
		sum.Rests = append(sum.Rests, bridge.Basis{What: f.What, Value: f.Value, Known: f.Known.String(), Why: f.Why})
	}
	for _, a := range s.Assumptions {
		if facts[a.Name] {
			continue // it is told there
		}
		sum.Assumed = append(sum.Assumed, bridge.Assumption{Sentence: string(walcore.AppendVisible(nil, a.Sentence)), Option: a.Option, Set: a.Set})
	}
	for i := range d.Log().Len() {
		if d.Log().At(i).Kind != walcore.Diagnostic {
			sum.Message = i
			break
		}
	}
	if stop := d.Stopped(); stop != nil {
		sum.Stop, sum.StopWhy = stop.Record, stop.Reason
	}
	return sum
}

func streams(d *decode.Decoder) []bridge.Stream {
	var list []bridge.Stream
	for _, s := range d.Streams() {
		list = append(list, bridge.Stream{Client: address(s.Client), Server: address(s.Server), Messages: s.Messages})
	}
	return list
}

func address(a netip.AddrPort) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}
