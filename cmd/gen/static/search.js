// Finds entries of the reference as one types. What there is to find stands in
// entries.js: [title, address, words]. Without scripts the index lists it all.
'use strict';
(() => {
  const finder = document.getElementById('finder');
  const box = document.getElementById('search');
  const found = document.getElementById('found');
  finder.hidden = false;

  // The page one is on is in sight in the side list, which scrolls by itself.
  const side = document.querySelector('nav');
  const here = side.querySelector('[aria-current]');
  if (here) side.scrollTop = here.offsetTop - side.offsetTop - side.clientHeight / 2;

  const entries = referenceEntries.map(([title, url, words]) => ({
    title, url, words, low: title.toLowerCase(), all: (title + ' ' + words).toLowerCase(),
  }));

  // A title that is what was typed, or a page whose title starts with it, comes
  // first; then a title that starts with it, one that holds it, and entries that
  // hold every word of it. Among equals a page comes first, then a word's meaning.
  function find(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return [];
    const whole = words.join(' ');
    const kind = (e) => (!e.url.includes('#') ? 0 : e.url.startsWith('words.html') ? 1 : 2);
    const rank = (e) => (e.low === whole || e.low.startsWith(whole) && !kind(e) ? 0 : e.low.startsWith(whole) ? 1 : e.low.includes(whole) ? 2 : 3);
    return entries.filter((e) => words.every((w) => e.all.includes(w)))
      .sort((a, b) => rank(a) - rank(b) || kind(a) - kind(b) || a.title.length - b.title.length)
      .slice(0, 12);
  }

  function show() {
    const list = find(box.value);
    found.replaceChildren(...list.map((e) => {
      const item = document.createElement('li');
      const link = document.createElement('a');
      const words = document.createElement('small');
      link.href = e.url;
      link.textContent = e.title;
      words.textContent = e.words;
      link.append(' ', words);
      item.append(link);
      return item;
    }));
    if (box.value.trim() && !list.length) {
      const none = document.createElement('li');
      none.textContent = 'Nothing found';
      found.replaceChildren(none);
    }
    found.hidden = !box.value.trim();
  }

  const close = () => { found.hidden = true; };
  box.addEventListener('input', show);
  box.addEventListener('focus', show);
  document.addEventListener('click', (event) => { if (!finder.contains(event.target)) close(); });
  document.addEventListener('keydown', (event) => {
    const typing = event.target instanceof HTMLInputElement;
    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      box.select();
      box.focus();
    }
  });
  finder.addEventListener('keydown', (event) => {
    const links = [...found.querySelectorAll('a')];
    const at = links.indexOf(document.activeElement);
    if (event.key === 'Escape') {
      close();
      box.focus();
      close();
    } else if (event.key === 'Enter' && document.activeElement === box && links.length) {
      links[0].click();
    } else if (event.key === 'ArrowDown' && links.length) {
      links[Math.min(at + 1, links.length - 1)].focus();
    } else if (event.key === 'ArrowUp' && at >= 0) {
      (links[at - 1] || box).focus();
    } else {
      return;
    }
    event.preventDefault();
  });
  finder.addEventListener('focusout', (event) => { if (event.relatedTarget && !finder.contains(event.relatedTarget)) close(); });
})();
