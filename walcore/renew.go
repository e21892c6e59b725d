package walcore

// Renew goes on with a fresh log and leaves the old one as it is: open
// descriptors and waiting requests stay, records and all texts that nothing
// refers to do not. A machine beside a server that runs for weeks calls it once
// the lines so far are written, or its log would grow without end. Records of
// the new log have no Partner in the old one.
func (m *Machine) Renew(limits Limits) *Log {
	old := m.log
	m.log = NewLog(limits)
	for _, s := range m.streams {
		for fd, path := range s.files {
			s.files[fd] = m.log.adopt(old.Text(path))
		}
		for fd, path := range s.folders {
			s.folders[fd] = m.log.adopt(old.Text(path))
		}
		s.waiting = append([]waiting(nil), s.waiting[s.head:]...)
		s.head = 0
		for i := range s.waiting {
			w := &s.waiting[i]
			w.index, w.path = None, m.log.adopt(old.Text(w.path))
		}
	}
	return m.log
}

// adopt interns a text of another log, without a copy and whatever the limit:
// what is open must keep its path.
func (l *Log) adopt(s string) uint32 {
	if id, ok := l.ids[s]; ok {
		return id
	}
	id := uint32(len(l.texts))
	l.texts = append(l.texts, s)
	l.ids[s] = id
	l.textLen += len(s)
	return id
}
