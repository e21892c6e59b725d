// What is said of a whole file, and the forms it comes in, by click and key:
// summary, assumptions, notes, settings, pasted text, several files.
import assert from "node:assert/strict";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import test, { after, before } from "node:test";
import { hello, openFile, response, writePcap } from "./capture.mjs";
import { suite } from "./lib/browser.mjs";
import { golden } from "./lib/golden.mjs";
import { clipboard, commandLine, drawn, filter, focused, hash, pause, rowCount, said, selected, shown, writeNote, example as theExample } from "./lib/views.mjs";

const site = suite();
let folder;
before(async () => (folder = await mkdtemp(join(tmpdir(), "satascope-views-"))));
after(() => rm(folder, { recursive: true, force: true }));

const example = (t, options) => theExample(site, t, options);

let lines;
before(async () => (lines = (await readFile(golden("captures", "devkit_story.pcapng.gz.log"), "utf8")).trimEnd().split("\n")));

test("the summary tells what is in here, leads to the rows, and is copied as Markdown", async (t) => {
  const page = await example(t);
  const pasted = await clipboard(page);
  await page.tab.keyboard.press("s");
  await page.tab.waitForSelector("#summary[open] table");
  const titles = await page.tab.$$eval("#summary h3", (all) => all.map((e) => e.textContent));
  for (const title of ["Operations", "Failures", "Slowest", "Paths", "Streams"]) assert.ok(titles.includes(title), `${titles}`);
  await page.screenshot("views-summary");
  await page.tab.click("#summary-copy");
  await said(page, /Copied as Markdown/);
  const text = await pasted();
  assert.match(text, /^# `devkit_story\.pcapng\.gz`\n/);
  assert.match(text, /## Operations/);
  const failures = await page.tab.evaluateHandle(() => [...document.querySelectorAll("#summary button")].find((b) => /failures$/.test(b.textContent)));
  await failures.click();
  assert.equal(await page.tab.$("#summary[open]"), null);
  assert.equal(await page.tab.$eval("#filter", (e) => e.value), "result:failure");
  await drawn(page);
  assert.equal(await rowCount(page), 7);
  await page.tab.click("#summary-open");
  await page.tab.waitForSelector("#summary[open] table");
  const slowest = await page.tab.evaluateHandle(() => [...document.querySelectorAll("#summary section")].find((s) => s.firstChild.textContent === "Slowest").querySelector("td button"));
  const row = await slowest.evaluate((e) => e.textContent);
  await filterOff(page);
  await slowest.click();
  await page.tab.waitForFunction((n) => document.querySelector("#rows .sel .n")?.textContent.includes(n), {}, row);
});

/** Takes the filter away while a dialog is open. */
async function filterOff(page) {
  await page.tab.evaluate(() => {
    const input = document.getElementById("filter");
    input.value = "";
    input.dispatchEvent(new Event("input"));
  });
  await pause(100);
}

test("assumptions are told, and changing one decodes again", async (t) => {
  const page = await site.open(t);
  await page.choose(golden("partial", "late.pcap"));
  await page.state("done");
  await drawn(page);
  await page.tab.click("#assume-open");
  await page.tab.waitForSelector("#assumed[open]");
  const told = () => page.tab.$$eval("#assumed-facts tr", (all) => all.slice(1).map((r) => [...r.children].slice(0, 3).map((e) => e.textContent)));
  assert.deepEqual(await told(), [
    ["the server's port", "7500", "taken to be"], ["which side serves", "10.0.0.1:7500", "shown"], ["fast file I/O", "on", "shown"],
    ["first read size", "196672", "taken to be"],
  ]);
  await page.screenshot("views-assumed");
  await page.tab.type("#assumed-first-read", "many");
  await page.tab.keyboard.press("Enter");
  assert.match(await page.text("#assumed-error"), /expected a number of bytes/);
  await page.tab.$eval("#assumed-first-read", (e) => (e.value = ""));
  await page.tab.type("#assumed-first-read", "0x30040");
  await page.tab.click('#assumed [name="assumed-ffio"][value="off"]');
  await page.tab.click("#assumed [type=submit]");
  await page.tab.waitForFunction(() => /ffio=off/.test(location.hash) && document.documentElement.dataset.state !== "decoding");
  assert.match(await hash(page), /ffio=off&first-read=196672/);
  const { bytes } = await page.download("#download-log");
  assert.equal(bytes.toString(), await commandLine("--ffio", "off", "--first-read", "196672", golden("partial", "late.pcap")));
  await page.tab.click("#assume-open");
  assert.deepEqual((await told())[3], ["first read size", "196672", "set"]);
  assert.match(await page.text("#assumed-facts"), /that it was set to be off was overruled/);
  await page.tab.click("#assumed-cancel");
  // Back decodes as before, and forward as it was set.
  await page.tab.evaluate(() => history.back());
  await page.tab.waitForFunction(() => !/ffio/.test(location.hash) && document.documentElement.dataset.state === "done");
  assert.equal((await page.download("#download-log")).bytes.toString(), await commandLine(golden("partial", "late.pcap")));
  await page.tab.evaluate(() => history.forward());
  await page.tab.waitForFunction(() => /ffio=off/.test(location.hash) && document.documentElement.dataset.state === "done");
  await page.tab.click("#assume-open");
  await page.tab.click("#assumed-reset");
  await page.tab.click("#assumed [type=submit]");
  await page.tab.waitForFunction(() => !/ffio/.test(location.hash) && document.documentElement.dataset.state !== "decoding");
  // The summary has them, too, with the way to set them; which side serves is set by its address.
  await page.tab.click("#summary-open");
  await page.tab.waitForSelector("#summary[open] table");
  const rests = await page.tab.$$eval("#summary section", (all) => all.find((s) => s.firstChild.textContent === "What this rests on").textContent);
  assert.match(rests, /first read size196672taken to beno Ping was recorded/);
  await page.tab.click("#summary-assumed");
  await page.tab.waitForSelector("#assumed[open]");
  await page.tab.type("#assumed-server", "10.0.0.1:7500");
  await page.tab.click("#assumed [type=submit]");
  await page.tab.waitForFunction(() => /server=10.0.0.1:7500/.test(location.hash) && document.documentElement.dataset.state === "done");
  await page.tab.click("#assume-open");
  assert.deepEqual((await told())[0], ["the server", "10.0.0.1:7500", "set"]);
  await page.tab.click("#assumed-cancel");
  // Reload and the same file again: what was set is in the address.
  await page.tab.reload();
  await page.state("empty");
  await page.tab.waitForFunction(() => globalThis.satascope?.ready);
  await page.choose(golden("partial", "late.pcap"));
  await page.state("done");
  await page.tab.click("#assume-open");
  assert.deepEqual((await told())[0], ["the server", "10.0.0.1:7500", "set"]);
});

test("marks and notes stand in the list, come back with the file, and go into downloads on request", async (t) => {
  const page = await example(t);
  const pasted = await clipboard(page);
  await page.tab.waitForFunction(() => /sha256/.test(document.getElementById("chip").textContent));
  await page.tab.click("#rows > :nth-child(4)");
  await page.tab.keyboard.press("m");
  await page.tab.waitForSelector("#rows > :nth-child(4).marked");
  await page.tab.keyboard.press("j");
  await writeNote(page, "why <b>this</b>?");
  await page.tab.waitForSelector("#rows > :nth-child(5) .note");
  assert.equal(await page.text("#rows > :nth-child(5) .note"), "✎ why <b>this</b>?");
  assert.equal(await page.tab.$eval("#rows > :nth-child(5) .note", (e) => e.title), "why <b>this</b>?");
  await page.tab.waitForFunction(() => document.querySelector("#message-about .noted")?.textContent === "✎ why <b>this</b>?");
  await page.screenshot("views-notes");
  // They are kept beside the file's hash, and found when it is opened again.
  const kept = await page.tab.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith("satascope.notes.")));
  assert.equal(kept.length, 1);
  assert.match(kept[0], /^satascope\.notes\.[0-9a-f]{64}$/);
  await page.tab.goto(`${site.origin}/`);
  await page.tab.waitForFunction(() => globalThis.satascope?.ready);
  const copy = join(folder, "a copy.gz");
  await copyFile(golden("captures", "devkit_story.pcapng.gz"), copy);
  await page.choose(copy);
  await page.state("done");
  await page.tab.waitForSelector("#rows > :nth-child(5) .note");
  assert.ok(await page.tab.$("#rows > :nth-child(4).marked"));
  // Downloads have them on request.
  const plain = await page.download("#download-log");
  assert.equal(plain.bytes.toString(), `${lines.join("\n")}\n`);
  await page.tab.click("#with-notes");
  const noted = (await page.download("#download-log")).bytes.toString().split("\n");
  assert.deepEqual(noted.slice(3, 8), [lines[3], "!! mark {row=4}", lines[4], "!! note {row=5} why <b>this</b>?", lines[5]]);
  // And what was downloaded so is read again.
  const again = join(folder, "noted.log");
  await writeFile(again, noted.join("\n"));
  // The list of all.
  await page.tab.click("#notes-open");
  assert.equal(await page.tab.$$eval("#notes-list li", (all) => all.length), 2);
  await page.tab.click("#notes-copy");
  await said(page, /Copied/);
  assert.match(await pasted(), /^# Notes on a copy\.gz\n\n- row 4, marked: /);
  await page.screenshot("views-notes-list");
  await page.tab.click("#notes-list li:nth-child(2) [data-row]");
  assert.equal((await selected(page)).n, "5");
  await page.tab.keyboard.press("c");
  await page.tab.waitForSelector("#note[open]");
  await page.tab.click("#note-remove");
  await page.tab.waitForFunction(() => !document.querySelector("#rows .note"));
  await page.tab.keyboard.press("k");
  await page.tab.keyboard.press("m");
  await page.tab.waitForFunction(() => !document.querySelector("#rows .marked"));
  assert.deepEqual(await page.tab.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith("satascope.notes."))), []);
  await page.choose(again);
  await page.state("done", "failed");
  await page.tab.waitForSelector("#rows > :nth-child(5) .note");
  assert.equal(await page.text("#rows > :nth-child(5) .note"), "✎ why <b>this</b>?");
  await page.tab.waitForSelector("#rows > :nth-child(4).marked");
  assert.equal(await rowCount(page), lines.length, "a note is no row");
  assert.equal((await page.download("#download-log")).bytes.toString(), `${lines.join("\n")}\n`);
  await page.tab.click("#with-notes");
  assert.equal((await page.download("#download-log")).bytes.toString(), noted.join("\n"), "written again they are the same");
  assert.deepEqual(await page.tab.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith("satascope.notes."))), [], "and nothing is kept without being asked for");
});

test("a note, and beside it an explanation, leave a third of a narrow row for its line, and the header stays one line", async (t) => {
  const page = await example(t);
  const header = () => page.tab.$eval("header", (e) => e.offsetHeight);
  const height = await header();
  await filter(page, '"path does not exist"');
  await page.tab.click("#rows > :first-child");
  await writeNote(page, "why is it asked for a file that was never there?");
  await page.tab.waitForSelector("#rows .note");
  await drawn(page);
  await page.screenshot("views-note-narrow");
  const free = (row) =>
    page.tab.$eval(row, (e) => {
      const [m, note, words] = [".m", ".note", ".words"].map((s) => e.querySelector(s).getBoundingClientRect());
      return (words.left - note.right) / m.width;
    });
  assert.ok((await free("#rows > :first-child")) > 0.3, `${await free("#rows > :first-child")}`);
  assert.equal(await page.text("#download-log"), "Download filtered log");
  assert.ok(await shown(page, "#with-notes-label"));
  for (const width of [1440, 1301, 1101]) {
    await page.tab.setViewport({ width, height: 900 });
    await drawn(page);
    assert.equal(await header(), height, `${width}`);
  }
});

test("a note on a diagnostic stands on its exchange's row, too, and stays the diagnostic's", async (t) => {
  const page = await site.open(t);
  await page.choose(golden("..", "damaged", "requests_never_answered.pcap"));
  await page.state("done");
  const number = (await drawn(page)).find((r) => r.class.includes("diag")).n;
  await page.tab.click(`#rows > :nth-child(${number})`);
  await page.tab.keyboard.press("m");
  await page.tab.waitForSelector("#rows > .marked");
  await writeNote(page, "why never?");
  await page.tab.waitForSelector("#rows .note");
  await page.tab.keyboard.press("e");
  const noted = (await drawn(page)).filter((r) => r.m.includes("why never?") || r.class.includes("marked"));
  assert.deepEqual(noted.map((r) => [r.o, r.x, r.m]), [["ReadFile", "no response", "✎ why never?/a"]]);
  assert.match(noted[0].class, /\bmarked\b/);
  await page.screenshot("views-note-of-diagnostic");
  await filter(page, "note:never");
  assert.deepEqual((await drawn(page)).map((r) => r.lit), [["never"]]);
  await page.tab.click("#notes-open");
  assert.deepEqual(await page.tab.$$eval("#notes-list [data-row]", (all) => all.map((e) => e.textContent)), [`Row ${number}`]);
});

test("notes and marks are found by the filter and by Ctrl+F, and the list follows them", async (t) => {
  const page = await example(t);
  const note = async (text) => {
    await page.tab.keyboard.press("c");
    await page.tab.waitForSelector("#note[open]");
    await page.tab.$eval("#note-text", (e) => e.select());
    await page.tab.keyboard.type(text);
    await page.tab.keyboard.down("Control");
    await page.tab.keyboard.press("Enter");
    await page.tab.keyboard.up("Control");
    await page.tab.waitForSelector("#note:not([open])");
  };
  const numbers = async () => (await drawn(page)).map((r) => r.n);
  await page.tab.click("#rows > :nth-child(5)");
  await note("odd: opened twice");
  await page.tab.waitForSelector("#rows > :nth-child(5) .note");
  await page.tab.click("#rows > :nth-child(9)");
  await page.tab.keyboard.press("m");
  await page.tab.waitForSelector("#rows > :nth-child(9).marked");
  // Completion offers the key and its words.
  await page.tab.keyboard.press("/");
  await page.tab.keyboard.type("note");
  await page.tab.waitForFunction(() => document.querySelector("#filter-list:not([hidden]) b")?.textContent === "note:");
  await page.tab.keyboard.press("Tab");
  await page.tab.waitForFunction(() => [...document.querySelectorAll("#filter-list b")].map((e) => e.textContent).join() === "*,marked");
  await page.tab.keyboard.press("Enter"); // takes the first, which mends the mistake
  await page.tab.keyboard.press("Enter"); // goes back to the rows
  let left = await filter(page, "note:*");
  assert.deepEqual(left.map((r) => [r.n, r.lit]), [["5", ["odd: opened twice"]], ["9", ["9"]]], "a mark lights the number that it stands beside");
  await page.screenshot("views-notes-filtered");
  assert.match(await page.text("#filter-count"), /^2 of /);
  left = await filter(page, "note:Twice");
  assert.deepEqual(left, []);
  left = await filter(page, "twice");
  assert.deepEqual(left.map((r) => [r.n, r.lit]), [["5", ["twice"]]], "free text looks at notes, too");
  left = await filter(page, "note:twice");
  assert.deepEqual(left.map((r) => [r.n, r.lit]), [["5", ["twice"]]]);
  // The list follows what is written while the filter is in force.
  await page.tab.click("#rows > :nth-child(1)");
  await note("all is well");
  await page.tab.waitForFunction(() => document.getElementById("log").ariaRowCount === "0");
  assert.ok(await shown(page, "#empty"));
  await filter(page, "-note:marked op:OpenFile");
  const before = await numbers(), rows = await rowCount(page);
  await page.tab.click("#rows > :nth-child(2)");
  await page.tab.keyboard.press("m");
  await page.tab.waitForFunction((n) => document.getElementById("log").ariaRowCount === String(n - 1), {}, rows);
  assert.deepEqual(await numbers(), before.toSpliced(1, 1));
  // In exchanges a note on either side counts.
  await filter(page, "note:well");
  await page.tab.keyboard.press("e");
  await page.tab.waitForSelector("#work.exchanges");
  left = await drawn(page);
  assert.equal(left.length, 1);
  assert.ok(left[0].lit.includes("well"), `${left[0].lit}`);
  await page.tab.keyboard.press("l");
  await page.tab.waitForSelector("#work:not(.exchanges)");
  await filter(page, "");
  // Ctrl+F goes to a note, and lights what it found.
  await page.tab.keyboard.down("Control");
  await page.tab.keyboard.press("f");
  await page.tab.keyboard.up("Control");
  await page.tab.keyboard.type("is well");
  await page.tab.waitForFunction(() => document.getElementById("find-count").textContent === "1 of 1 row");
  assert.equal((await selected(page)).n, "5");
  assert.deepEqual((await drawn(page)).find((r) => r.n === "5").hits, ["is well"]);
  await page.tab.keyboard.press("Escape");
  // The list of all notes leads to the filter; a reload has it still, and the notes that come later are found.
  await page.tab.click("#notes-open");
  await page.tab.click("#notes-filter");
  assert.equal(await page.tab.$eval("#filter", (e) => e.value), "note:*");
  await page.tab.waitForFunction(() => document.getElementById("log").ariaRowCount === "3");
  await page.tab.waitForFunction(() => location.hash.includes("note"));
  await page.tab.reload();
  await page.state("done");
  await page.tab.waitForFunction(() => document.getElementById("log").ariaRowCount === "3");
});

test("the link beside the line keeps the focus when times are shown otherwise, or the row is marked", async (t) => {
  const page = await example(t);
  await page.tab.keyboard.press("Home");
  await page.tab.waitForSelector("#message-about a");
  await page.tab.focus("#message-about a");
  for (const key of ["t", "m"]) {
    await page.tab.evaluate(() => (globalThis.before = document.querySelector("#message-about a")));
    await page.tab.keyboard.press(key);
    await page.tab.waitForFunction(() => document.querySelector("#message-about a") !== globalThis.before);
    assert.equal(await page.tab.evaluate(() => document.activeElement.textContent), "What is this line?", key);
  }
});

test("a key for the row that was just gone to is about that row, also while it is on its way", async (t) => {
  const page = await site.open(t);
  await page.choose(golden("captures", "pipelined.pcap"));
  await page.state("done");
  await drawn(page);
  await page.tab.keyboard.press("Home");
  await selected(page);
  // Both keys come before the worker can answer.
  const pressed = (...keys) => page.tab.evaluate((keys) => {
    for (const key of keys) document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  }, keys);
  await pressed("End", "m");
  await page.tab.waitForSelector("#rows .marked.sel");
  const last = await selected(page);
  assert.equal(last.place, await rowCount(page));
  assert.deepEqual((await filter(page, "note:marked")).map((r) => r.n), [last.n]);
});

test("keys for a row that is on its way are all taken, in their order; nothing opens over where one went meanwhile", async (t) => {
  const pressed = async (...keys) => {
    const page = await site.open(t);
    await page.choose(golden("captures", "pipelined.pcap"));
    await page.state("done");
    await drawn(page);
    await page.tab.keyboard.press("Home");
    await selected(page);
    await page.tab.evaluate((keys) => {
      for (const key of keys) document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    }, keys);
    await page.tab.waitForFunction(() => document.querySelector("#rows .sel")?.ariaRowIndex === document.getElementById("log").ariaRowCount);
    await drawn(page);
    return page;
  };
  const marksAndOpens = async (page) => ({ marked: (await page.tab.$$("#rows .marked.sel")).length, open: await page.tab.$eval("#note", (e) => e.open) });
  let page = await pressed("End", "m", "c");
  await page.tab.waitForSelector("#rows .marked.sel");
  assert.deepEqual(await marksAndOpens(page), { marked: 1, open: true });
  page = await pressed("End", "c", "/");
  assert.deepEqual(await marksAndOpens(page), { marked: 0, open: false });
  assert.equal(await focused(page), "filter");
  page = await pressed("End", "c", "?");
  assert.deepEqual(await marksAndOpens(page), { marked: 0, open: false });
  assert.ok(await shown(page, "#keys"));
});

test("a row that leaves the list because of its notes keeps the selection", async (t) => {
  const page = await example(t);
  const mark = async (there) => {
    await page.tab.keyboard.press("m");
    await page.tab.waitForFunction((n) => document.getElementById("log").ariaRowCount === n, {}, there);
  };
  for (const n of [2, 3, 7]) {
    await page.tab.click(`#rows > :nth-child(${n})`);
    await page.tab.keyboard.press("m");
    await page.tab.waitForSelector(`#rows > :nth-child(${n}).marked`);
  }
  await filter(page, "note:*");
  await page.tab.keyboard.press("Home");
  assert.equal((await selected(page)).n, "2");
  await mark("2");
  await page.tab.waitForFunction(() => !document.querySelector("#rows .sel"));
  assert.deepEqual((await drawn(page)).map((r) => [r.n, r.selected]), [["3", false], ["7", false]]);
  assert.equal(await page.tab.$eval("#log", (e) => e.getAttribute("aria-activedescendant")), null);
  await mark("3"); // it is still the one that is meant
  await page.tab.waitForSelector("#rows .sel");
  assert.equal((await selected(page)).n, "2");
  // The next step goes on from where it stood; the last row leaves an empty list.
  await mark("2");
  await page.tab.waitForFunction(() => !document.querySelector("#rows .sel"));
  await page.tab.keyboard.press("j");
  assert.equal((await selected(page)).n, "3");
  await mark("1");
  await page.tab.keyboard.press("j");
  assert.equal((await selected(page)).n, "7");
  await mark("0");
  await page.tab.keyboard.press("c");
  await page.tab.waitForSelector("#note[open]");
  assert.match(await page.text("#note-about"), /7/);
});

test("settings are kept on this machine, and everything is forgotten on request", async (t) => {
  const page = await example(t);
  assert.deepEqual(await page.tab.evaluate(() => Object.keys(localStorage)), [], "nothing is kept without being asked for");
  const light = await page.tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.tab.click("#settings-open");
  await page.tab.waitForSelector("#settings[open]");
  await page.tab.click('[name="settings-theme"][value="dark"]');
  const dark = await page.tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.notEqual(dark, light);
  await page.tab.click('[name="settings-time"][value="utc"]');
  await page.tab.click("#settings-compact");
  const diagnostics = Number(/([\d,]+) diagnostic/.exec(await page.text("#counts"))[1]);
  const all = await rowCount(page);
  await page.tab.click("#settings-findings");
  await page.tab.waitForFunction((n) => Number(document.getElementById("log").ariaRowCount) === n, {}, all - diagnostics);
  assert.equal(await page.text("#filter-count"), `${all - diagnostics} rows`);
  await page.screenshot("views-settings");
  await page.tab.click("#settings-close");
  assert.equal((await drawn(page)).length > 10, true);
  assert.equal(await page.tab.$eval("#rows > :first-child", (e) => e.getBoundingClientRect().height), 18);
  await page.tab.reload();
  await page.state("done");
  assert.equal(await page.tab.evaluate(() => getComputedStyle(document.body).backgroundColor), dark);
  assert.match(await page.text("#columns .t"), /UTC/);
  await page.tab.waitForFunction((n) => Number(document.getElementById("log").ariaRowCount) === n, {}, all - diagnostics);
  await page.tab.click("#settings-open");
  await page.tab.waitForSelector("#settings[open]");
  assert.match(await page.text("#settings-kept"), /Kept on this machine, and nowhere else/);
  // It asks first, and says what would be gone; to keep it is what a key does at once.
  const kept = await page.tab.evaluate(() => Object.keys(localStorage));
  await page.tab.focus("#settings-forget");
  await page.tab.keyboard.press("Enter");
  assert.match(await page.text("#settings-ask-text"), /^This forgets notes about 0 files, 0 saved filters and the settings\./);
  assert.equal(await focused(page), "settings-keep");
  await page.screenshot("views-settings-ask");
  await page.tab.keyboard.press("Enter");
  assert.equal(await focused(page), "settings-forget");
  assert.equal(await shown(page, "#settings-ask"), false);
  assert.deepEqual(await page.tab.evaluate(() => Object.keys(localStorage)), kept);
  await page.tab.keyboard.press("Enter");
  await page.tab.click("#settings-forget-all");
  assert.deepEqual(await page.tab.evaluate(() => Object.keys(localStorage)), []);
  assert.equal(await page.tab.evaluate(() => getComputedStyle(document.body).backgroundColor), light);
  await page.tab.waitForFunction((n) => Number(document.getElementById("log").ariaRowCount) === n, {}, all);
});

test("text is pasted and decoded as it is typed; one frame shows its fields and bytes", async (t) => {
  const page = await site.open(t);
  await page.tab.click("#paste-start");
  assert.equal(await focused(page), "paste-text");
  const put = (text) => page.tab.$eval("#paste-text", (e, text) => ((e.value = text), e.dispatchEvent(new Event("input"))), text);
  await put(openFile("/vol/a.xml").toString("hex"));
  await page.state("done");
  await page.tab.waitForSelector("#rows .sel");
  assert.equal((await selected(page)).text, "->OpenFile     {path=/vol/a.xml,mode=r}", "the message is selected, not what is said of it");
  assert.match(await page.text("#paste-said"), /1 message/);
  await page.tab.waitForFunction(() => /path/.test(document.getElementById("fields").textContent));
  assert.equal(await focused(page), "paste-text", "one can go on typing");
  await page.screenshot("views-paste");
  // A response alone, then both, in another form.
  const said = (text) => page.tab.waitForFunction((text) => document.documentElement.dataset.state === "done" && document.getElementById("paste-said").textContent.startsWith(text), {}, text);
  const fields = (...parts) => page.tab.waitForFunction((parts) => parts.every((p) => document.getElementById("fields").textContent.includes(p)), {}, parts);
  await put(response(0, 13).toString("base64"));
  await said("Base64: 1 message");
  await fields("by its form the answer to OpenFolder, OpenFile", "descriptor", "13");
  // An answer to a read, which has no header.
  const read = Buffer.concat([Buffer.from("c4002402e8ef2402", "hex"), Buffer.alloc(24), Buffer.from([0, 0, 0, 5]), Buffer.from("hello")]);
  await put([...read].map((n) => n.toString(16).padStart(2, "0")).join(" "));
  await said("Hex dump: 1 message");
  await fields("the answer to ReadFile", "file length", "5 bytes", "data of the file");
  await page.screenshot("views-paste-read");
  const list = (b) => [...b].map((n) => `0x${n.toString(16).padStart(2, "0")}`).join(", ");
  await put(list(Buffer.concat([openFile("/vol/b.xml"), response(0, 13)])));
  await page.tab.waitForFunction(() => /2 messages/.test(document.getElementById("paste-said").textContent));
  assert.deepEqual((await drawn(page)).slice(1).map((r) => r.text), ["->OpenFile     {path=/vol/b.xml,mode=r}", "<-       FDRES {response=Success (13)}"]);
  // Packets as tcpdump -x prints them, with their times; and each as a line of hex.
  const hexLines = [];
  const packets = [openFile("/vol/c.xml"), response(0, 13)].map((data, i) => {
    const port = [40000, 7500], address = [[10, 0, 0, 2], [10, 0, 0, 1]], head = Buffer.alloc(40);
    Buffer.from([0x45, 0, 0, 0, 0, i, 0x40, 0, 64, 6, 0, 0, ...address[i], ...address[1 - i]]).copy(head);
    head.writeUInt16BE(40 + data.length, 2);
    head.writeUInt16BE(port[i], 20);
    head.writeUInt16BE(port[1 - i], 22);
    head.writeUInt32BE([1, 1001][i], 24);
    head.writeUInt32BE([1001, 1 + openFile("/vol/c.xml").length][i], 28);
    Buffer.from([0x50, 0x18, 0xff, 0xff]).copy(head, 32);
    const packet = Buffer.concat([head, data]), rows = [];
    hexLines.push(packet.toString("hex"));
    for (let at = 0; at < packet.length; at += 16) rows.push(`\t0x${at.toString(16).padStart(4, "0")}:  ${packet.subarray(at, at + 16).toString("hex").replace(/.{4}(?=.)/g, "$& ")}`);
    return `22:13:20.00${i}000 IP 10.0.0.2.40000 > 10.0.0.1.7500: Flags [P.], length ${data.length}\n${rows.join("\n")}\n`;
  });
  await put(packets.join(""));
  await said("Printed packets: 2 messages");
  await page.screenshot("views-paste-packets");
  // What is no frame is said, and nothing breaks.
  await put("what is this?");
  await page.tab.waitForFunction(() => document.getElementById("paste-said").className === "bad");
  await put(hexLines.join("\n"));
  await said("Printed packets: 2 messages");
  await page.screenshot("views-paste-lines");
  await put(await readFile(golden("exports", "both_directions.plain_hex.txt"), "utf8"));
  await page.tab.waitForFunction(() => document.getElementById("paste-said").className !== "bad" && document.documentElement.dataset.state === "done");
  await page.tab.keyboard.press("Escape");
  assert.equal(await shown(page, "#paste"), false);
  assert.ok((await rowCount(page)) > 2, "what was decoded stays");
});

test("text and files are pasted anywhere; a long text is decoded without being shown, one that is too long is refused; what was there stays", async (t) => {
  const page = await site.open(t);
  const frame = openFile("/vol/c.xml");
  const paste = (selector, text, times = 1, files = []) =>
    page.tab.evaluate(
      (selector, text, times, files) => {
        const data = new DataTransfer();
        if (text) data.setData("text/plain", text.repeat(times));
        for (const [name, content] of files) data.items.add(new File([content], name));
        document.querySelector(selector).dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
      },
      selector, text, times, files,
    );
  // Outside of any field it goes into the box.
  await paste("body", frame.toString("hex"));
  await page.tab.waitForFunction(() => /^Hex dump: 1 message/.test(document.getElementById("paste-said").textContent));
  assert.equal(await page.tab.$eval("#paste-text", (e) => e.value), frame.toString("hex"));
  assert.equal((await selected(page)).text, "->OpenFile     {path=/vol/c.xml,mode=r}");
  // A mistake is told with its place, and what comes before it is there.
  await page.tab.type("#paste-text", "x");
  await page.tab.waitForFunction(() => document.getElementById("paste-said").className === "bad");
  assert.equal(await page.text("#paste-said"), 'Hex dump, line 1, offset 1160: expected a hex digit, found "x".');
  assert.equal((await selected(page)).text, "->OpenFile     {path=/vol/c.xml,mode=r}");
  // What is nothing (yet) leaves the rows there.
  await page.tab.$eval("#paste-text", (e) => ((e.value = "what is this?"), e.dispatchEvent(new Event("input"))));
  await page.tab.waitForFunction(() => /The rows below are of the text before\.$/.test(document.getElementById("paste-said").textContent));
  assert.equal((await selected(page)).text, "->OpenFile     {path=/vol/c.xml,mode=r}");
  // 1.5 MB of frames.
  await paste("#paste-text", `${frame.toString("hex")}\n`, 1300);
  await page.tab.waitForFunction(() => /^Hex dump: 1,300 messages/.test(document.getElementById("paste-said").textContent));
  assert.match(await page.text("#paste-said"), /too long to be shown in the box/);
  assert.equal(await page.tab.$eval("#paste-text", (e) => e.value), "");
  await paste("#paste-text", "00".repeat(1 << 16), 600);
  await page.tab.waitForFunction(() => /^Expected at most 67\.1 MB of text, found 78\.6 MB\. Save it to a file/.test(document.getElementById("paste-said").textContent));
  // A file from the file manager is opened.
  await paste("#paste-text", "", 1, [["pasted.txt", frame.toString("hex")]]);
  await page.tab.waitForFunction(() => document.getElementById("name").textContent === "pasted.txt");
  await page.state("done");
  // The text, which is not where its rows come from, doesn't stand above them.
  assert.equal(await shown(page, "#paste"), false);
  assert.equal(await page.text("#paste-said"), "");
  assert.equal(await focused(page), "log");
});

test("what is open stays until pasted text is recognised, and one gets back to it", async (t) => {
  const page = await example(t);
  const all = await rowCount(page);
  await page.tab.keyboard.press("End");
  const { n } = await selected(page);
  const put = (text) => page.tab.$eval("#paste-text", (e, text) => ((e.value = text), e.dispatchEvent(new Event("input"))), text);
  const saying = (pattern) => page.tab.waitForFunction((p) => new RegExp(p).test(document.getElementById("paste-said").textContent), {}, pattern.source);
  await page.tab.keyboard.press("v");
  // What is said of it is said of text.
  await put("00000014");
  await saying(/^Hex dump, offset 0: expected frames of PCFS over SATA as text, .*, found no request of the protocol in its first 4 bytes; All forms tells what can be pasted\. devkit_story\.pcapng\.gz stays open\.$/);
  await put("000000140");
  await saying(/found only 1 byte before the end of the text\. devkit_story\.pcapng\.gz stays open\.$/);
  await put("what is this?");
  await saying(/^Pasted text, offset 0: expected frames .*, found text that begins "what is this\?"; All forms tells what can be pasted\. /);
  assert.equal(await rowCount(page), all);
  assert.equal(await shown(page, "#replaced"), false);
  const place = await page.tab.evaluate(() => location.hash);
  // What is something takes its place, and so does what is pasted after it.
  for (const name of ["/vol/a.xml", "/vol/b.xml"]) {
    await put(openFile(name).toString("hex"));
    await page.tab.waitForFunction((name) => document.querySelector("#rows .sel")?.textContent.includes(name), {}, name);
  }
  assert.match(await page.text("#replaced-text"), /^The pasted text took the place of devkit_story\.pcapng\.gz\.$/);
  await page.tab.keyboard.press("Escape");
  await page.screenshot("views-replaced");
  assert.equal(await page.text("#replaced-back"), "Back to devkit_story.pcapng.gz");
  await page.tab.click("#replaced-back");
  await page.tab.waitForFunction(() => document.getElementById("name").textContent === "devkit_story.pcapng.gz" && document.documentElement.dataset.state === "done");
  await page.tab.waitForSelector("#rows .sel");
  assert.equal((await selected(page)).n, n, "at the same place");
  assert.equal(await rowCount(page), all);
  assert.equal(await page.tab.evaluate(() => location.hash), place);
  assert.equal(await shown(page, "#replaced"), false);
});

test("a file that can't be opened leads back to what was open; its notes are there", async (t) => {
  const page = await example(t);
  await page.tab.keyboard.press("End");
  const { n } = await selected(page);
  await page.tab.keyboard.press("m");
  await page.tab.waitForSelector("#rows .sel.marked");
  const file = join(folder, "junk.txt");
  await writeFile(file, "hello, this is nothing");
  await page.choose(file);
  await page.state("failed");
  assert.match(await page.text("#error"), /^File, offset 0: expected a capture .*, found text that begins "hello, this is nothing"/);
  assert.equal(await page.text("#offers"), "Back to devkit_story.pcapng.gz");
  await page.screenshot("views-back");
  await page.tab.click("#offers button");
  await page.state("done");
  assert.equal((await selected(page)).n, n);
  await page.tab.waitForSelector("#rows .sel.marked");
  assert.equal(await shown(page, "#problem"), false);
});

test("of several files those that can be opened are; the others are named as they are", async (t) => {
  const page = await site.open(t);
  const junk = join(folder, "junk.txt");
  const empty = join(folder, "empty.pcap");
  const noise = join(folder, "photo.bin");
  await writeFile(junk, "hello, this is nothing");
  await writeFile(empty, "");
  await writeFile(noise, Buffer.alloc(300, 0xa5));
  const [plain, vlan] = [golden("captures", "plain.pcap"), golden("captures", "vlan.pcap")];
  await page.choose(junk, plain, empty, vlan, noise);
  await page.state("done");
  assert.equal(await page.text("#name"), "plain.pcap and 1 other");
  const said = await page.text("#notice-text");
  assert.match(said, /^“junk\.txt” could not be opened: file, offset 0: expected .*“empty\.pcap” could not be opened: .* found an empty file.*“photo\.bin” could not be opened: binary dump/);
  assert.equal((await page.download("#download-log")).bytes.toString(), await commandLine(plain, vlan));
  await page.screenshot("views-left-out");
  // Where none can, all are named.
  await page.choose(junk, empty);
  await page.state("failed");
  assert.match(await page.text("#error"), /^“junk\.txt” could not be opened: .*“empty\.pcap” could not be opened: /);
  // One that is empty is no mistake of the page.
  await page.choose(empty);
  await page.tab.waitForFunction(() => document.getElementById("name").textContent === "empty.pcap" && document.documentElement.dataset.state === "failed");
  assert.match(await page.text("#error"), /found an empty file; save the capture again\.$/);
});

test("several files dropped at once are decoded together", async (t) => {
  const page = await site.open(t);
  const a = await readFile(golden("exports", "from_client.bin"));
  const b = await readFile(golden("exports", "from_server.bin"));
  await page.tab.evaluate(
    (files) => {
      const data = new DataTransfer();
      for (const [name, text] of files) data.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name));
      document.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    },
    [["from_client.bin", a.toString("base64")], ["from_server.bin", b.toString("base64")]],
  );
  await page.state("done");
  assert.match(await page.text("#name"), /from_client\.bin and 1 other/);
  const { bytes } = await page.download("#download-compatible");
  assert.equal(bytes.toString(), await commandLine("--compatible", golden("exports", "from_client.bin"), golden("exports", "from_server.bin")));
  // Captures are joined by time.
  const first = join(folder, "first.pcap");
  const second = join(folder, "second.pcap");
  writePcap(first, [...hello(), [true, openFile("/first")], [false, response(0, 3)]]);
  writePcap(second, [...hello(), [true, openFile("/second")], [false, response(0, 4)]], { from: 40001, start: 100 });
  await page.choose(first, second);
  await page.tab.waitForFunction(() => /first\.pcap and 1 other/.test(document.getElementById("name").textContent));
  await page.state("done", "failed");
  assert.deepEqual((await drawn(page)).map((r) => r.text).slice(4), [
    "->OpenFile     {path=/first,mode=r}", "->OpenFile     {path=/second,mode=r}", "<-       FDRES {response=Success (3)}", "<-       FDRES {response=Success (4)}",
  ]);
  // Conversations between the same ends at the same time are told apart by their numbers.
  const [plain, vlan] = [golden("captures", "plain.pcap"), golden("captures", "vlan.pcap")];
  await page.choose(plain, vlan);
  await page.tab.waitForFunction(() => /plain\.pcap and 1 other/.test(document.getElementById("name").textContent));
  await page.state("done");
  const sorted = (text) => text.split("\n").sort().join("\n").trim();
  const together = (await page.download("#download-log")).bytes.toString();
  assert.equal(sorted(together), sorted((await commandLine(plain)) + (await commandLine(vlan))));
  await page.tab.click("#assume-open");
  await page.tab.waitForSelector("#assumed[open]");
  assert.match(await page.text("#assumed"), /different conversations between the same ends/);
  await page.screenshot("views-same-ends");
  await page.tab.click("#assumed-cancel");
  // What differs between two captures is told at its place.
  await page.choose(golden("..", "damaged", "bytes_differ.pcap"));
  await page.state("done");
  const differs = await filter(page, "diag:bytes-differ");
  assert.equal(differs.length, 2);
  assert.match(differs[0].text, /2 bytes of the server were captured again with other content/);
  await page.tab.keyboard.press("Enter");
  await page.screenshot("views-differ");
});

test("a filter lights the path of an exchange, not the words that it isn't sure", async (t) => {
  const page = await site.open(t);
  await page.choose(golden("..", "damaged", "pipelined_requests_lost.pcap"));
  await page.state("done");
  await page.tab.click("#view-exchanges");
  const unsure = (await filter(page, "path:o")).filter((r) => /response\?/.test(r.text));
  assert.ok(unsure.length > 0);
  for (const r of unsure) {
    const path = r.text.slice(0, r.text.indexOf("  response?"));
    assert.deepEqual(r.lit, path.match(/o/gi), r.text);
  }
  await page.screenshot("views-unsure");
});

test("captures of other days, joined, are told in the summary, which leads to where the later ones begin", async (t) => {
  const page = await site.open(t);
  const first = join(folder, "old.pcap");
  const second = join(folder, "new.pcap");
  writePcap(first, [...hello(), [true, openFile("/first")], [false, response(0, 3)]]);
  writePcap(second, [...hello(), [true, openFile("/second")], [false, response(0, 4)]], { from: 40001, start: 400 * 86_400e6 });
  await page.choose(first, second);
  await page.state("done");
  await drawn(page);
  await page.tab.keyboard.press("s");
  const told = await page.tab.waitForSelector("#summary[open] li button[data-row]");
  assert.match(await told.evaluate((e) => e.textContent), /^Nothing was captured for (399 days 23 h 59 min|400 days 0 h 0 min) .*, from 2023-11-14 22:13:20 UTC to 2024-12-18 22:13:20 UTC: captures of different times were joined, or a clock was set wrong\.$/);
  await page.screenshot("views-summary-apart");
  await told.click();
  assert.equal((await selected(page)).n, "5");
  // Times have room for that long, and times of day their dates.
  const whole = () => page.tab.$$eval("#rows .t", (all) => all.every((e) => e.scrollWidth <= e.clientWidth));
  assert.match((await selected(page)).t, /^3456\d{4}\.\d{3} \d{3}$/);
  assert.ok(await whole(), "a time is cut");
  await page.tab.keyboard.press("t");
  await page.tab.keyboard.press("t");
  assert.match((await selected(page)).t, /^2024-12-18 22:13:20\.\d{3} \d{3}$/);
  assert.ok(await whole(), "a date is cut");
  await page.tab.waitForFunction(() => /2024-12-18 22:13:20\.\d{6} UTC/.test(document.getElementById("message-about").textContent));
  await page.tab.focus("#log");
  await page.tab.keyboard.press("t");
  await page.tab.keyboard.press("t");
  await page.tab.waitForFunction(() => /3456\d{4}\.\d{3} \d{3} s/.test(document.getElementById("message-about").textContent));
});

test("blanks in a path are shown as they are, wherever it stands", async (t) => {
  const page = await site.open(t);
  const file = join(folder, "blanks.pcap");
  writePcap(file, [...hello(), [true, openFile("/a  b")], [false, response(0, 3)]]);
  await page.choose(file);
  await page.state("done");
  await drawn(page);
  await page.tab.keyboard.press("End");
  await page.tab.keyboard.press("[");
  await page.tab.waitForFunction(() => [...document.querySelectorAll("#fields .val")].some((e) => e.innerText === "/a  b"));
  await page.tab.keyboard.press("Enter");
  await page.tab.waitForFunction(() => [...document.querySelectorAll("#menu i")].some((e) => e.innerText === "/a  b"));
  await page.tab.keyboard.press("Escape");
  await page.tab.keyboard.press("j");
  await page.tab.click("#tab-state");
  await page.tab.waitForFunction(() => document.querySelector("#panel-state .path")?.innerText === "/a  b");
  await page.tab.keyboard.press("s");
  await page.tab.waitForFunction(() => [...document.querySelectorAll("#summary code")].some((e) => e.innerText === "/a  b"));
  await page.screenshot("views-summary-blanks");
  // The column of rows' numbers is no wider than they are.
  const [number, cell] = await page.tab.$eval("#summary td.right:first-child", (e) => [e.querySelector("button").getBoundingClientRect().width, e.getBoundingClientRect().width]);
  assert.ok(cell - number < 60, `${cell} for ${number}`);
  await page.tab.keyboard.press("Escape");
  await page.tab.keyboard.press("/");
  await page.tab.keyboard.type("path:");
  await page.tab.waitForFunction(() => document.querySelector("#filter-list b")?.innerText === "/a  b");
});

test("the dialog for sharing keeps the focus where the host stores no shares", async (t) => {
  const page = await example(t);
  await page.tab.focus("#share-open");
  await page.tab.keyboard.press("Enter");
  await page.tab.waitForFunction(() => document.querySelector("[name=share-how][value=stored]").disabled);
  assert.equal(await page.tab.evaluate(() => document.activeElement.value), "data");
  await page.tab.keyboard.press("Escape");
  assert.equal(await focused(page), "share-open");
});

test("long times push no column out of the exchanges, which have dates where there is room", async (t) => {
  const page = await site.open(t);
  const chosen = async (first, second) => {
    await page.choose(first, second);
    await page.tab.waitForFunction((name) => document.getElementById("name").textContent.includes(name), {}, basename(first));
    await page.state("done");
  };
  const night = 6400e6; // until eleven minutes past the midnight that follows the first capture
  for (const [file, start] of [["year.pcap", 400 * 86_400e6], ["night.pcap", night], ["same.pcap", 1e6]]) {
    const first = join(folder, `before_${file}`), second = join(folder, file);
    writePcap(first, [...hello(), [true, openFile("/first")], [false, response(0, 3)]]);
    writePcap(second, [...hello(), [true, openFile("/second")], [false, response(0, 4)]], { from: 40001, start });
    await page.tab.setViewport({ width: 1440, height: 900 });
    await chosen(first, second);
    await drawn(page);
    if (file === "year.pcap") {
      await page.tab.keyboard.press("t");
      await page.tab.keyboard.press("t");
    }
    await page.tab.click("#view-exchanges");
    await drawn(page);
    await page.tab.click("#rows .r");
    await selected(page);
    for (const width of [1440, 1280, 1240, 1200, 1110, 1024, 700]) {
      await page.tab.setViewport({ width, height: 900 });
      await drawn(page);
      await page.tab.waitForFunction(() => {
        const end = (e) => Math.max(...[...e.children].filter((c) => c.checkVisibility()).map((c) => c.getBoundingClientRect().right));
        const list = document.getElementById("log"), all = list.getBoundingClientRect().left + list.clientWidth;
        const times = [...document.querySelectorAll("#rows .t")];
        return end(document.querySelector("#columns .r")) <= all && end(document.querySelector("#rows .r")) <= all &&
          times.length > 0 && times.every((e) => e.scrollWidth <= e.clientWidth && /^\d\d:\d\d:\d\d\.\d{3} \d{3}$/.test(e.textContent));
      });
      await page.screenshot(`views-times-${file}-${width}`);
    }
  }
  await chosen(join(folder, "before_year.pcap"), join(folder, "year.pcap"));
  await page.tab.setViewport({ width: 1440, height: 900 });
  await page.tab.click("#view-exchanges");
  await drawn(page);
  await page.tab.click("#rows .r");
  await page.tab.waitForFunction(() => /^22:13:20/.test(document.querySelector("#rows .sel .t")?.textContent));
  await page.tab.setViewport({ width: 1900, height: 900 });
  await page.tab.waitForFunction(() => /^2023-11-14 22:13:20/.test(document.querySelector("#rows .sel .t")?.textContent));
});

test("all forms are named on the page, as in the code's table", async (t) => {
  const page = await site.open(t);
  await page.tab.click("#forms-open");
  await page.tab.waitForSelector("#forms[open] table");
  const named = await page.tab.$$eval("#forms td:first-child", (all) => all.map((e) => e.textContent));
  const told = [...(await readFile(new URL("../docs/forms.md", import.meta.url), "utf8")).split("\n## ")[0].matchAll(/^\| ([^|]+) \| .* \|$/gm)].map((m) => m[1]).slice(1);
  assert.deepEqual(named, told);
  // What is written there as an event file is one.
  assert.match(await page.text("#forms pre"), /^{"op":"open","stream":1}\n/);
  await page.screenshot("views-forms");
  await page.tab.click("#forms-close");
  await page.tab.click("#paste-start");
  await page.tab.click("#paste-forms");
  await page.tab.waitForSelector("#forms[open]");
});

test("a log that was written earlier is rows again, and the same bytes when it is written", async (t) => {
  const page = await site.open(t);
  const name = golden("captures", "devkit_story.pcapng.gz.log");
  await page.choose(name);
  await page.state("done");
  const all = await drawn(page);
  assert.deepEqual(all.slice(0, 3).map((r) => r.text), lines.slice(0, 3));
  for (const button of ["#download-log", "#download-compatible"]) assert.ok((await page.download(button)).bytes.equals(await readFile(name)), button);
  // Rows, filter and side list work.
  const left = await filter(page, "op:OpenFile path:*/config/*");
  assert.deepEqual(left.map((r) => r.text.replace(/ {2}path does not exist$/, "")), left.map((r) => lines[Number(r.n) - 1]));
  assert.ok(left.length > 2);
  await filter(page, "");
  const counts = await page.tab.$$eval("#side .facet", (all) => all.map((e) => e.textContent));
  assert.ok(counts.some((c) => c.startsWith("ReadFile")), `${counts}`);
  // What it can't have says why.
  await page.tab.click("#rows > :nth-child(4)");
  await page.tab.waitForFunction(() => /log/i.test(document.getElementById("hex-lack").textContent) && document.getElementById("hex-lack").checkVisibility());
  await page.tab.click("#tab-packets");
  await page.tab.waitForFunction(() => /log|line/i.test(document.getElementById("panel-packets").textContent));
  await page.screenshot("views-log");
});

test("files that belong to nothing together are refused with one sentence, and opened one at a time", async (t) => {
  const page = await site.open(t);
  await page.choose(golden("captures", "plain.pcap"), golden("exports", "conversation.log"));
  await page.state("failed");
  const said = await page.text("#error");
  assert.match(said, /^Expected captures, which are joined by time, or the two directions of one conversation, found pcap, log; open these files one at a time\.$/);
  await page.choose(golden("captures", "plain.pcap"));
  await page.state("done");
});
