package bridge

func init() {
	examples = append(examples, &Carve{Seq: 1, Filter: "stream:1"}, &Carved{Seq: 1, Rows: 7, Added: 4})
}
