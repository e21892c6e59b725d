package bridge

func init() {
	examples = append(examples,
		&Carve{Seq: 1, Filter: "stream:1", View: 3, Ranges: []Range{{From: 1, To: 4}}, Row: NoRow, Shown: "op:Ping"},
		&Carved{Seq: 1, Rows: 7, Added: 4, Port: 7501, Checked: true, Same: true, Holds: true, Changed: 2, Row: 5, Left: 1, Notes: []Note{
			{Anchor: Anchor{Row: 1, Stream: 2, FromServer: true, Offset: 1 << 40, Finding: "x"}, Marked: true, Text: "why"}}},
	)
}
