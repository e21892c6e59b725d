//go:build js && wasm

package page

import (
	"slices"
	"strconv"
	"strings"
	"syscall/js"

	"honnef.co/go/js/dom/v2"
)

// The names of what is kept, besides the notes of each file.
const (
	keptSettings = "settings"
	keptFilters  = "filters"
)

// Heights of a row in CSS pixels, by density.
const (
	rowNormal  = 22
	rowCompact = 18
)

// settings are how a person wants the page. They are kept on this machine, and
// nothing else is without being asked for: filters that one saves, and notes
// that one writes (notes.go).
type settings struct {
	p      *page
	store  store
	dialog dom.HTMLElement

	theme      string // "", light or dark
	compact    bool
	quiet      bool // findings are not shown in the log
	sideClosed bool
	folded     []string // groups of the side list
	filters    []string // saved

	inspectorWidth, inspectorHeight int // in CSS pixels, 0 as the page has it

	kept dom.HTMLElement
}

func newSettings(p *page) *settings {
	s := &settings{p: p, store: openStore(), dialog: byID("settings"), kept: byID("settings-kept")}
	times.offset = func(millis int64) int {
		return -js.Global().Get("Date").New(float64(millis)).Call("getTimezoneOffset").Int()
	}
	if zone := js.Global().Get("Intl").Call("DateTimeFormat").Call("resolvedOptions").Get("timeZone"); zone.Type() == js.TypeString {
		times.zone = zone.String()
	}
	s.read()
	on(byID("settings-open"), "click", func(dom.Event) { s.open() })
	on(byID("settings-close"), "click", func(dom.Event) { s.dialog.Underlying().Call("close") })
	on(byID("settings-forget"), "click", func(dom.Event) { s.ask() })
	on(byID("settings-forget-all"), "click", func(dom.Event) { s.forget() })
	on(byID("settings-keep"), "click", func(dom.Event) {
		s.asking(false)
		byID("settings-forget").Focus()
	})
	on(byID("settings-form"), "change", func(dom.Event) { s.changed() })
	return s
}

// read reads what was kept.
func (s *settings) read() {
	v := s.store.get(keptSettings)
	s.theme = keptText(v, "theme")
	if s.theme != "light" && s.theme != "dark" {
		s.theme = ""
	}
	if how := keptText(v, "time"); slices.Contains(timeForms, how) {
		times.how = how
	}
	s.compact = keptTruth(v, "compact")
	s.quiet = keptTruth(v, "quiet")
	s.sideClosed = keptTruth(v, "sideClosed")
	s.inspectorWidth, s.inspectorHeight = keptNumber(v, "inspectorWidth"), keptNumber(v, "inspectorHeight")
	s.folded = nil
	if v.Type() == js.TypeObject {
		for _, key := range keptItems(v.Get("folded")) {
			if key.Type() == js.TypeString {
				s.folded = append(s.folded, key.String())
			}
		}
	}
	s.filters = nil
	for _, filter := range keptItems(s.store.get(keptFilters)) {
		if filter.Type() == js.TypeString && validText(filter.String()) && len(s.filters) < maxSaved {
			s.filters = append(s.filters, filter.String())
		}
	}
}

// keep keeps the settings; where the browser keeps nothing they hold until the
// page is left.
func (s *settings) keep() {
	folded := make([]any, len(s.folded))
	for i, key := range s.folded {
		folded[i] = key
	}
	_ = s.store.set(keptSettings, map[string]any{
		"theme": s.theme, "time": times.how, "compact": s.compact, "quiet": s.quiet, "sideClosed": s.sideClosed, "folded": folded,
		"inspectorWidth": s.inspectorWidth, "inspectorHeight": s.inspectorHeight,
	})
}

// apply makes the page as it is wanted. boot.js does so with the theme before
// the program runs.
func (s *settings) apply() {
	js.Global().Get("satascope").Call("theme", s.theme)
	height := float64(rowNormal)
	if s.compact {
		height = rowCompact
	}
	setClassOf(document.Body(), "compact", s.compact)
	s.p.list.setRowHeight(height)
	s.p.inspector.setSize(s.inspectorWidth, s.inspectorHeight)
	s.p.heading.nameTimes()
	s.p.list.fitTimes()
	s.p.inspector.line.want(s.p.inspector.row) // which shows its time
}

// nextTime shows times in the next form.
func (s *settings) nextTime() {
	at := slices.Index(timeForms, times.how)
	times.how = timeForms[(at+1)%len(timeForms)]
	s.keep()
	s.apply()
	s.p.say(times.name())
}

func (s *settings) isFolded(key string) bool { return slices.Contains(s.folded, key) }

func (s *settings) setFolded(key string, folded bool) {
	s.folded = slices.DeleteFunc(s.folded, func(k string) bool { return k == key })
	if folded {
		s.folded = append(s.folded, key)
	}
	s.keep()
}

// setInspector keeps how large the inspector was made, beside the log or below it.
func (s *settings) setInspector(below bool, size int) {
	kept := &s.inspectorWidth
	if below {
		kept = &s.inspectorHeight
	}
	if size != *kept {
		*kept = size
		s.keep()
	}
}

func (s *settings) setSideClosed(closed bool) {
	if closed != s.sideClosed {
		s.sideClosed = closed
		s.keep()
	}
}

// saveFilter keeps a filter: the newest stands first.
func (s *settings) saveFilter(filter string) error {
	list := append([]string{filter}, slices.DeleteFunc(slices.Clone(s.filters), func(f string) bool { return f == filter })...)
	return s.keepFilters(list[:min(len(list), maxSaved)])
}

func (s *settings) forgetFilter(filter string) {
	_ = s.keepFilters(slices.DeleteFunc(slices.Clone(s.filters), func(f string) bool { return f == filter }))
}

func (s *settings) keepFilters(list []string) error {
	values := make([]any, len(list))
	for i, filter := range list {
		values[i] = filter
	}
	if err := s.store.set(keptFilters, values); err != nil {
		return err
	}
	s.filters = list
	return nil
}

// open shows the settings.
func (s *settings) open() {
	choose := func(name, value string) {
		if el := document.QuerySelector(`input[name="` + name + `"][value="` + value + `"]`); el != nil {
			el.Underlying().Set("checked", true)
		}
	}
	theme := s.theme
	if theme == "" {
		theme = "auto"
	}
	choose("settings-theme", theme)
	choose("settings-time", times.how)
	byID("settings-time-local").SetTextContent("time of day here (" + times.zone + ")")
	byID("settings-compact").Underlying().Set("checked", s.compact)
	byID("settings-findings").Underlying().Set("checked", !s.quiet)
	s.showKept()
	s.asking(false)
	s.dialog.Underlying().Call("showModal")
}

// changed takes what was changed in the dialog.
func (s *settings) changed() {
	if s.theme = radio("settings-theme"); s.theme == "auto" {
		s.theme = ""
	}
	times.how = radio("settings-time")
	s.compact = byID("settings-compact").Underlying().Get("checked").Bool()
	quiet := !byID("settings-findings").Underlying().Get("checked").Bool()
	s.keep()
	s.apply()
	if quiet != s.quiet {
		s.quiet = quiet
		s.keep()
		s.p.views.again()
	}
	s.showKept()
}

// showKept says what is kept on this machine.
func (s *settings) showKept() {
	if !s.store.works() {
		s.kept.SetTextContent("This browser keeps nothing for this page: settings hold until it is closed.")
		return
	}
	s.kept.SetTextContent("Kept on this machine, and nowhere else: these settings, " + counted(len(s.filters), "saved filter") + ", notes about " + counted(s.noted(), "file") + ".")
}

// noted is about how many files notes are kept.
func (s *settings) noted() (n int) {
	for _, name := range s.store.names() {
		if strings.HasPrefix(name, keptNotes) {
			n++
		}
	}
	return n
}

// ask asks whether everything shall be forgotten, and says what that is.
func (s *settings) ask() {
	byID("settings-ask-text").SetTextContent("This forgets notes about " + counted(s.noted(), "file") + ", " + counted(len(s.filters), "saved filter") +
		" and the settings. It can’t be undone.")
	s.asking(true)
	byID("settings-keep").Focus()
}

// asking shows or hides the question, in place of the buttons below it.
func (s *settings) asking(asks bool) {
	show(byID("settings-ask"), asks)
	show(closest(byID("settings-forget"), "p"), !asks)
}

// forget forgets everything that the page keeps on this machine.
func (s *settings) forget() {
	for _, name := range s.store.names() {
		s.store.remove(name)
	}
	times.how = timeRelative
	quiet := s.quiet
	s.read()
	s.apply()
	s.p.notes.forgotten()
	s.p.learn.forgotten()
	if quiet {
		s.p.views.again()
	}
	s.dialog.Underlying().Call("close")
	s.p.say("Everything that was kept here is forgotten.")
}

// atoi is a number that was typed, with or without its thousands apart.
func atoi(s string) (int, bool) {
	n, err := strconv.Atoi(strings.NewReplacer(",", "", " ", "", "\u00a0", "", ".", "", "'", "").Replace(strings.TrimSpace(s)))
	return n, err == nil
}
