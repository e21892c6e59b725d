package sata

import (
	"encoding/binary"
	"strconv"
)

func u32(b []byte) uint32 { return binary.BigEndian.Uint32(b) }
func u64(b []byte) uint64 { return binary.BigEndian.Uint64(b) }

func hex(n uint64) string { return "0x" + strconv.FormatUint(n, 16) }

func allZero(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}
