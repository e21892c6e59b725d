package bridge

import "encoding/binary"

// A codec goes through the fields of a message, to append them to b or to take
// them from b. One list of fields serves both, so that they can't come apart.
type codec struct {
	b       []byte
	reading bool
	bad     bool // what was read is no message of ours; all further fields are zero
}

type integer interface {
	~int | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

// number is an unsigned varint for values that can't be negative, and for -1
// and the smallest int64 all the same, as ten bytes.
func number[T integer](c *codec, v *T) {
	if !c.reading {
		c.b = binary.AppendUvarint(c.b, uint64(*v))
		return
	}
	u, n := binary.Uvarint(c.b)
	if n <= 0 {
		c.fail()
		return
	}
	c.b, *v = c.b[n:], T(u)
}

func (c *codec) bool(v *bool) {
	n := uint8(0)
	if *v {
		n = 1
	}
	number(c, &n)
	*v = n != 0
}

func (c *codec) text(v *string) {
	if !c.reading {
		c.b = append(binary.AppendUvarint(c.b, uint64(len(*v))), *v...)
		return
	}
	*v = string(c.take())
}

// rest is all bytes that are left: the last field of a message in bulk. What is
// read refers to the message.
func (c *codec) rest(v *[]byte) {
	if !c.reading {
		c.b = append(c.b, *v...)
		return
	}
	*v, c.b = c.b, nil
}

// take reads a length and that many bytes.
func (c *codec) take() []byte {
	n, used := binary.Uvarint(c.b)
	if used <= 0 || n > uint64(len(c.b)-used) {
		c.fail()
		return nil
	}
	b := c.b[used : used+int(n)]
	c.b = c.b[used+int(n):]
	return b
}

// list goes through a list: its length, then each item.
func list[T any](c *codec, v *[]T, item func(*codec, *T)) {
	n := len(*v)
	number(c, &n)
	if c.reading {
		if n < 0 || n > len(c.b) { // an item has at least a byte
			c.fail()
			return
		}
		*v = make([]T, n)
	}
	for i := range *v {
		item(c, &(*v)[i])
	}
}

func (c *codec) fail() {
	c.bad = true
	c.b = nil
}
