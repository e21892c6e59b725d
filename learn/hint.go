package learn

import (
	"math/bits"
	"strconv"
	"strings"

	"satascope/sata"
)

// A Hint is what is said to a wrong answer, so that one can try again: what that
// answer would be right for, or what it leaves out. It does not tell the answer.
type Hint struct {
	First, Last uint64 // the answers it is for
	Says        string
}

// HintFor is what to say to a wrong answer that Check understands.
func (q *Question) HintFor(answer string) string {
	n, err := q.parse(answer)
	if err != nil {
		return ""
	}
	for _, h := range q.Hints {
		if n >= h.First && n <= h.Last {
			return h.Says
		}
	}
	if q.Kind == QuestionNumber {
		if hex, err := strconv.ParseUint(q.digits(answer), 16, 64); err == nil && hex == q.Answer {
			return "These are the right digits in hex. Write `0x` before a number in hex. " + q.Hint
		}
		if n > 0xFF && n <= 0xFFFFFFFF && uint64(bits.ReverseBytes32(uint32(n))) == q.Answer {
			return "That reads the bytes from the wrong end: the first byte counts most. " + q.Hint
		}
	}
	return q.Hint
}

// hint says what to look at, whatever the wrong answer is.
func (q Question) hint(says string) Question {
	q.Hint = says
	return q
}

// slip says what is wrong with one answer. The first slip of an answer counts;
// one that is right after all is none.
func (q Question) slip(answer uint64, says string) Question {
	if answer != q.Answer {
		q.Hints = append(q.Hints[:len(q.Hints):len(q.Hints)], Hint{answer, answer, says})
	}
	return q
}

// pieces says of an answer to "how long?" which one or two of the message's
// pieces it leaves out.
func (q Question) pieces(pieces []sata.Piece) Question {
	size := func(p sata.Piece) string {
		return "the " + p.Name + " (" + count(uint64(p.Bytes), "byte", "bytes") + ")"
	}
	left := map[uint64][]string{}
	var order []uint64
	leave := func(what string, n int) {
		sum := q.Answer - uint64(n)
		if left[sum] == nil {
			order = append(order, sum)
		}
		left[sum] = append(left[sum], what)
	}
	for i, p := range pieces {
		leave(size(p), p.Bytes)
		for _, o := range pieces[i+1:] {
			leave(size(p)+" and "+size(o), p.Bytes+o.Bytes)
		}
	}
	for _, sum := range order {
		if sum > 0 {
			q = q.slip(sum, "That leaves out "+strings.Join(left[sum][:min(2, len(left[sum]))], ", or ")+".")
		}
	}
	var names []string
	for _, p := range pieces {
		names = append(names, "the "+p.Name)
	}
	last := len(names) - 1
	return q.hint("Add up its pieces: " + strings.Join(names[:last], ", ") + " and " + names[last] + ".")
}

// read says of an answer to "how long is the answer to this ReadFile?" for which
// read it would be right.
func (q Question) read(r Read) Question {
	const head = sata.ReadHeadSize
	first, word := uint64(r.FirstRead), uint64(r.Word)
	least := min(r.Total, first)
	if r.Form == sata.ReadFailed {
		return q.slip(sata.HeaderSize, "The result code behind them has 4 bytes, too.").
			slip(head+r.Total, "That would be right if the read had succeeded.").
			slip(head+least, "That would be right if the read had succeeded.").
			hint("A read that failed brings no data and no padding. What is left?")
	}
	q = q.slip(q.Answer-head, "That leaves out the 36 bytes in front: 32 that say its form, and a number of 4.").
		slip(q.Answer-4, "The number at `0x20` has 4 bytes, too. The data stands behind it.")
	if r.Total > first {
		q = q.slip(head+r.Total, "That would be right if the read asked for no more than the first read size.")
	} else {
		q = q.slip(head+first, "That would be right if the read asked for the first read size or more.")
	}
	if r.Form == sata.ReadZeros {
		return q.slip(head+least, "That would be right if less had been read. The number at `0x20` says how much was.").
			slip(head+word, "That is the data without padding. Data that is short is filled up.").
			hint("36 bytes stand in front. Behind them is what was read; where that is less than was asked for and less than the first read size, it is filled up to the smaller of the two.")
	}
	return q.slip(head+word, "The number at `0x20` is the length of the file. What comes behind it follows from what was asked for.").
		hint("36 bytes stand in front. As many more follow as were asked for, but never more than the first read size.")
}

// padding says of an answer to "how much padding?" what was taken for it.
func (q Question) padding(r Read, length Length) Question {
	word, least := uint64(r.Word), min(r.Total, uint64(r.FirstRead))
	q = q.slip(word, "That is the data. The padding comes after it.").
		slip(least, "That is data and padding together.").
		slip(length.Bytes, "That is the whole answer.").
		slip(length.Bytes-word, "That counts the 36 bytes in front, too.")
	if r.Total > least {
		q = q.slip(r.Total-word, "That would be right if the data were filled up to what was asked for. Here that is more than the first read size, and padding ends there.")
	}
	return q.hint("Behind the 36 bytes in front come the data and the padding: together as many as were asked for, but never more than the first read size. Take the data away.")
}

// product says of an answer to "how many bytes?" what else it could come from.
func (q Question) product(blocks, size uint32) Question {
	return q.slip(uint64(blocks)+uint64(size), "Block count times block size, not plus.").
		slip(uint64(size), "That is one block.").
		slip(uint64(blocks), "That is how many blocks, not how many bytes.").
		hint("There are as many blocks as the block count says, and each has as many bytes as the block size says.")
}

// fields says of a byte that is not the one in which field it stands.
func (q Question) fields(layout []sata.Field) Question {
	for _, f := range layout {
		says := "That byte belongs to another field: " + f.Name + "."
		if at := uint64(f.Offset); q.Answer >= at && q.Answer < uint64(f.End()) {
			says = "That is the field, but it is another byte of it."
		}
		q.Hints = append(q.Hints, Hint{uint64(f.Offset), uint64(f.End()) - 1, says})
	}
	return q
}
