// What a person does with the page: opens files in every way, reads, moves,
// downloads.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { hello, openFile, response, writePcap } from "./capture.mjs";
import { suite } from "./lib/browser.mjs";
import { golden } from "./lib/golden.mjs";

const site = suite();
let folder;
before(async () => (folder = await mkdtemp(join(tmpdir(), "satascope-page-"))));
after(() => rm(folder, { recursive: true, force: true }));

/** What the command line writes for a file. */
async function commandLine(...args) {
  const options = { encoding: "buffer", maxBuffer: 1 << 30 };
  const { stdout } = await promisify(execFile)(process.env.SATASCOPE, ["decode", ...args], options).catch((e) => e);
  return stdout;
}

/** The rows that are in the page's tree: place, class and cells. */
const rows = (page) =>
  page.tab.$$eval("#rows > [role=row]", (all) =>
    all.map((r) => ({
      index: Number(r.ariaRowIndex), class: r.className, selected: r.ariaSelected === "true", html: r.querySelector(".m").innerHTML,
      number: r.children[0].textContent, time: r.children[1].textContent, stream: r.children[2].textContent, text: r.children[3].textContent,
    })),
  );

/** Waits until all rows in view have their text. */
async function drawn(page) {
  await page.tab.waitForFunction(() => {
    const all = [...document.querySelectorAll("#rows > [role=row]")];
    return all.length > 0 && all.every((r) => r.querySelector(".m").textContent !== "…" && r.querySelector(".m").textContent !== "");
  });
  return rows(page);
}

const frames = (page, n = 2) => page.tab.evaluate((n) => new Promise((done) => (function next() { n-- ? requestAnimationFrame(next) : done(); })()), n);

test("the first screen promises what is there", async (t) => {
  const page = await site.open(t);
  assert.equal(await page.state("empty"), "empty");
  assert.equal(await page.text("#error"), "");
  for (const id of ["choose", "example"]) assert.equal(await page.tab.$eval(`#${id}`, (e) => e.disabled), false);
  for (const id of ["work", "downloads", "decoding", "problem"]) assert.equal(await page.tab.$eval(`#${id}`, (e) => e.checkVisibility()), false, id);
  const dead = await page.tab.$$eval("a[href]", (all) => all.map((a) => a.href));
  for (const href of dead) assert.equal(await page.tab.evaluate((h) => fetch(h).then((r) => r.status), href), 200, href);
  await page.screenshot("start");
});

test("the example opens, with a row for every line and colours for what they are", async (t) => {
  const page = await site.open(t);
  await page.tab.click("#example");
  await page.state("done");
  const lines = (await readFile(golden("captures", "devkit_story.pcapng.gz.log"), "utf8")).trimEnd().split("\n");
  const diagnostics = Number(/([\d,]+) diagnostic/.exec(await page.text("#counts"))?.[1] ?? 0);
  const shown = await page.tab.$eval(".peek", (e) => e.innerText);
  assert.match(shown, new RegExp(`${lines.length + diagnostics} rows · 2 streams`));
  for (const line of await page.tab.$$eval(".peek pre > span", (all) => all.map((e) => e.textContent))) assert.ok(lines.includes(line), line);

  assert.equal(await page.tab.$eval("#log", (e) => Number(e.getAttribute("aria-rowcount"))), lines.length + diagnostics);
  const top = await drawn(page);
  assert.equal(top[0].text, lines[0]);
  assert.equal(top[0].class, "r in");
  assert.equal(top[1].class, "r out");
  assert.equal(top[0].number, "1");
  assert.match(top[0].time, /^0\.\d{3} \d{3}$/);
  assert.equal(top[0].stream, "0");
  const failed = top.find((r) => r.text.includes("fff0ffe9"));
  assert.match(failed.html, /<span class="bad">Failure \(fff0ffe9\)<\/span>/);
  assert.match(failed.text, /path does not exist$/);
  const colours = await page.tab.evaluate(() => ["in", "out", "oob", "bad", "diag"].map((c) => {
    const e = document.body.appendChild(Object.assign(document.createElement("i"), { className: c }));
    const colour = getComputedStyle(e).color;
    e.remove();
    return colour;
  }));
  assert.equal(new Set(colours).size, 5, "each has a colour of its own");
  await page.screenshot("example");
  assert.ok(page.requests.every((r) => r.method === "GET" && r.sent === 0), "nothing is sent");
});

test("a file can be dropped anywhere, and chosen again", async (t) => {
  const page = await site.open(t);
  const bytes = (await readFile(golden("captures", "ipv6.pcap"))).toString("base64");
  const drop = (names) => page.tab.evaluate((bytes, names) => {
    const data = new DataTransfer();
    for (const name of names) data.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name));
    const over = document.dispatchEvent(new DragEvent("dragover", { dataTransfer: data, bubbles: true, cancelable: true }));
    const dropped = document.querySelector("footer").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    return [over, dropped];
  }, bytes, names);
  assert.deepEqual(await drop(["one.pcap"]), [false, false], "the browser must not open the file itself");
  await page.state("done");
  assert.equal(await page.text("#name"), "one.pcap");
  await drop(["a.pcap", "b.pcap"]);
  await page.tab.waitForFunction(() => document.getElementById("name").textContent === "a.pcap and 1 other" && document.documentElement.dataset.state !== "decoding");
  for (let i = 0; i < 2; i++) {
    await page.choose(golden("captures", "vlan.pcap"));
    await page.tab.waitForFunction(() => document.getElementById("name").textContent === "vlan.pcap" && document.documentElement.dataset.state === "done");
  }
});

test("both downloads are what the command line writes", async (t) => {
  const page = await site.open(t);
  const file = golden("captures", "trouble.pcap");
  await page.choose(file);
  await page.state("done");
  const log = await page.download("#download-log");
  assert.equal(log.name, "trouble.pcap.log");
  assert.ok(log.bytes.equals(await commandLine(file)));
  const compatible = await page.download("#download-compatible");
  assert.equal(compatible.name, "trouble.pcap.compatible.log");
  assert.ok(compatible.bytes.equals(await commandLine("--compatible", file)));
  assert.ok(compatible.bytes.equals(await readFile(`${file}.log`)));
  await page.tab.click("#with-diagnostics");
  const all = await page.download("#download-log");
  assert.equal(all.name, "trouble.pcap.diagnostics.log");
  const extra = all.bytes.toString().split("\n").filter((l) => l.startsWith("!! "));
  assert.ok(extra.length > 0);
  assert.equal(all.bytes.toString().split("\n").filter((l) => !l.startsWith("!! ")).join("\n"), log.bytes.toString());
});

test("the keyboard moves through the log, which tells assistive technology where it is", async (t) => {
  const page = await site.open(t);
  const { keyboard } = page.tab;
  await page.choose(golden("captures", "plain.pcap"));
  await page.state("done");
  await drawn(page);
  const count = await page.tab.$eval("#log", (e) => Number(e.getAttribute("aria-rowcount")));
  assert.ok(count > 500);
  const at = async () => {
    await frames(page);
    return page.tab.$eval("#log", (e) => {
      const active = document.getElementById(e.getAttribute("aria-activedescendant"));
      const r = active?.getBoundingClientRect(), g = e.getBoundingClientRect();
      return active && active.ariaSelected === "true" && r.top >= g.top - 1 && r.bottom <= g.bottom + 1 ? Number(active.ariaRowIndex) : active && "out of view";
    });
  };
  assert.equal(await at(), null);
  const presses = [["j", 1], ["j", 2], ["ArrowDown", 3], ["k", 2], ["ArrowUp", 1], ["ArrowUp", 1], ["End", count], ["j", count], ["ArrowUp", count - 1], ["Home", 1]];
  for (const [key, want] of presses) {
    await keyboard.press(key);
    assert.equal(await at(), want, key);
  }
  await keyboard.press("PageDown");
  const page1 = await at();
  assert.ok(page1 > 20, `a page is ${page1 - 1} rows`);
  await keyboard.press("PageUp");
  assert.equal(await at(), 1);
  await page.tab.waitForFunction(() => document.getElementById("message-about").textContent.startsWith("Row 1"));
  const first = (await drawn(page))[0];
  assert.equal(await page.text("#message-text"), first.text);
  // A layout that has other letters on the keys.
  await page.tab.evaluate(() => document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "о", code: "KeyJ", bubbles: true })));
  assert.equal(await at(), 2);
  await keyboard.down("Control");
  await keyboard.press("j");
  await keyboard.up("Control");
  assert.equal(await at(), 2, "the browser's own keys stay the browser's");
  await keyboard.press("?");
  assert.equal(await page.tab.$eval("#keys", (e) => e.open), true);
  await keyboard.press("j");
  await keyboard.press("Escape");
  assert.equal(await page.tab.$eval("#keys", (e) => e.open), false);
  assert.equal(await at(), 2, "the log stays while the help is open");
  const roles = await page.tab.$eval("#log", (e) => [e.getAttribute("role"), e.tabIndex, ...new Set([...e.querySelectorAll("[role=row] > *")].map((c) => c.getAttribute("role")))]);
  assert.deepEqual(roles, ["grid", 0, "gridcell"]);
});

test("the mouse selects, and the whole line is shown", async (t) => {
  const page = await site.open(t);
  await page.choose(golden("captures", "plain.pcap"));
  await page.state("done");
  const before = await drawn(page);
  await page.tab.click("#rows > :nth-child(8)");
  await page.tab.waitForFunction(() => document.getElementById("message-about").textContent.startsWith("Row 8"));
  const now = await rows(page);
  assert.deepEqual(now.filter((r) => r.selected).map((r) => r.index), [8]);
  assert.equal(now.length, before.length, "the list stays as tall as it was");
  assert.match(await page.text("#message-about"), /stream \d+: [\d.:]+ to [\d.]+:7500/);
});

const paths = [
  "/<img src=x onerror=globalThis.hacked=1><script>globalThis.hacked=1</script>", "/&lt;b&gt;&amp;", "/a\nb\r\t\x07c", "/\u202egnp.exe", "/\u2066x\u2069\u200b\ufeff",
  "/\x1b]0;title\x07", "/‹LF›", "/日本語/עברית/😀", "/\u0085\u2028\u00a0",
];

test("paths can't alter the page, and the compatible log keeps their bytes", async (t) => {
  const file = join(folder, "paths.pcap");
  writePcap(file, [...hello(), ...paths.flatMap((p, i) => [[true, openFile(p)], [false, response(0, i)]])]);
  const hostile = join(folder, "x\u202egnp<b>.pcap");
  await copyFile(file, hostile);
  const page = await site.open(t);
  await page.choose(hostile);
  await page.state("done");
  const texts = (await drawn(page)).filter((r) => r.class.includes("in")).map((r) => r.text);
  assert.deepEqual(texts.slice(1), [
    "->OpenFile     {path=/<img src=x onerror=globalThis.hacked=1><script>globalThis.hacked=1</script>,mode=r}",
    "->OpenFile     {path=/&lt;b&gt;&amp;,mode=r}",
    "->OpenFile     {path=/a‹LF›b‹CR›‹TAB›‹BEL›c,mode=r}",
    "->OpenFile     {path=/‹U+202E›gnp.exe,mode=r}",
    "->OpenFile     {path=/‹U+2066›x‹U+2069›‹U+200B›‹U+FEFF›,mode=r}",
    "->OpenFile     {path=/‹ESC›]0;title‹BEL›,mode=r}",
    "->OpenFile     {path=/‹U+2039›LF›,mode=r}",
    "->OpenFile     {path=/日本語/עברית/😀,mode=r}",
    "->OpenFile     {path=/‹U+0085›‹U+2028›‹U+00A0›,mode=r}",
  ]);
  assert.equal(await page.text("#name"), "x‹U+202E›gnp<b>.pcap");
  assert.equal(await page.tab.title(), "x‹U+202E›gnp<b>.pcap · Satascope");
  const injected = await page.tab.$$eval("#work *, header *", (all) => all.map((e) => e.localName).filter((n) => ["img", "script"].includes(n)));
  assert.deepEqual(injected, []);
  assert.equal(await page.tab.evaluate(() => globalThis.hacked), undefined);
  const { bytes } = await page.download("#download-compatible");
  const want = paths.map((p, i) => `->OpenFile     {path=${p},mode=r}\n<-       FDRES {response=Success (${i})}\n`).join("");
  assert.equal(bytes.toString().split("\n").slice(2).join("\n"), want);
  await page.screenshot("paths");
});

test("a capture without the protocol says what is there and offers its ports", async (t) => {
  const file = join(folder, "http.pcap");
  writePcap(file, [[true, Buffer.from("GET / HTTP/1.1\r\n\r\n")], [false, Buffer.from("HTTP/1.1 204 No Content\r\n\r\n")]], { port: 8080 });
  const page = await site.open(t);
  await page.choose(file);
  await page.state("failed");
  const error = await page.text("#error");
  assert.match(error, /^Expected a conversation of PCFS over SATA on port 7500, found 1 TCP conversation/);
  assert.equal(await page.tab.$eval("#error", (e) => e.getAttribute("role")), "alert");
  const offers = await page.tab.$$eval("#offers button", (all) => all.map((b) => b.textContent));
  assert.ok(offers.some((o) => o.startsWith("Port 8080")), offers.join());
  await page.screenshot("ports");
  const n = offers.findIndex((o) => o.startsWith("Port 8080"));
  await page.tab.evaluate((n) => document.querySelectorAll("#offers button")[n].click(), n);
  await page.tab.waitForFunction(() => document.documentElement.dataset.state !== "decoding" && Number(document.getElementById("log").getAttribute("aria-rowcount")) > 0);
  await drawn(page);
});

test("another port where the protocol is spoken is found, and told", async (t) => {
  const page = await site.open(t);
  await page.choose(golden("captures", "port_17500.pcap"));
  await page.state("done");
  assert.match(await page.text("#notice-text"), /port 7500.*port 17500/);
  await page.tab.click("#notice-close");
  assert.equal(await page.tab.$eval("#notice", (e) => e.checkVisibility()), false);
});

test("a notice that is dismissed before a file is open leaves the focus on what opens one", async (t) => {
  const page = await site.open(t, { path: "/#for=abc&row=5" });
  await page.tab.waitForSelector("#notice-close", { visible: true });
  await page.tab.focus("#notice-close");
  await page.tab.keyboard.press("Enter");
  await page.tab.waitForSelector("#notice", { hidden: true });
  assert.equal(await page.tab.evaluate(() => document.activeElement.id), "choose");
});

test("the end of the compatible log is told, with its place", async (t) => {
  const page = await site.open(t);
  await page.choose(golden("events", "lost_unasked_response.jsonl"));
  await page.state("done");
  assert.match(await page.text("#notice-text"), /^The compatible log ends before row \d+/);
  await page.tab.click("#notice-go");
  await page.tab.waitForFunction(() => document.querySelector("#rows .sel.diag"));
});

const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
for (const [name, bytes, want] of [
  ["empty.pcap", Buffer.alloc(0), /found an empty file/],
  ["notes.txt", Buffer.from("Dear diary,\ntoday the devkit was slow.\n"), /found text that begins "Dear diary/],
  ["picture.png", png, /found a PNG picture/],
  ["archive.zip", Buffer.from("PK\x03\x04\x14\x00\x00\x00more of it"), /found a ZIP archive/],
  ["twice.gz", gzipSync(gzipSync(png)), /a gzip file in a gzip file/],
]) {
  test(`${name} is refused with one sentence that says what it is`, async (t) => {
    const file = join(folder, name);
    await writeFile(file, bytes);
    const page = await site.open(t);
    await page.choose(file);
    await page.state("failed");
    assert.match(await page.text("#error"), want);
    assert.equal(await page.tab.$eval("#start", (e) => e.checkVisibility()), true, "another file can be chosen");
    assert.deepEqual(await page.tab.$$eval("#downloads button", (all) => all.map((b) => b.disabled)), [true, true, true], "there is nothing to download or to share");
    await page.choose(golden("captures", "vlan.pcap")); // and it goes on
    await page.state("done");
    assert.equal(await page.text("#error"), "");
  });
}

test("what was decoded before a file's cut end stays and can be downloaded", async (t) => {
  const whole = await readFile(golden("captures", "plain.pcap"));
  const file = join(folder, "cut.pcap");
  await writeFile(file, whole.subarray(0, 200_000));
  const page = await site.open(t);
  await page.choose(file);
  await page.state("failed");
  assert.match(await page.text("#error"), /Pcap, offset \d+: expected .*, found only \d+ bytes before the end of the file/);
  await drawn(page);
  const { bytes } = await page.download("#download-compatible");
  assert.ok(bytes.length > 10_000);
  assert.ok(bytes.equals(await commandLine("--compatible", file)));
  assert.ok((await readFile(golden("captures", "plain.pcap.log"))).subarray(0, bytes.length - 200).equals(bytes.subarray(0, -200)));
});

test("gzip as the browser refuses it: several members, damage, a cut end", async (t) => {
  const whole = await readFile(golden("captures", "plain.pcap"));
  const log = await readFile(golden("captures", "plain.pcap.log"));
  const members = join(folder, "members.pcap.gz");
  await writeFile(members, Buffer.concat([gzipSync(whole.subarray(0, 123_456)), gzipSync(whole.subarray(123_456))]));
  const page = await site.open(t);
  await page.choose(members);
  await page.state("done");
  assert.ok((await page.download("#download-compatible")).bytes.equals(log));

  const cut = join(folder, "cut.pcap.gz");
  const packed = gzipSync(whole);
  await writeFile(cut, packed.subarray(0, packed.length >> 1));
  await page.choose(cut);
  await page.state("failed");
  assert.match(await page.text("#error"), /gzip/i);
  const part = (await page.download("#download-compatible")).bytes;
  assert.ok(part.length > 1000);
  assert.ok(part.equals(await commandLine("--compatible", cut)));
});

test("narrow and wide, nothing runs out of the page", async (t) => {
  for (const [width, dark] of [[360, false], [390, true], [800, false], [1440, true]]) {
    const page = await site.open(t, { viewport: { width, height: 800 }, dark });
    const fits = () => page.tab.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
    assert.ok(await fits(), `the first screen at ${width}`);
    await page.choose(golden("captures", "trouble.pcap"));
    await page.state("done");
    await drawn(page);
    await page.tab.click("#rows > :nth-child(3)");
    await frames(page);
    assert.ok(await fits(), `the log at ${width}`);
    await page.screenshot(`log-${width}-${dark ? "dark" : "light"}`);
    for (const id of ["download-log", "download-compatible"]) assert.ok(await page.tab.$eval(`#${id}`, (e) => e.checkVisibility() && e.getBoundingClientRect().right <= innerWidth), id);
    const file = join(folder, "nothing.pcap");
    await writeFile(file, "");
    await page.choose(file);
    await page.state("failed");
    assert.ok(await fits(), `an error at ${width}`);
    await page.screenshot(`failed-${width}-${dark ? "dark" : "light"}`);
  }
});
