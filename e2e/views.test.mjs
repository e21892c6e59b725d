// The list and all around it, by click and key: filter, side list, exchanges,
// several rows, find, menus, the place in the address. What is said of the whole
// file, and the forms it comes in, is in views_more.test.mjs.
import assert from "node:assert/strict";
import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { PATIENCE, suite } from "./lib/browser.mjs";
import { golden } from "./lib/golden.mjs";
import { clipboard, drawn, filter, focused, hash, pause, picked, rowCount, rows, said, selected, shown, example as theExample } from "./lib/views.mjs";

const site = suite();
const barred = suite({ scrollBars: true });
let folder;
before(async () => (folder = await mkdtemp(join(tmpdir(), "satascope-views-"))));
after(() => rm(folder, { recursive: true, force: true }));

const example = (t, options) => theExample(site, t, options);

let lines;
before(async () => (lines = (await readFile(golden("captures", "devkit_story.pcapng.gz.log"), "utf8")).trimEnd().split("\n")));

test("the filter leaves rows with their numbers, highlighted, counted, and as they are downloaded", async (t) => {
  const page = await example(t);
  const all = await rowCount(page);
  const left = await filter(page, "op:OpenFile path:*/config/*");
  assert.ok(left.length > 2 && left.length < 30);
  assert.equal(await rowCount(page), left.length);
  assert.equal(await page.text("#filter-count"), `${left.length} of ${all}`);
  for (const [i, r] of left.entries()) {
    assert.equal(r.place, i + 1, "aria-rowindex is of the list");
    assert.equal(r.text.replace(/ {2}path does not exist$/, ""), lines[Number(r.n) - 1], "the number is of the whole log");
    if (r.text.startsWith("->")) assert.deepEqual(r.lit, ["OpenFile", "/config/"]);
  }
  assert.deepEqual(await page.tab.$$eval("#filter-mirror .key", (e) => e.map((k) => k.textContent)), ["op:", "path:"]);
  assert.equal(await page.text("#download-log"), "Download filtered log");
  const { name, bytes } = await page.download("#download-log");
  assert.equal(name, "devkit_story.pcapng.gz.filtered.log");
  assert.deepEqual(bytes.toString().trimEnd().split("\n"), left.map((r) => lines[Number(r.n) - 1]));
  const compatible = await page.download("#download-compatible");
  assert.equal(compatible.bytes.toString(), `${lines.join("\n")}\n`, "the compatible log is whole");
  await page.screenshot("views-filter");
  // Esc clears it, and once more goes back to the rows.
  await page.tab.focus("#filter");
  await page.tab.keyboard.press("Escape");
  await page.tab.waitForFunction((n) => Number(document.getElementById("log").ariaRowCount) === n, {}, all);
  assert.equal(await page.tab.$eval("#filter", (e) => e.value), "");
  assert.equal(await page.text("#download-log"), "Download log");
  await page.tab.keyboard.press("Escape");
  assert.equal(await focused(page), "log");
});

test("what the filter leaves agrees with the lines", async (t) => {
  const page = await example(t);
  for (const [text, test] of [
    ["kind:request", (l) => l.startsWith("->")],
    ["-kind:request -kind:diagnostic", (l) => !l.startsWith("->")],
    ['"fff0ffe9"', (l) => l.includes("fff0ffe9")],
    ["result:failure op:OpenFile", (l) => /FDRES .*Failure/.test(l)],
    ["kind:written", (l) => l.startsWith("  ->")],
    ["op:Ping OR op:Rename kind:request", (l) => /^->(Ping|Rename)|PONG/.test(l)],
    ["no:10..20", (l, i) => i >= 9 && i < 20],
  ]) {
    await filter(page, text);
    const { bytes } = await page.download("#download-log");
    assert.deepEqual(bytes.toString().split("\n").filter(Boolean), lines.filter(test), text);
  }
});

test("a filter is completed as it is typed, by key and by click", async (t) => {
  const page = await example(t);
  await page.tab.keyboard.press("/");
  assert.equal(await focused(page), "filter");
  await page.tab.keyboard.type("o");
  await page.tab.waitForSelector("#filter-list [role=option]");
  assert.equal(await page.tab.$eval("#filter", (e) => e.ariaExpanded), "true");
  const options = () => page.tab.$$eval("#filter-list [role=option]", (all) => all.map((o) => ({ label: o.querySelector("b").textContent, count: o.querySelector("i")?.textContent })));
  assert.equal((await options())[0].label, "op:");
  await page.tab.keyboard.press("ArrowDown");
  const active = await page.tab.$eval("#filter", (e) => e.getAttribute("aria-activedescendant"));
  assert.equal(await page.tab.$eval(`#${active}`, (e) => e.ariaSelected), "true");
  await page.tab.keyboard.press("Enter");
  assert.equal(await page.tab.$eval("#filter", (e) => e.value), "op:");
  await page.tab.waitForFunction(() => document.querySelector("#filter-list b")?.textContent === "ReadFile");
  assert.equal((await options())[0].count, "30", "how many rows have it");
  await page.tab.keyboard.type("que");
  await page.tab.waitForFunction(() => document.querySelector("#filter-list b")?.textContent === "QueryPath");
  await page.tab.click("#filter-list [role=option]");
  assert.equal(await page.tab.$eval("#filter", (e) => e.value), "op:QueryPath ");
  assert.equal(await shown(page, "#filter-list"), false);
  await page.tab.waitForFunction(() => document.getElementById("filter-count").textContent.startsWith("20 of"));
  await page.tab.keyboard.press("Enter");
  assert.equal(await focused(page), "log");
  // Paths are offered as they are in the log, quoted where that is needed.
  await filter(page, "");
  await page.tab.keyboard.press("/");
  await page.tab.keyboard.type("path:system.x");
  await page.tab.waitForFunction(() => document.querySelector("#filter-list b")?.textContent.endsWith("system.xml"));
  await page.tab.keyboard.press("ArrowDown");
  await page.tab.keyboard.press("Tab");
  assert.match(await page.tab.$eval("#filter", (e) => e.value), /^path:=\/%SLC_EMU_DIR\/sys\/config\/system\.xml $/);
  // Tab takes the first way to go on, and a space that is typed then is there already.
  await page.tab.focus("#log");
  await filter(page, "");
  await page.tab.keyboard.press("/");
  const value = () => page.tab.$eval("#filter", (e) => e.value);
  await page.tab.keyboard.type("op:Re");
  await page.tab.waitForFunction(() => document.querySelector("#filter-list b")?.textContent === "ReadFile");
  await page.tab.keyboard.press("Tab");
  assert.equal(await value(), "op:ReadFile ");
  assert.equal(await focused(page), "filter");
  await page.tab.keyboard.type(" result:su");
  assert.equal(await value(), "op:ReadFile result:su");
  // Enter takes it where it mends a mistake, and goes to the rows where there is none.
  await page.tab.focus("#log");
  await filter(page, "");
  await page.tab.keyboard.press("/");
  await page.tab.keyboard.type("op:Re");
  await page.tab.waitForFunction(() => document.getElementById("filter").ariaInvalid === "true" && document.querySelector("#filter-list b")?.textContent === "ReadFile");
  await page.tab.keyboard.press("Enter");
  assert.equal(await value(), "op:ReadFile ");
  assert.equal(await focused(page), "filter");
  await page.tab.waitForFunction(() => document.getElementById("filter-count").textContent.startsWith("30 of"));
  await page.tab.keyboard.press("Enter");
  assert.equal(await focused(page), "log");
});

test("a filter of blanks leaves all rows, and one types on", async (t) => {
  const page = await example(t);
  await page.tab.keyboard.press("/");
  const blanksHold = () => page.tab.waitForFunction(() => location.hash.includes("filter=") && document.getElementById("filter-count").textContent === "155 rows");
  await page.tab.keyboard.type(" ");
  await drawn(page);
  await blanksHold();
  await page.tab.keyboard.type("op:Ping");
  await page.tab.waitForFunction(() => document.getElementById("filter-count").textContent === "6 of 155");
  assert.equal((await drawn(page)).length, 6);
});

test("Tab leaves the filter where a mistake stands elsewhere than what it would take", async (t) => {
  const page = await example(t);
  await page.tab.keyboard.press("/");
  await page.tab.keyboard.type("stream:zz op:Ping ");
  await page.tab.waitForFunction(() => document.getElementById("filter").ariaInvalid === "true" && document.querySelector("#filter-list b")?.textContent === "op:");
  await page.tab.keyboard.press("Tab");
  assert.equal(await page.tab.$eval("#filter", (e) => e.value), "stream:zz op:Ping ");
  assert.notEqual(await focused(page), "filter");
  // Where the value that is mistaken would stand, it takes the first.
  await page.tab.focus("#filter");
  await page.tab.keyboard.press("Escape");
  await page.tab.keyboard.type("op:");
  await page.tab.waitForFunction(() => document.getElementById("filter").ariaInvalid === "true" && document.querySelector("#filter-list b")?.textContent === "ReadFile");
  await page.tab.keyboard.press("Tab");
  assert.equal(await page.tab.$eval("#filter", (e) => e.value), "op:ReadFile ");
  assert.equal(await focused(page), "filter");
});

test("or in small letters is searched for, and the page asks whether it was meant so", async (t) => {
  const page = await example(t);
  const left = await filter(page, "op:ReadFile or op:WriteFile");
  assert.equal(left.length, 0);
  await page.tab.waitForSelector("#filter-mistake", { visible: true });
  assert.match(await page.text("#filter-want"), /searched for as text\. Did you mean “OR”\?/);
  assert.equal(await page.text("#filter-count"), "0 of 155");
  // A list without rows says so.
  assert.match(await page.text("#empty"), /^No row matches\./);
  assert.equal(await shown(page, "#empty"), true);
  await page.screenshot("views-empty");
  await page.tab.click("#filter-fix");
  await page.tab.waitForFunction(() => !document.getElementById("empty").checkVisibility());
  assert.equal(await page.tab.$eval("#filter", (e) => e.value), "op:ReadFile OR op:WriteFile");
  assert.ok((await drawn(page)).length > 2);
  await page.tab.focus("#log");
  await filter(page, "nothing has this");
  await page.tab.click("#empty-clear");
  await page.tab.waitForFunction(() => Number(document.getElementById("log").ariaRowCount) === 155);
  assert.equal(await focused(page), "log");
  assert.equal(await shown(page, "#empty"), false);
});

test("a selected row that the filter leaves out is told only as long as it is, and not while one types", async (t) => {
  const page = await site.open(t, { path: "/#open=examples/devkit_story.pcapng.gz&filter=op:WriteFile&row=9" });
  await page.state("done");
  await page.tab.waitForSelector("#notice", { visible: true });
  assert.match(await page.text("#notice-text"), /^Row 9 is not in the list/);
  assert.equal(await shown(page, "#partner"), false, "nothing selected is in the list");
  await page.tab.focus("#filter");
  await page.tab.keyboard.press("Escape");
  await page.tab.waitForFunction(() => !document.getElementById("notice").checkVisibility());
  assert.equal((await selected(page)).n, "9");
  await page.tab.keyboard.press("/");
  for (const key of "op:WriteFile") {
    await page.tab.keyboard.type(key);
    await drawn(page);
    assert.equal(await shown(page, "#notice"), false);
  }
  await page.tab.waitForFunction(() => document.getElementById("filter-count").textContent.includes(" of "));
  await drawn(page);
  assert.equal(await shown(page, "#notice"), false);
});

test("a mistake is underlined and said; the rows stay, and what was meant is one click away", async (t) => {
  const page = await example(t);
  await filter(page, "stream:0");
  await page.tab.keyboard.press("/");
  await page.tab.keyboard.type("stream:0 ");
  await drawn(page);
  const before = await rowCount(page);
  await page.tab.keyboard.type("op:OpenFle");
  await page.tab.waitForFunction(() => document.getElementById("filter").ariaInvalid === "true");
  await drawn(page);
  assert.equal(await page.text("#filter-mirror .mistake"), "OpenFle");
  assert.equal(await page.text("#filter-count"), "not applied");
  await page.tab.waitForSelector("#filter-mistake", { visible: true });
  assert.match(await page.text("#filter-want"), /expected an operation.* the list has what “stream:0” leaves/i);
  await page.tab.waitForFunction(() => document.getElementById("filter-said").textContent === "not applied");
  assert.equal(await rowCount(page), before, "the last whole filter, not the op that was gone through");
  // It lies on nothing of the list, nor on what it is about.
  const [said, list, input] = await page.tab.evaluate(() => ["filter-mistake", "columns", "filter"].map((id) => document.getElementById(id).getBoundingClientRect().toJSON()));
  assert.ok(said.bottom <= input.top + 1 && said.bottom <= list.top && said.top >= 0 && said.left >= 0, JSON.stringify([said, list, input]));
  await page.screenshot("views-mistake");
  // The other views are there all the same, with the filter that holds.
  await page.tab.click("#view-exchanges");
  await page.tab.waitForSelector("#rows > .ex");
  assert.equal(await page.text("#filter-count"), "not applied");
  assert.equal(await page.tab.$eval("#filter", (e) => e.value), "stream:0 op:OpenFle");
  await page.tab.click("#view-log");
  await page.tab.waitForSelector("#rows > :not(.ex)");
  assert.equal(await rowCount(page), before);
  await page.tab.click("#filter-fix");
  assert.equal(await page.tab.$eval("#filter", (e) => e.value), "stream:0 op:OpenFile");
  await page.tab.waitForFunction(() => document.getElementById("filter").ariaInvalid !== "true");
  assert.equal(await shown(page, "#filter-mistake"), false);
  assert.equal((await page.tab.accessibility.snapshot({ root: await page.tab.$("#filter") })).description ?? "", "", "what was wrong is heard no more");
  const left = await drawn(page);
  assert.ok(left.length > 2);
  for (const r of left) assert.match(r.text, /^->OpenFile|^<- +FDRES/);
});

test("a filter that is refused while the one before it is on its way leaves that one", async (t) => {
  const page = await example(t);
  for (let i = 0; i < 3; i++) {
    await page.tab.$eval("#filter", (e) => {
      for (const text of ["op:Ping", "op:ReadFile", "op:ReadFile OR"]) {
        e.value = text;
        e.dispatchEvent(new Event("input"));
      }
    });
    const left = await drawn(page);
    assert.equal(await page.text("#filter-count"), "not applied");
    assert.equal(await rowCount(page), left.length);
    assert.ok(left.length > 2);
    for (const r of left) assert.match(r.text, /ReadFile|READ/);
    await filter(page, "");
    assert.equal(await page.text("#filter-count"), "155 rows");
  }
});

test("a filter with markup in it is text", async (t) => {
  const page = await example(t);
  await filter(page, '"<img src=x onerror=globalThis.hacked=1>"');
  assert.equal(await rowCount(page), 0);
  assert.match(await page.text("#filter-count"), /^0 of/);
  assert.equal(await page.tab.evaluate(() => globalThis.hacked), undefined);
});

test("filters are saved on request, chosen again and removed", async (t) => {
  const page = await example(t);
  await filter(page, "op:OpenFile");
  await page.tab.click("#filter-save");
  await said(page, /Saved/);
  await filter(page, "result:failure");
  await page.tab.click("#filter-save");
  await filter(page, "");
  await page.tab.reload();
  await page.tab.waitForFunction(() => globalThis.satascope?.ready);
  await page.state("done");
  await page.tab.click("#filter-saved");
  assert.deepEqual(await page.tab.$$eval("#menu [role=menuitem]:not(.remove) .code", (all) => all.map((e) => e.textContent)), ["result:failure", "op:OpenFile"]);
  // Down and Up go from filter to filter; to the button that removes one it is Right, and Left back.
  const at = () => page.tab.evaluate(() => document.activeElement.ariaLabel ?? document.activeElement.textContent);
  for (const [key, there] of [["ArrowDown", "op:OpenFile"], ["ArrowRight", "Remove op:OpenFile"], ["ArrowUp", "result:failure"], ["ArrowRight", "Remove result:failure"], ["ArrowLeft", "result:failure"], ["End", "op:OpenFile"], ["Home", "result:failure"], ["ArrowUp", "op:OpenFile"]]) {
    await page.tab.keyboard.press(key);
    assert.equal(await at(), there, key);
  }
  await page.tab.keyboard.press("Enter");
  await page.tab.waitForFunction(() => document.getElementById("filter-count").textContent.startsWith("22 of"));
  const left = async () => {
    await page.tab.click("#filter-saved");
    return page.tab.$$eval("#menu .code", (all) => all.map((e) => e.textContent));
  };
  assert.deepEqual(await left(), ["result:failure", "op:OpenFile"]);
  await page.tab.click("#menu .remove");
  assert.deepEqual(await left(), ["op:OpenFile"]);
  await page.tab.keyboard.press("Delete");
  assert.deepEqual(await left(), []);
  await page.tab.keyboard.press("Escape");
  assert.equal(await shown(page, "#menu"), false);
});

test("the side list counts, filters, leaves out, and folds", async (t) => {
  const page = await example(t);
  const facets = () =>
    page.tab.$$eval("#side .facet-row", (all) => Object.fromEntries(all.map((r) => [r.querySelector(".facet span").textContent, { n: r.querySelector("i").textContent, class: r.className }])));
  await page.tab.waitForFunction(() => document.querySelectorAll("#side .facet-row").length > 20);
  const all = await facets();
  assert.equal(all.Log.n, "155");
  assert.equal(all.Exchanges.n, "76");
  assert.equal(all.OpenFile.n, "22");
  const press = async (name, options) => {
    const button = await page.tab.evaluateHandle((name) => [...document.querySelectorAll("#side .facet")].find((b) => b.querySelector("span")?.textContent === name), name);
    if (options) await page.tab.keyboard.down(options);
    await button.click();
    if (options) await page.tab.keyboard.up(options);
    await drawn(page);
    return page.tab.$eval("#filter", (e) => e.value);
  };
  assert.equal(await press("OpenFile"), "op:OpenFile");
  assert.equal(await press("CloseFile"), "op:OpenFile,CloseFile");
  assert.equal(await rowCount(page), 40);
  assert.match((await facets()).OpenFile.class, /chosen/);
  await page.tab.waitForFunction(() => [...document.querySelectorAll("#side .facet-row")].some((r) => r.textContent.startsWith("ReadFile0 / 30")));
  assert.equal(await press("OpenFile"), "op:CloseFile");
  assert.equal(await press("CloseFile"), "");
  assert.equal(await press("Ping", "Alt"), "-op:Ping");
  assert.match((await facets()).Ping.class, /excluded/);
  assert.equal(await rowCount(page), 149);
  assert.equal(await press("Ping", "Shift"), "");
  // The button of its own leaves out, too.
  const out = await page.tab.evaluateHandle(() => [...document.querySelectorAll("#side .facet-row")].find((r) => r.textContent.startsWith("ReadFile")).querySelector(".out-of"));
  await out.click();
  await drawn(page);
  assert.equal(await page.tab.$eval("#filter", (e) => e.value), "-op:ReadFile");
  await filter(page, "");
  assert.match(await press((await page.tab.$$eval("#facets-stream .facet span", (all) => all[1].textContent))), /^stream:1$/);
  await filter(page, "");
  assert.equal(await press("path does not exist"), 'result:"path does not exist"');
  assert.equal(await rowCount(page), 4);
  // Folded groups stay folded.
  await page.tab.evaluate(() => [...document.querySelectorAll("#side .fold")].find((b) => b.textContent === "Operations").click());
  assert.equal(await shown(page, "#facets-op"), false);
  await page.tab.reload();
  await page.state("done");
  await page.tab.waitForSelector("#facets-op");
  assert.equal(await shown(page, "#facets-op"), false);
  await page.tab.keyboard.press("b");
  assert.equal(await shown(page, "#side"), false);
  await page.tab.keyboard.press("b");
  assert.equal(await shown(page, "#side"), true);
});

test("what is not sure of an exchange leaves its path in sight beside the inspector", async (t) => {
  const page = await site.open(t);
  await page.choose(golden("..", "damaged", "reopening_lost.pcap"));
  await page.state("done", "failed");
  await page.tab.keyboard.press("e");
  await page.tab.waitForSelector("#work.exchanges");
  await drawn(page);
  await page.tab.click("#rows > :first-child");
  await drawn(page);
  await page.screenshot("views-unsure-path");
  const cut = await page.tab.$$eval("#rows .m", (all) => all.filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.textContent));
  assert.deepEqual(cut, []);
  const titles = await page.tab.$$eval("#rows .aside", (all) => all.filter((e) => e.textContent === "  ?").map((e) => e.title));
  assert.ok(titles.length > 0 && titles.every((title) => /path.*response/.test(title)), `${titles}`);
});

test("the side list says of results and diagnostics, too, how many of the exchanges a filter leaves", async (t) => {
  const page = await example(t);
  await page.tab.keyboard.press("e");
  await page.tab.waitForSelector("#work.exchanges");
  const number = (name, n) =>
    page.tab.waitForFunction((name, n) => [...document.querySelectorAll("#side .facet-row")].some((r) => r.querySelector("span").textContent === name && r.querySelector("i").textContent === n), {}, name, n);
  await number("Failure", "7");
  await number("Success", "68");
  await filter(page, "result:failure");
  await number("Failure", "7");
  await number("Success", "0 / 68");
  await filter(page, "note:*");
  await number("Failure", "0 / 7");
  await number("Success", "0 / 68");
});

test("the side list is one stop of Tab: arrows move in it, Enter filters, → and - leave out", async (t) => {
  const page = await example(t);
  await page.tab.waitForFunction(() => document.querySelectorAll("#side .facet-row").length > 20);
  const { keyboard } = page.tab;
  const at = () => page.tab.evaluate(() => document.activeElement.ariaLabel ?? (document.activeElement.querySelector("span")?.textContent || document.activeElement.textContent));
  const filtered = async () => {
    await drawn(page);
    return page.tab.$eval("#filter", (e) => e.value);
  };
  const press = async (...keys) => {
    for (const key of keys) await keyboard.press(key);
    return at();
  };
  await page.tab.focus("#view-exchanges");
  assert.equal(await press("Tab"), "Streams");
  assert.equal(await press("Tab"), "Summary…", "what comes after the list");
  await keyboard.down("Shift");
  assert.equal(await press("Tab"), "Streams");
  await keyboard.up("Shift");
  assert.equal(await press("ArrowUp"), "Streams", "the first");
  assert.match(await press("ArrowDown"), /^0\b/);
  assert.match(await press("ArrowDown"), /^1\b/);
  assert.equal(await press("ArrowDown"), "Operations");
  const operation = await press("ArrowDown");
  await keyboard.press("Enter");
  assert.equal(await filtered(), `op:${operation}`);
  assert.equal(await at(), operation, "the focus stays");
  await keyboard.press("Enter");
  assert.equal(await filtered(), "");
  assert.equal(await press("ArrowRight"), `Leave out ${operation}`);
  assert.ok(await page.tab.evaluate(() => getComputedStyle(document.activeElement).opacity === "1"));
  await page.screenshot("side-list-keys");
  await keyboard.press("Enter");
  assert.equal(await filtered(), `-op:${operation}`);
  assert.equal(await press("ArrowLeft"), operation);
  await keyboard.press("-");
  assert.equal(await filtered(), "");
  await keyboard.press("Delete");
  assert.equal(await filtered(), `-op:${operation}`);
  await keyboard.press("Delete");
  assert.equal(await filtered(), "");
  // Tab comes back to where one was; a heading is folded by Enter, and its values are passed over.
  assert.equal(await press("Tab"), "Summary…");
  await keyboard.down("Shift");
  assert.equal(await press("Tab"), operation);
  await keyboard.up("Shift");
  assert.equal(await press("ArrowUp", "Enter", "ArrowDown"), "Results");
  assert.equal(await press("ArrowUp", "Enter", "ArrowDown"), operation);
  assert.equal(await press("Home"), "Streams");
  const last = await page.tab.$$eval("#side .facet-row .facet", (all) => all.at(-1).firstChild.textContent);
  assert.equal(await press("End"), last);
  assert.equal(await press("ArrowDown"), last);
  // Folded by mouse, the place that one was at is hidden: Tab comes to the list still.
  const stops = () => page.tab.$$eval("#side [role=toolbar] button", (all) => all.filter((b) => b.tabIndex === 0 && b.checkVisibility()).length);
  assert.equal(await stops(), 1);
  for (const fold of await page.tab.$$("#side .fold")) await fold.click();
  assert.equal(await stops(), 1);
  // What moves in the log does not move there.
  assert.equal(await page.tab.$eval("#log", (e) => e.getAttribute("aria-activedescendant")), null);
});

test("exchanges: a request with its response in a row, sorted by any column", async (t) => {
  const page = await example(t);
  await page.tab.click("#view-exchanges");
  await page.tab.keyboard.press("i"); // beside the inspector paths are cut
  let all = await drawn(page);
  assert.equal(await rowCount(page), 76);
  assert.equal(await page.tab.$eval("#log", (e) => e.ariaColCount), "8");
  const open = all.find((r) => r.o === "OpenFile" && r.text.endsWith("rmtCfg.xml"));
  assert.equal(open.x, "path does not exist");
  assert.match(open.class, /failed/);
  assert.match(open.l, /µs$/);
  assert.match(open.b, /^\d+$/);
  const cut = await page.tab.$$eval("#rows .m", (all) => all.map((e) => [e, e.firstElementChild].map((x) => x.getBoundingClientRect().toJSON())).filter(([cell, text]) => text.width > cell.width));
  assert.ok(cut.length > 0);
  for (const [cell, text] of cut) assert.ok(Math.abs(text.right - cell.right) < 2, "of a path that is too long, the end is in sight");
  // Sorting.
  await page.tab.click("#columns .l button");
  all = await drawn(page);
  assert.equal(await page.tab.$eval("#columns .l", (e) => e.ariaSort), "descending");
  const micros = (s) => (s.endsWith("ms") ? 1000 : 1) * parseFloat(s);
  const latencies = all.filter((r) => r.l).map((r) => micros(r.l));
  assert.deepEqual(latencies, [...latencies].sort((a, b) => b - a));
  assert.match(await hash(page), /view=exchanges&sort=-latency/);
  assert.equal(await page.tab.evaluate(() => document.activeElement.closest("#columns .l")?.ariaSort), "descending", "the focus stays on the header");
  await page.tab.click("#columns .o button");
  all = await drawn(page);
  const names = all.map((r) => r.o);
  assert.deepEqual(names, [...names].sort());
  assert.equal(await page.tab.$eval("#columns .o", (e) => e.ariaSort), "ascending");
  await page.tab.click("#columns .o button");
  await drawn(page);
  assert.equal(await page.tab.$eval("#columns .o", (e) => e.ariaSort), "descending");
  await page.screenshot("views-exchanges");
  // A filter leaves exchanges; the download has all their lines.
  await filter(page, "result:failure");
  const failed = await rowCount(page);
  assert.equal(failed, 7);
  const { bytes } = await page.download("#download-log");
  const got = bytes.toString().trimEnd().split("\n");
  assert.equal(got.filter((l) => l.startsWith("->")).length, failed);
  assert.deepEqual(got, lines.filter((l) => got.includes(l)).filter((l, i, a) => a.indexOf(l) === i || true).slice(0, got.length).length === got.length ? got : []);
});

test("the selected message stays selected from view to view, and its partner in sight", async (t) => {
  const page = await example(t);
  await page.tab.click("#rows > :nth-child(14)"); // an answer to a ReadFile
  let sel = await selected(page);
  assert.equal(sel.n, "14");
  assert.match((await rows(page)).find((r) => r.n.includes("13")).class, /pair/);
  await page.tab.keyboard.press("e");
  await page.tab.waitForFunction(() => document.getElementById("log").ariaColCount === "8");
  sel = await selected(page);
  assert.equal(sel.n, "13", "the exchange that it belongs to");
  await page.tab.keyboard.press("l");
  await page.tab.waitForFunction(() => document.getElementById("log").ariaColCount === "5");
  assert.equal((await selected(page)).n, "14", "and again the answer");
  // [ and ] go to the other side.
  await page.tab.keyboard.press("[");
  await page.tab.waitForFunction(() => document.querySelector("#rows .sel .n")?.textContent === "13");
  await page.tab.keyboard.press("[");
  assert.equal((await selected(page)).n, "13", "a request has no request");
  await page.tab.keyboard.press("]");
  await page.tab.waitForFunction(() => document.querySelector("#rows .sel .n")?.textContent === "14");
  // A filter that leaves only answers: the request stands at the edge.
  await filter(page, "kind:response");
  await page.tab.waitForSelector("#partner", { visible: true });
  assert.match(await page.text("#partner-label"), /Its request, row 13/);
  assert.equal(await page.text("#partner-text"), lines[12]);
  assert.equal((await selected(page)).n, "14");
  await page.screenshot("views-partner");
  await page.tab.click("#partner");
  await page.tab.waitForFunction(() => /leaves it out/.test(document.getElementById("notice").textContent));
  await page.tab.waitForFunction(() => /Row 13/.test(document.getElementById("message-about").textContent));
  await page.tab.click("#notice-go");
  await page.tab.waitForFunction(() => document.querySelector("#rows .sel .n")?.textContent === "13");
  assert.equal(await page.tab.$eval("#filter", (e) => e.value), "");
});

test("keys: failures and findings, a number, times, other keyboard layouts, the list of keys", async (t) => {
  const page = await example(t);
  const number = async () => (await selected(page))?.n.replace(/\D/g, "");
  const failures = lines.flatMap((l, i) => (/Failure \(ff/.test(l) && !/fff0fffc/.test(l) ? [i + 1] : []));
  await page.tab.keyboard.press("n");
  await page.tab.waitForSelector("#rows .sel");
  const first = Number(await number());
  assert.ok(failures.includes(first), `${first}`);
  await page.tab.keyboard.press("n");
  await page.tab.waitForFunction((n) => document.querySelector("#rows .sel .n")?.textContent !== n, {}, String(first));
  const second = Number(await number());
  assert.ok(second > first);
  await page.tab.keyboard.press("p");
  await page.tab.waitForFunction((n) => document.querySelector("#rows .sel .n")?.textContent === n, {}, String(first));
  await page.tab.keyboard.press("p");
  await said(page, /No further failure/);
  // Going to a number.
  await page.tab.keyboard.press("g");
  await page.tab.waitForSelector("#goto[open]");
  await page.tab.keyboard.type("9999");
  await page.tab.keyboard.press("Enter");
  assert.match(await page.text("#goto-error"), /Expected a number from 1 to 155/);
  await page.tab.$eval("#goto-number", (e) => (e.value = ""));
  await page.tab.type("#goto-number", "150");
  await page.tab.keyboard.press("Enter");
  await page.tab.waitForFunction(() => document.querySelector("#rows .sel .n")?.textContent.startsWith("150"));
  // A Russian layout has о where j is.
  await page.tab.evaluate(() => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "о", code: "KeyJ", bubbles: true, cancelable: true })));
  assert.equal(await number(), "151");
  await page.tab.evaluate(() => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "х", code: "BracketLeft", bubbles: true, cancelable: true })));
  await page.tab.keyboard.press("Home");
  assert.equal(await number(), "1");
  // Times.
  const times = [];
  for (let i = 0; i < 4; i++) {
    times.push([await page.text("#columns .t"), (await drawn(page))[1].t]);
    assert.ok(await page.tab.$$eval("#rows .t", (all) => all.every((e) => e.scrollWidth <= e.clientWidth)), "a time is cut");
    await page.tab.keyboard.press("t");
    await drawn(page);
  }
  assert.deepEqual(times.map(([head]) => head.replace(/,.*/, "")), ["Time", "Delta", "Time", "Time"]);
  assert.equal(times[0][1], times[1][1], "the second row comes as long after the first as after the beginning");
  assert.match(times[2][0], /UTC/);
  for (const i of [2, 3]) assert.match(times[i][1], /^\d\d:\d\d:\d\d\.\d{3} \d{3}$/);
  // The exchanges name the time zone, too, and beside it the order.
  await page.tab.keyboard.press("e");
  await drawn(page);
  await page.tab.click("#columns .t button");
  await drawn(page);
  await page.tab.keyboard.press("t");
  await page.tab.keyboard.press("t");
  await page.tab.waitForFunction(() => /^Time, UTC ▲$/.test(document.querySelector("#columns .t").textContent));
  await page.tab.keyboard.press("l");
  await drawn(page);
  // The help is made from the table, and closes by Esc.
  await page.tab.keyboard.press("?");
  await page.tab.waitForSelector("#keys[open]");
  const help = await page.tab.$$eval("#keys-list dd", (all) => all.map((e) => e.textContent));
  const page_ = await readFile(new URL("../docs/keys.md", import.meta.url), "utf8");
  assert.ok(help.length > 25);
  assert.ok(help.includes("remove the saved filter"), "the keys of menus, too");
  assert.deepEqual(await page.tab.$eval("#keys", (e) => [e.scrollTop, document.activeElement.id]), [0, "keys-title"], "it is read from its beginning");
  for (const what of help) assert.ok(page_.includes(`| ${what} |`), what);
  await page.screenshot("views-keys");
  await page.tab.keyboard.press("Escape");
  assert.equal(await page.tab.$("#keys[open]"), null);
});

test("Ctrl+F finds in all rows, and pressed in its own bar leaves the browser's search alone", async (t) => {
  const page = await example(t);
  await page.tab.keyboard.down("Control");
  await page.tab.keyboard.press("f");
  await page.tab.keyboard.up("Control");
  assert.equal(await focused(page), "find-text");
  await page.tab.keyboard.type("level1.dat");
  const found = lines.flatMap((l, i) => (/level1\.dat/i.test(l) ? [i + 1] : []));
  assert.ok(found.length > 1);
  await page.tab.waitForFunction((n) => document.getElementById("find-count").textContent === `1 of ${n} rows`, {}, found.length);
  const first = await selected(page);
  assert.equal(first.text, lines[found[0] - 1]);
  assert.deepEqual(first.hits, ["level1.dat"]);
  await page.tab.keyboard.press("Enter");
  await page.tab.waitForFunction((n) => document.getElementById("find-count").textContent === `2 of ${n} rows`, {}, found.length);
  assert.equal((await selected(page)).text, lines[found[1] - 1]);
  await page.tab.keyboard.down("Shift");
  await page.tab.keyboard.press("Enter");
  await page.tab.keyboard.press("Enter");
  await page.tab.keyboard.up("Shift");
  await page.tab.waitForFunction((n) => document.getElementById("find-count").textContent.startsWith(`${n} of ${n} rows, from the other end`), {}, found.length);
  await page.screenshot("views-find");
  const taken = await page.tab.evaluate(() => {
    const again = new KeyboardEvent("keydown", { key: "f", code: "KeyF", ctrlKey: true, bubbles: true, cancelable: true });
    document.activeElement.dispatchEvent(again);
    return again.defaultPrevented;
  });
  assert.equal(taken, false);
  await page.tab.keyboard.type("nothing has this");
  await page.tab.waitForFunction(() => document.getElementById("find-count").textContent === "not in any row");
  await page.tab.keyboard.press("Escape");
  assert.equal(await shown(page, "#find"), false);
  assert.equal(await focused(page), "log");
  assert.deepEqual((await drawn(page)).flatMap((r) => r.hits), []);
});

test("dragging chooses rows that are not in the page's tree; they are copied as lines and as Markdown", async (t) => {
  const page = await example(t);
  const pasted = await clipboard(page);
  const box = await page.tab.$eval("#log", (e) => e.getBoundingClientRect().toJSON());
  await page.tab.mouse.move(box.x + 300, box.y + 11 + 22 * 4);
  await page.tab.mouse.down();
  await page.tab.mouse.move(box.x + 300, box.y + 11 + 22 * 8, { steps: 4 });
  assert.deepEqual(await picked(page), [5, 6, 7, 8, 9]);
  // Beyond the edge it scrolls on.
  await page.tab.mouse.move(box.x + 300, box.bottom + 60, { steps: 4 });
  await page.tab.waitForFunction(() => Number(document.querySelector("#rows > :last-child").ariaRowIndex) > 120, { timeout: 20_000 });
  await page.tab.mouse.move(box.x + 300, box.bottom - 30);
  await page.tab.mouse.up();
  const last = (await picked(page)).at(-1);
  assert.ok(last > 100);
  await said(page, /rows chosen/);
  await page.tab.keyboard.down("Control");
  await page.tab.keyboard.press("c");
  await page.tab.keyboard.up("Control");
  await said(page, /copied/);
  const copied = (await pasted()).trimEnd().split("\n");
  assert.equal(copied.length, last - 4);
  assert.equal(copied[0], lines[4]);
  assert.equal(copied[20], lines[24]);
  // Esc chooses none but the selected one.
  await page.tab.keyboard.press("Escape");
  await drawn(page);
  assert.equal(await page.tab.$$eval("#rows .pick", (all) => all.length), 0);
  // Shift and Ctrl, by mouse and by key.
  await page.tab.keyboard.press("Home");
  await drawn(page);
  await page.tab.click("#rows > :nth-child(3)");
  await page.tab.keyboard.down("Shift");
  await page.tab.click("#rows > :nth-child(5)");
  await page.tab.keyboard.up("Shift");
  await page.tab.keyboard.down("Control");
  await page.tab.click("#rows > :nth-child(8)");
  await page.tab.keyboard.up("Control");
  assert.deepEqual(await picked(page), [3, 4, 5, 8]);
  await page.tab.click("#rows > :nth-child(4)", { button: "right" });
  await page.tab.waitForSelector("#menu", { visible: true });
  await page.screenshot("views-menu");
  await (await page.tab.$("#menu ::-p-text(as a Markdown table)")).click();
  await said(page, /4 rows copied/);
  const table = (await pasted()).trimEnd().split("\n");
  assert.equal(table.length, 6);
  assert.match(table[0], /^\| No\. \| Time, s \|/);
  assert.match(table[5], /^\| 8 \|/);
  await page.tab.click("#rows > :nth-child(2)");
  await page.tab.keyboard.down("Shift");
  await page.tab.keyboard.press("ArrowDown");
  await page.tab.keyboard.press("ArrowDown");
  await page.tab.keyboard.up("Shift");
  assert.deepEqual(await picked(page), [2, 3, 4]);
  // Inside a row, text is selected as everywhere.
  await page.tab.mouse.move(box.x + 230, box.y + 11);
  await page.tab.mouse.down();
  await page.tab.mouse.move(box.x + 330, box.y + 12, { steps: 5 });
  await page.tab.mouse.up();
  assert.ok((await page.tab.evaluate(() => getSelection().toString())).length > 3);
});

test("by keys all rows are chosen, or those up to either end, also where the page has no element for them", async (t) => {
  const page = await example(t);
  const pasted = await clipboard(page);
  const { keyboard } = page.tab;
  const chord = async (modifier, key) => {
    await keyboard.down(modifier);
    await keyboard.press(key);
    await keyboard.up(modifier);
  };
  const copied = async (n) => {
    await chord("Control", "c");
    await said(page, new RegExp(`^${n} rows copied`));
    // A busy browser can give what was copied before for a moment.
    for (const until = Date.now() + PATIENCE; ;) {
      const all = (await pasted()).trimEnd().split("\n");
      if (all.length === n || Date.now() > until) return all;
    }
  };
  await page.tab.click("#rows > :nth-child(5)");
  await chord("Shift", "End");
  assert.equal((await copied(151))[0], lines[4]);
  await chord("Shift", "Home");
  assert.deepEqual(await copied(5), lines.slice(0, 5));
  await keyboard.press("Escape");
  await chord("Shift", "PageDown");
  assert.ok((await picked(page)).length > 10);
  await chord("Control", "a");
  assert.equal((await copied(155)).length, 155);
  assert.equal(await page.tab.evaluate(() => getSelection().toString()), "", "nothing else of the page is selected");
  // A filter leaves less to choose.
  await filter(page, "op:WriteFile");
  await page.tab.focus("#log");
  await chord("Control", "a");
  assert.ok((await copied(await rowCount(page))).length < 20);
});

test("a value is filtered by or left out, by mouse and by key; cells are copied", async (t) => {
  const page = await example(t);
  const pasted = await clipboard(page);
  const value = () => page.tab.$eval("#filter", (e) => e.value);
  await page.tab.click("#rows > :nth-child(9) .m", { button: "right" });
  await page.tab.waitForSelector("#menu", { visible: true });
  const labels = await page.tab.$$eval("#menu [role=menuitem] span", (all) => all.map((e) => e.textContent));
  for (const name of ["operation", "path", "result", "stream", "packet"]) {
    assert.ok(labels.includes(`Only this ${name}`), `${labels}`);
    assert.ok(labels.includes(`Leave out this ${name}`));
  }
  assert.equal(labels[0], "Only this path", "what was pointed at comes first");
  await (await page.tab.$("#menu ::-p-text(Only this path)")).click();
  await drawn(page);
  assert.equal(await value(), "path:=/%SLC_EMU_DIR/sys/config/system.xml");
  for (const r of await drawn(page)) if (r.text.startsWith("->")) assert.match(r.text, /path=\/%SLC_EMU_DIR\/sys\/config\/system\.xml[,}]/);
  // By key: Enter opens the menu of the selected row.
  await page.tab.keyboard.press("Home");
  await page.tab.keyboard.press("Enter");
  await page.tab.waitForSelector("#menu", { visible: true });
  await page.tab.keyboard.press("End");
  await page.tab.keyboard.press("Home");
  assert.match(await page.tab.evaluate(() => document.activeElement.textContent), /^Only this operation/);
  await page.tab.keyboard.press("Enter");
  assert.match(await value(), /op:OpenFile$/);
  assert.equal(await focused(page), "log");
  await filter(page, "");
  // In the exchanges, the result.
  await page.tab.keyboard.press("e");
  await page.tab.waitForFunction(() => document.getElementById("log").ariaColCount === "8");
  await drawn(page);
  const failed = await page.tab.$("#rows .failed .x");
  await failed.click({ button: "right" });
  await page.tab.waitForSelector("#menu", { visible: true });
  assert.match(await page.text("#menu [role=menuitem]"), /^Only this result/);
  await (await page.tab.$("#menu ::-p-text(Copy this cell)")).click();
  await said(page, /Copied/);
  assert.equal(await pasted(), await failed.evaluate((e) => e.textContent));
  await failed.click({ button: "right" });
  await page.tab.waitForSelector("#menu", { visible: true });
  await (await page.tab.$("#menu ::-p-text(Leave out this result)")).click();
  assert.match(await value(), /^-result:/);
});

test("columns' heads stand over their values, with a scroll bar and without one", async (t) => {
  const page = await theExample(barred, t);
  for (const text of ["", "op:Ping"]) {
    await filter(page, text);
    const [head, value] = await page.tab.evaluate(() => ["#columns .l", "#rows .l"].map((s) => document.querySelector(s).getBoundingClientRect().right));
    assert.equal(head, value, text);
  }
});

test("a time zone with a long name stays over its column", async (t) => {
  const page = await site.open(t);
  await page.tab.emulateTimezone("America/Argentina/Buenos_Aires");
  await page.tab.reload();
  await page.tab.waitForFunction(() => globalThis.satascope?.ready);
  await page.tab.click("#example");
  await page.state("done");
  for (let i = 0; i < 3; i++) await page.tab.keyboard.press("t");
  assert.equal(await page.text("#columns .t"), "Time, Buenos Aires");
  assert.match(await page.tab.$eval("#columns .t button", (e) => e.title), /America\/(Argentina\/)?Buenos_Aires/);
  for (const key of ["l", "e"]) {
    await page.tab.keyboard.press(key);
    await drawn(page);
    assert.ok(await page.tab.evaluate(() => document.querySelector("#columns .t button").getBoundingClientRect().right <= document.querySelector("#columns .s").getBoundingClientRect().left), "it reaches over the next column");
  }
});

test("the place is in the address: reload and Back show it again", async (t) => {
  const page = await example(t);
  await filter(page, "op:ReadFile");
  await page.tab.keyboard.press("Home");
  await pause(2100); // a later change is an entry of its own
  await page.tab.keyboard.press("e");
  await page.tab.waitForFunction(() => /view=exchanges/.test(location.hash));
  await page.tab.keyboard.press("j");
  const sel = await selected(page);
  await page.tab.waitForFunction((n) => new RegExp(`row=${n}$`).test(location.hash), {}, sel.n);
  const there = await hash(page);
  assert.match(there, /^#open=examples\/devkit_story\.pcapng\.gz&view=exchanges&filter=op:ReadFile&row=\d+$/);
  await page.tab.reload();
  await page.state("done");
  await page.tab.waitForSelector("#rows .sel");
  assert.equal((await selected(page)).n, sel.n);
  assert.equal(await page.tab.$eval("#filter", (e) => e.value), "op:ReadFile");
  assert.equal(await hash(page), there);
  await page.tab.goBack();
  await page.tab.waitForFunction(() => document.getElementById("log").ariaColCount === "5");
  assert.equal(await page.tab.$eval("#filter", (e) => e.value), "op:ReadFile");
  await page.tab.goBack();
  await page.tab.waitForFunction(() => document.getElementById("filter").value === "");
  assert.equal(await page.state("done"), "done", "the file is still open");
  await page.tab.goForward();
  await page.tab.waitForFunction(() => document.getElementById("filter").value === "op:ReadFile");
  // A place typed into the address of the page.
  await page.tab.evaluate(() => (location.hash = "open=examples/devkit_story.pcapng.gz&filter=op:Ping&row=2"));
  await page.tab.waitForFunction(() => document.getElementById("filter").value === "op:Ping" && document.querySelector("#rows .sel .n")?.textContent === "2");
});

test("Back goes behind each click, however quickly they follow one another", async (t) => {
  const page = await example(t);
  await page.tab.waitForFunction(() => document.querySelectorAll("#side .facet-row").length > 20);
  const click = async (name, there) => {
    await page.tab.evaluate((name) => [...document.querySelectorAll("#side .facet")].find((b) => b.querySelector("span")?.textContent.startsWith(name)).click(), name);
    await page.tab.waitForFunction((there) => decodeURIComponent(location.hash).endsWith(there), {}, there);
  };
  await click("ReadFile", "filter=op:ReadFile");
  await click("0", "filter=op:ReadFile stream:0");
  await click("Exchanges", "view=exchanges&filter=op:ReadFile stream:0");
  for (const there of ["op:ReadFile stream:0", "op:ReadFile", ""]) {
    await page.tab.goBack();
    await page.tab.waitForFunction((there) => document.getElementById("filter").value === there && !document.querySelector("#work.exchanges"), {}, there);
  }
});

test("Back goes behind each filter that was typed, and not behind a click before it", async (t) => {
  const page = await example(t);
  await page.tab.keyboard.press("e");
  await drawn(page);
  await filter(page, "op:ReadFile");
  await page.tab.click("#columns .l button");
  await page.tab.waitForFunction(() => location.hash.includes("sort=-latency"));
  await filter(page, "op:OpenFile");
  await filter(page, "op:Ping");
  for (const there of ["view=exchanges&sort=-latency&filter=op:OpenFile", "view=exchanges&sort=-latency&filter=op:ReadFile", "view=exchanges&filter=op:ReadFile", "view=exchanges"]) {
    await page.tab.goBack();
    await page.tab.waitForFunction((there) => decodeURIComponent(location.hash).endsWith(`gz&${there}`) && document.getElementById("filter").value === (there.split("filter=")[1] ?? ""), {}, there);
    await drawn(page);
  }
});

test("Back goes behind a filter that was chosen from the ways to go on, and not behind a click before it", async (t) => {
  const page = await example(t);
  await page.tab.keyboard.press("e");
  await drawn(page);
  await page.tab.click("#columns .l button");
  await page.tab.waitForFunction(() => location.hash.includes("sort=-latency"));
  await page.tab.focus("#filter");
  await page.tab.keyboard.press("ArrowDown");
  for (const label of ["op:", "ReadFile"]) {
    const option = `::-p-xpath(//*[@id="filter-list"]//*[@role="option"][b="${label}"])`;
    await page.tab.waitForSelector(option, { visible: true });
    await page.tab.click(option);
  }
  await page.tab.waitForFunction(() => decodeURIComponent(location.hash).includes("view=exchanges&sort=-latency&filter=op:ReadFile"));
  await page.tab.goBack();
  await page.tab.waitForFunction(() => document.getElementById("filter").value === "");
  assert.match(await hash(page), /view=exchanges&sort=-latency$/);
});

test("what is typed after Back is an entry of its own, and not the one gone back to", async (t) => {
  const page = await example(t);
  const at = (filter) => page.tab.waitForFunction((filter) => decodeURIComponent(location.hash).endsWith(`filter=${filter}`) && document.getElementById("filter").value === filter, {}, filter);
  await filter(page, "op:Ping");
  await page.tab.keyboard.press("/");
  await page.tab.keyboard.sendCharacter("op:OpenFile");
  await at("op:OpenFile");
  await page.tab.goBack();
  await at("op:Ping");
  assert.equal(await focused(page), "filter");
  await page.tab.keyboard.press("End");
  await page.tab.keyboard.sendCharacter(",ReadFile");
  await at("op:Ping,ReadFile");
  await page.tab.goBack();
  await at("op:Ping");
});

test("the place in a chosen file is kept until the same file comes, whatever it is called", async (t) => {
  const page = await site.open(t);
  const file = golden("captures", "plain.pcap");
  await page.choose(file);
  await page.state("done");
  await filter(page, "kind:response");
  await page.tab.keyboard.press("End");
  const sel = await selected(page);
  await page.tab.waitForFunction((n) => location.hash.endsWith(`row=${n.replace(/\D/g, "")}`), {}, sel.n);
  assert.match(await hash(page), /^#for=\w+&filter=kind:response&row=\d+$/);
  await page.tab.reload();
  await page.state("empty");
  await page.tab.waitForFunction(() => globalThis.satascope?.ready);
  assert.match(await page.text("#notice-text"), /Choose the same file again/);
  const renamed = join(folder, "renamed.pcap");
  await copyFile(file, renamed);
  await page.choose(renamed);
  await page.state("done");
  await page.tab.waitForSelector("#rows .sel");
  assert.equal((await selected(page)).n, sel.n);
  assert.equal(await page.tab.$eval("#filter", (e) => e.value), "kind:response");
  // Another file begins at its beginning.
  await page.tab.reload();
  await page.state("empty");
  await page.tab.waitForFunction(() => globalThis.satascope?.ready);
  await page.choose(golden("captures", "pipelined.pcap"));
  await page.state("done");
  assert.equal(await page.tab.$eval("#filter", (e) => e.value), "");
  assert.equal(await page.tab.$("#rows .sel"), null);
});

test("narrow: the side list comes over the list and goes again; nothing runs out", async (t) => {
  const page = await example(t, { viewport: { width: 390, height: 800 } });
  assert.equal(await shown(page, "#side"), false);
  await page.tab.click("#side-open");
  assert.equal(await shown(page, "#side"), true);
  await page.screenshot("views-narrow-side");
  await page.tab.evaluate(() => [...document.querySelectorAll("#side .facet")].find((b) => b.textContent.startsWith("OpenFile")).click());
  await drawn(page);
  assert.equal(await shown(page, "#side"), false, "what was chosen is in sight");
  assert.equal(await rowCount(page), 22);
  assert.ok(await page.tab.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await page.screenshot("views-narrow");
  await page.tab.click("#side-open");
  await page.tab.keyboard.press("Escape");
  assert.equal(await shown(page, "#side"), false);
  await page.tab.click("#side-open");
  await page.tab.click("#view-exchanges");
  await drawn(page);
  await page.screenshot("views-narrow-exchanges");
  assert.ok(await page.tab.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
});

test("why a request failed can be read in a narrow list, too", async (t) => {
  const page = await example(t);
  for (const [width, height] of [[1100, 800], [800, 700], [390, 800]]) {
    await page.tab.setViewport({ width, height });
    await filter(page, "result:failure");
    await page.tab.click("#rows > :nth-child(2)");
    await drawn(page);
    const all = await page.tab.$$eval("#rows > [role=row] .m", (cells) => cells.filter((c) => c.checkVisibility()).map((c) => {
      const words = c.querySelector(".words"), box = words?.getBoundingClientRect(), cell = c.getBoundingClientRect();
      return { text: words?.textContent.trim(), inside: !!box && box.left >= cell.left - 1 && box.right <= cell.right + 1, cut: !words || words.scrollWidth > words.clientWidth + 1 };
    }));
    assert.ok(all.length >= 5);
    for (const one of all) {
      assert.ok(one.text);
      assert.deepEqual([one.inside, one.cut], [true, false], `${width}: ${one.text}`);
    }
    await page.screenshot(`views-failures-${width}`);
  }
});

test("dark", async (t) => {
  const page = await example(t, { dark: true });
  await filter(page, "op:ReadFile,OpenFile path:*/config/*");
  await page.tab.keyboard.press("Home");
  await page.screenshot("views-dark");
});
