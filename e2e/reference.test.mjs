// The reference pages in a browser: they need no WebAssembly, are found by
// typing, and fit a phone and paper.
import assert from "node:assert/strict";
import test from "node:test";
import { suite } from "./lib/browser.mjs";

const site = suite();
const open = (t, path, options) => site.open(t, { path: "/reference/" + path, ready: false, ...options });

test("the search finds commands, fields, codes and diagnostics, by keyboard alone", async (t) => {
  const page = await open(t, "index.html");
  const { tab } = page;
  const finds = async (typed, first, url) => {
    await tab.keyboard.press("/");
    await tab.keyboard.type(typed);
    await tab.waitForFunction((first) => document.querySelector("#found a")?.textContent.startsWith(first), {}, first);
    await Promise.all([tab.waitForNavigation(), tab.keyboard.press("Enter")]);
    assert.ok(tab.url().endsWith(url), `${typed}: ${tab.url()}`);
  };
  await finds("descriptor", "Descriptors", "/reference/descriptors.html");
  await finds("openf", "OpenFile", "/reference/openfile.html");
  await finds("0xfff0ffe9", "0xFFF0FFE9", "/reference/results.html#fff0ffe9");
  await finds("bytes-missing", "bytes-missing", "/reference/diagnostics.html#bytes-missing");
  await finds("block size", "block size", "-38-block-size");
  assert.equal(await tab.$eval(":target", (e) => getComputedStyle(e).display), "table-row", "the field is shown");
  await tab.keyboard.press("/");
  await tab.keyboard.type("no such thing");
  await tab.waitForFunction(() => document.querySelector("#found").textContent === "Nothing found");
  await tab.keyboard.press("Escape");
  assert.equal(await tab.$eval("#found", (e) => e.hidden), true);

  // Arrows walk the list.
  await tab.$eval("#search", (e) => { e.value = ""; });
  await tab.keyboard.type("folder");
  await tab.keyboard.press("ArrowDown");
  await tab.keyboard.press("ArrowDown");
  assert.equal(await tab.evaluate(() => [...document.querySelectorAll("#found a")].indexOf(document.activeElement)), 1);
  await tab.keyboard.press("ArrowUp");
  await tab.keyboard.press("ArrowUp");
  assert.equal(await tab.evaluate(() => document.activeElement.id), "search");
});

test("the side list stays beside what one reads, with the page one is on in sight", async (t) => {
  const page = await open(t, "words.html");
  const { tab } = page;
  for (const [width, height] of [[1440, 900], [1024, 500]]) {
    await tab.setViewport({ width, height });
    await tab.reload({ waitUntil: "load" });
    await tab.evaluate(() => scrollTo(0, document.documentElement.scrollHeight / 2));
    const seen = await tab.evaluate(() => {
      const nav = document.querySelector("nav").getBoundingClientRect(), here = document.querySelector("nav [aria-current]").getBoundingClientRect();
      return { top: nav.top, fits: nav.height <= innerHeight, here: here.top >= 0 && here.bottom <= innerHeight };
    });
    assert.deepEqual(seen, { top: 0, fits: true, here: true }, `${width}x${height}`);
  }
  await tab.setViewport({ width: 390, height: 800 });
  assert.equal(await tab.$eval("nav", (e) => getComputedStyle(e).position), "static", "a phone has no room for it");
});

test("no page asks for the program, and none is wider than its window", async (t) => {
  const page = await open(t, "index.html");
  const links = await page.tab.$$eval("nav a", (list) => list.map((a) => a.href));
  assert.ok(links.length > 25);
  for (const [width, height] of [[1440, 900], [390, 800]]) {
    await page.tab.setViewport({ width, height });
    for (const link of links) {
      await page.tab.goto(link, { waitUntil: "load" });
      const [content, window] = await page.tab.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(content <= window, `${link} is ${content} wide in a window of ${window}`);
      assert.notEqual(await page.text("h1"), "");
    }
  }
  assert.deepEqual(page.requests.filter((r) => /\.wasm|program|boot/.test(r.url)), []);
});

test("without scripts the pages are whole, and the index lists all entries", async (t) => {
  const page = await open(t, "sources.html");
  await page.tab.setJavaScriptEnabled(false);
  await page.tab.goto(page.site.origin + "/reference/index.html", { waitUntil: "load" });
  assert.equal(await page.tab.$eval("#finder", (e) => e.hidden), true, "no search that does not work");
  assert.ok((await page.tab.$$(".entries a")).length > 200);
  await page.tab.goto(page.site.origin + "/reference/readfile.html", { waitUntil: "load" });
  assert.ok((await page.tab.$$(".ruler")).length === 2);
});

for (const dark of [false, true]) {
  test(`it looks as it should (${dark ? "dark" : "light"})`, async (t) => {
    const page = await open(t, "openfile.html", { dark });
    await page.screenshot(`reference-command-${dark ? "dark" : "light"}`);
    await page.tab.goto(page.site.origin + "/reference/machine.html", { waitUntil: "load" });
    await page.screenshot(`reference-machine-${dark ? "dark" : "light"}`);
    const [ink, paper] = await page.tab.evaluate(() => [getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]);
    assert.notEqual(ink, paper);
    if (!dark) {
      await page.tab.emulateMediaType("print");
      assert.equal(await page.tab.$eval("nav", (e) => getComputedStyle(e).display), "none", "paper needs no navigation");
      await page.screenshot("reference-print");
      // A4 with margins is narrow, but no phone.
      await page.tab.setViewport({ width: 680, height: 1000 });
      for (const name of ["readfile", "rename", "framing", "log"]) {
        await page.tab.goto(page.site.origin + `/reference/${name}.html`, { waitUntil: "load" });
        await page.tab.emulateMediaType("print"); // a new page may have lost it
        assert.equal(await page.tab.$eval(".fields thead", (e) => getComputedStyle(e).display), "table-header-group");
        assert.ok(await page.tab.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} is cut`);
        assert.deepEqual(await page.tab.$$eval(".values code", (all) => all.filter((e) => e.textContent.length < 12 && e.getBoundingClientRect().height > 30).map((e) => e.textContent)), [], `${name}: a short value stands in one line`);
      }
    }
  });
}
