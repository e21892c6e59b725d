// Links that share a capture: one browser context makes them, another opens them
// and has the same log to the byte. $SHARE_ORIGIN names a service that runs
// elsewhere (the worker in workerd); without it, it is the local server.
import assert from "node:assert/strict";
import { mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { gzipSync } from "node:zlib";
import { writeLarge } from "./capture.mjs";
import { PATIENCE, suite } from "./lib/browser.mjs";
import { serve } from "./lib/server.mjs";
import { drawn, filter } from "./lib/views.mjs";

const data = await mkdtemp(join(tmpdir(), "satascope-shares-"));
after(() => rm(data, { recursive: true, force: true }));
const site = suite({ serveArgs: ["--data", data], origin: process.env.SHARE_ORIGIN });
/** For what asks the service nothing: that is tested with the local server alone. */
const withoutService = process.env.SHARE_ORIGIN ? test.skip : test;

const capture = "testdata/golden/captures/devkit_story.pcapng.gz";
const plain = "testdata/golden/captures/ipv6_raw.pcap";

/** Opens a capture in the page and waits until it is decoded. */
async function decoded(t, file, options) {
  const page = await site.open(t, options);
  await page.choose(file);
  assert.equal(await page.state("done", "failed"), "done");
  await page.tab.waitForSelector("#rows .n", { timeout: PATIENCE }); // the list has them
  return page;
}

/** Selects a row by the keyboard. */
async function go(page, number) {
  await page.tab.focus("#log");
  for (let i = 0; i < number; i++) await page.tab.keyboard.press("ArrowDown");
  await selects(page, number);
}

/** Makes a link in the page's dialog. */
async function share(page, { how = "stored", what = "capture", days = "7" } = {}) {
  const { tab } = page;
  await tab.click("#share-open");
  await tab.waitForSelector("#share[open]");
  await tab.click(`input[name="share-how"][value="${how}"]`);
  if (how !== "view") await tab.click(`input[name="share-what"][value="${what}"]`);
  if (how === "stored") await tab.click(`input[name="share-days"][value="${days}"]`);
  await tab.waitForSelector("#share-make:not([disabled])", { timeout: PATIENCE });
  assert.equal(await tab.$eval('input[name="share-how"]:checked', (e) => e.value), how);
  if (how !== "view") assert.equal(await tab.$eval('input[name="share-what"]:checked', (e) => e.value), what);
  const facts = await page.text("#share-facts");
  await tab.click("#share-make");
  await tab.waitForSelector("#share-done:not([hidden])", { timeout: PATIENCE });
  const made = await tab.evaluate(() => ({
    link: document.getElementById("share-link").value,
    remove: document.getElementById("share-delete-row").hidden ? "" : document.getElementById("share-delete-link").value,
    said: document.getElementById("share-said").textContent,
  }));
  await tab.click("#share-close");
  return { ...made, facts };
}

/** The address that is asked for: a request carries no fragment, though the browser's protocol shows it with one. */
const asked = (r) => r.url.split("#")[0];

/** What is after the origin. */
const path = (link) => link.slice(new URL(link).origin.length);

async function log(page) {
  return (await page.download("#download-compatible")).bytes;
}

/** All that the service stored, names and contents, as one Buffer. */
async function stored() {
  if (process.env.SHARE_ORIGIN) return Buffer.from(await (await fetch(`${site.origin}/api/behind/all`)).arrayBuffer());
  const all = [];
  for (const entry of await readdir(data, { recursive: true, withFileTypes: true })) {
    all.push(Buffer.from(entry.name));
    if (entry.isFile()) all.push(await readFile(join(entry.parentPath ?? entry.path, entry.name)));
  }
  return Buffer.concat(all);
}

/** A file with a real capture, and behind it packets of 60,000 bytes of noise. */
async function noisy(t, packets) {
  const folder = await mkdtemp(join(tmpdir(), "satascope-large-"));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, "large.pcap");
  const parts = [await readFile(plain)];
  for (let i = 0; i < packets; i++) {
    const packet = Buffer.alloc(16 + 60_000);
    packet.writeUInt32LE(60_000, 8);
    packet.writeUInt32LE(60_000, 12);
    randomBytes(60_000).copy(packet, 16);
    parts.push(packet);
  }
  await writeFile(file, Buffer.concat(parts));
  return file;
}

/** What the service keeps of a share, by the last part of its names, to read and to change. */
async function keptOf(id) {
  const chunk = (names) => Object.fromEntries(names.map((name) => [name.slice(name.lastIndexOf("/") + 1), name]));
  if (process.env.SHARE_ORIGIN) {
    const door = (what, key, options) => fetch(`${site.origin}/api/behind/${what}?key=${encodeURIComponent(key)}`, options);
    const names = chunk((await (await door("list", "")).json()).filter((key) => key.includes(id)));
    return {
      read: async (n) => Buffer.from(await (await door("get", names[n])).arrayBuffer()),
      write: async (n, bytes) => assert.ok((await door("put", names[n], { method: "POST", body: bytes })).ok),
    };
  }
  return { read: (n) => readFile(join(data, "shares", id, n)), write: (n, bytes) => writeFile(join(data, "shares", id, n), bytes) };
}

test("what the host changed is refused, and nothing of it is shown", async (t) => {
  const sender = await decoded(t, await noisy(t, 45));
  const { link } = await share(sender);
  const id = /share=([\w-]{28})\./.exec(link)[1];
  const kept = await keptOf(id);
  const chunks = ["chunk-00000", "chunk-00001", "chunk-00002"];
  const [first, second, third] = await Promise.all(chunks.map(kept.read));
  const flipped = Buffer.from(second);
  flipped[777] ^= 4;
  for (const [what, changed, says] of [
    ["flipped", [first, flipped, third], /chunk 2 of 3 is refused/i],
    ["cut", [first, second.subarray(0, -1), third], /chunk 2 of 3 is refused: it has \d+ bytes, \d+ came/i],
    ["swapped", [second, first, third], /chunk 1 of 3 is refused/i],
    ["repeated", [first, first, third], /chunk 2 of 3 is refused/i],
  ]) {
    for (const [i, name] of chunks.entries()) await kept.write(name, changed[i]);
    const reader = await site.open(t, { path: path(link), expects: /50[03]|ERR_/ });
    await reader.tab.waitForFunction(() => document.getElementById("error").textContent !== "", { timeout: PATIENCE });
    assert.match(await reader.text("#error"), /^The shared capture could not be opened: /, what);
    assert.match(await reader.text("#error"), says, what);
    assert.equal(await reader.state("empty", "done", "failed"), "empty", what);
  }
  for (const [i, name] of chunks.entries()) await kept.write(name, [first, second, third][i]);
  const reader = await site.open(t, { path: path(link) });
  assert.equal(await reader.state("done", "failed"), "done", "as it was, it opens");
});

test("a stored share: another browser has the same log", async (t) => {
  const sender = await decoded(t, capture);
  const want = await log(sender);
  const before = sender.requests.length;
  const { link, facts, said } = await share(sender, { days: "1" });
  assert.match(facts, /will be encrypted here and stored on .* for 1 day\. The host can't read it/);
  assert.match(said, /were sent, encrypted/);
  assert.match(await sender.text("#sent"), /sent, encrypted$/);
  await sender.screenshot("shared");
  await sender.tab.setViewport({ width: 390, height: 800 });
  assert.ok(await sender.tab.$eval("#sent", (e) => e.checkVisibility() && e.getBoundingClientRect().right <= innerWidth), "what was sent is told on a small screen");
  const key = link.slice(-43);
  for (const r of sender.requests.slice(before)) assert.ok(!asked(r).includes(key), "the key is in no request");

  const reader = await site.open(t, { path: path(link) });
  assert.equal(await reader.state("done", "failed"), "done");
  assert.ok((await log(reader)).equals(want));
  assert.match(await reader.text("#notice-text"), /“devkit_story\.pcapng\.gz”: a capture, shared on .* could not read it/);
  assert.ok(reader.requests.every((r) => !asked(r).includes(key)), "the key is in no request");

  const bytes = await stored();
  assert.ok(bytes.includes(link.slice(-72, -44)), "the share is there");
  for (const secret of ["devkit_story", "system.xml", "%SLC_EMU_DIR", key]) assert.ok(!bytes.includes(secret), `${secret} is stored`);
});

for (const how of ["stored", "data"]) {
  (how === "stored" ? test : withoutService)(`what was packed on the way comes as the file that it was, with its name and hash: ${how}`, async (t) => {
    const sender = await decoded(t, plain);
    await sender.tab.waitForFunction(() => /sha256/.test(document.getElementById("chip").textContent), { timeout: PATIENCE });
    const hash = await sender.tab.$eval("#chip .hash", (e) => e.title);
    const { link } = await share(sender, { how });
    const reader = await site.open(t, { path: path(link) });
    assert.equal(await reader.state("done", "failed"), "done");
    assert.equal(await reader.text("#name"), "ipv6_raw.pcap");
    assert.equal(await reader.text("#size"), await sender.text("#size"));
    await reader.tab.waitForFunction(() => /sha256/.test(document.getElementById("chip").textContent), { timeout: PATIENCE });
    assert.equal(await reader.tab.$eval("#chip .hash", (e) => e.title), hash);
    assert.equal(await reader.text("#notice-go"), "Save the file");
    const saved = await reader.download("#notice-go");
    assert.equal(saved.name, "ipv6_raw.pcap");
    assert.ok(saved.bytes.equals(await readFile(plain)));
    await reader.screenshot("shared-save");
  });
}

test("the stored bytes hold nothing of what was shared: not its content, its name, its notes or its view", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "satascope-secret-"));
  t.after(() => rm(folder, { recursive: true }));
  const bytes = await readFile(plain), name = "a_secret_name.pcap", path_ = "/%MLC_EMU_DIR/usr/0/58.bin";
  assert.ok(bytes.includes(path_), "the file has the path as plain text");
  await writeFile(join(folder, name), bytes);
  const sender = await site.open(t);
  // Without compression what is sealed is the file itself, in which the path can be found.
  await sender.tab.evaluateOnNewDocument(() => delete globalThis.CompressionStream);
  await sender.tab.reload();
  await sender.tab.waitForFunction(() => globalThis.satascope?.ready, { timeout: PATIENCE });
  await sender.choose(join(folder, name));
  assert.equal(await sender.state("done", "failed"), "done");
  await sender.tab.waitForSelector("#rows .n", { timeout: PATIENCE });
  await go(sender, 3);
  await note(sender, "a secret note");
  await filter(sender, "path:58.bin");
  const { link } = await share(sender);
  const id = link.slice(-72, -44), key = link.slice(-43);
  const all = await stored();
  assert.ok(all.includes(id) && all.length > bytes.length, "the share is there, as large as the file");
  for (const secret of [path_, "58.bin", name, "a_secret_name", "a secret note", "path:58", "filter=", key, Buffer.from(key, "base64url"), bytes.subarray(0, 24)]) {
    assert.ok(!all.includes(secret), `${secret} is stored`);
  }
  const reader = await site.open(t, { path: path(link) });
  assert.equal(await reader.state("done", "failed"), "done");
  assert.equal(await reader.text("#name"), name);
  assert.equal(await reader.tab.$eval("#filter", (e) => e.value), "path:58.bin");
  assert.ok((await log(reader)).equals(await log(sender)));
});

test("a share that is not there is told in plain words", async (t) => {
  const day = 24 * 3600, key = "A".repeat(43);
  /** An id of the service's form: days, end, and what nobody can guess. */
  const id = (days, end) => {
    const b = randomBytes(21);
    b[0] = days;
    b.writeUInt32BE(end, 1);
    return b.toString("base64url");
  };
  const now = Math.floor(Date.now() / 1000);
  for (const [what, fragment, says] of [
    ["ended", `share=${id(7, Date.UTC(2026, 0, 2, 3, 4) / 1000)}.${key}`, /: This share ended on 2 January 2026 at 03:04 UTC, as it was made to \(7 days\)\. Ask the sender to share it again\.$/],
    ["never there", `share=${id(1, now + day)}.${key}`, /: There is no share under this id: it was deleted, .* Ask the sender for the link again, or to share again\.$/],
    ["no id", `share=${"A".repeat(28)}.${key}`, /: There is no share under this id: it is not whole\. Copy all of the link, or ask the sender for it again\.$/],
    ["a way out of the folder", `share=..%2f..%2fetc%2fpasswd.${key}`, /not whole/],
  ]) {
    const page = await site.open(t, { path: `/#${fragment}`, expects: /404|410/ });
    await page.tab.waitForFunction(() => document.getElementById("error").textContent !== "", { timeout: PATIENCE });
    const said = await page.text("#error");
    assert.match(said, /^The shared capture could not be opened: /, what);
    assert.match(said, says, what);
    assert.equal(await page.state("empty", "done", "failed"), "empty", what);
    assert.equal(await page.tab.$eval("#shared", (e) => e.open), false, "and no dialog is left open");
  }
  // So is a delete link whose share has ended.
  const owner = await site.open(t, { path: `/#delete=${id(1, now - day)}.${key}`, expects: /410/ });
  await owner.tab.waitForSelector("#shared[open] #shared-delete:not([hidden])");
  assert.ok(!owner.requests.some((r) => r.method === "DELETE"), "nothing is deleted before the person says so");
  await owner.tab.click("#shared-delete");
  await owner.tab.waitForFunction(() => /could not be deleted: This share ended on /.test(document.getElementById("error").textContent), { timeout: PATIENCE });
});

test("what the host does not keep is told before anything is sent, and what can be shared instead", async (t) => {
  let packets = 300, most = "16.8 MB"; // of the worker that runs elsewhere
  if (!process.env.SHARE_ORIGIN) {
    const folder = await mkdtemp(join(tmpdir(), "satascope-small-"));
    const small = await serve(["--data", folder, "--max-share", "1MiB"]), own = site.origin;
    [packets, most, site.origin] = [20, "1.0 MB", small.origin];
    t.after(async () => {
      site.origin = own;
      await small.stop();
      await rm(folder, { recursive: true });
    });
  }
  const sender = await decoded(t, await noisy(t, packets));
  await sender.tab.click("#share-open");
  await sender.tab.waitForSelector("#share[open]");
  await sender.tab.click('input[name="share-how"][value="stored"]');
  await sender.tab.waitForFunction((m) => new RegExp(`^This is [\\d.]+ MB, and the host keeps at most ${m}\\. Nothing is sent\\. Share a part of it: `).test(document.getElementById("share-facts").textContent),
    { timeout: PATIENCE }, most);
  assert.equal(await sender.tab.$eval("#share-make", (e) => e.disabled), true);
  await sender.screenshot("share-too-large");
  await sender.tab.click('input[name="share-what"][value="log"]');
  await sender.tab.waitForSelector("#share-make:not([disabled])", { timeout: PATIENCE });
  assert.ok(sender.requests.every((r) => r.method === "GET"), "nothing was sent");
});

test("a large capture goes in chunks, with progress, and can be cancelled", async (t) => {
  const file = await noisy(t, 160);
  const sender = await decoded(t, file);
  const want = await log(sender);
  const { link, remove } = await share(sender);
  assert.ok(sender.requests.filter((r) => r.method === "PUT").length > 9, "several chunks and a manifest");
  const reader = await site.open(t, { path: path(link) });
  assert.equal(await reader.state("done", "failed"), "done");
  assert.ok((await log(reader)).equals(want));

  // Cancelled: what was sent is removed.
  await sender.tab.click("#share-open");
  await sender.tab.waitForSelector("#share-make:not([disabled])");
  await sender.tab.evaluate(() => {
    const real = globalThis.fetch;
    globalThis.fetch = async (...args) => {
      const response = await real(...args);
      if (/\/chunks\/3$/.test(args[0])) document.getElementById("share-cancel").click();
      return response;
    };
  });
  await sender.tab.click("#share-make");
  await sender.tab.waitForFunction(() => !document.getElementById("share").open);
  const end = Date.now() + 10_000;
  while (!sender.requests.some((r) => r.method === "DELETE") && Date.now() < end) await new Promise((r) => setTimeout(r, 50));
  assert.ok(sender.requests.some((r) => r.method === "DELETE"));

  // Deleted, by its link, in another browser.
  const owner = await site.open(t, { path: path(remove) });
  await owner.tab.waitForSelector("#shared[open] #shared-delete:not([hidden])");
  // It says what it deletes and until when that is there else, and Enter alone deletes nothing.
  await owner.tab.waitForFunction(() => / as [\w-]{20,}: [\d.,]+ [kM]?B.*, encrypted, there until \d+ \w+ \d{4}, \d\d:\d\d UTC/.test(document.getElementById("shared-text").textContent));
  assert.ok((await owner.text("#shared-text")).includes(remove.match(/delete=([^.]+)/)[1]));
  assert.equal(await owner.tab.evaluate(() => document.activeElement.id), "shared-stop");
  await owner.screenshot("share-delete");
  await owner.tab.click("#shared-delete");
  await owner.tab.waitForFunction(() => /was deleted/.test(document.getElementById("error").textContent));
  const late = await site.open(t, { path: path(link), expects: /404/ });
  await late.tab.waitForFunction(() => /There is no share under this id/.test(document.getElementById("error").textContent));
  assert.equal(await late.state("empty", "failed"), "empty");
});

withoutService("a link that carries the capture", async (t) => {
  const sender = await decoded(t, plain);
  const want = await log(sender);
  const before = sender.requests.length;
  const { link, facts, remove } = await share(sender, { how: "data" });
  assert.match(facts, /The link itself carries the content/);
  assert.ok(link.length < 33_000);
  assert.equal(remove, "");
  assert.ok(sender.requests.slice(before).every((r) => r.method === "GET"), "nothing is sent");
  const reader = await site.open(t, { path: path(link) });
  assert.equal(await reader.state("done", "failed"), "done");
  assert.ok((await log(reader)).equals(want));
  assert.ok(reader.requests.every((r) => r.method === "GET" && !asked(r).includes("data=")));
});

withoutService("what a link brought can be saved, also where the compatible log stops", async (t) => {
  const file = "testdata/damaged/response_nobody_asked_for.pcap";
  const sender = await decoded(t, file);
  const { link } = await share(sender, { how: "data" });
  const reader = await site.open(t, { path: path(link) });
  assert.equal(await reader.state("done", "failed"), "done");
  assert.match(await reader.text("#notice-text"), /^“response_nobody_asked_for\.pcap” came in the link itself: .* The compatible log ends before row \d+: /);
  assert.equal(await reader.text("#notice-go"), "Save the file");
  await reader.screenshot("link-with-a-stop");
  const { name, bytes } = await reader.download("#notice-go");
  assert.equal(name, "response_nobody_asked_for.pcap");
  assert.ok(bytes.equals(await readFile(file)));
  // Another notice takes its place only for a while.
  const says = (text) => reader.tab.waitForFunction((t) => document.getElementById("notice-text").textContent.includes(t), {}, text);
  await reader.tab.keyboard.press("/");
  await reader.tab.keyboard.type("kind:response ");
  await reader.tab.waitForFunction(() => document.body.innerText.includes("4 of 8"));
  await reader.tab.focus("#log");
  await reader.tab.keyboard.type("g5");
  await reader.tab.keyboard.press("Enter");
  await says("Row 5 is not in the list");
  await reader.tab.click("#notice-go");
  await says("came in the link itself");
  assert.equal(await reader.text("#notice-go"), "Save the file");
  // It was of that file.
  await reader.choose(file);
  await reader.tab.waitForFunction(() => /^The compatible log ends before row/.test(document.getElementById("notice-text").textContent));
  assert.equal(await reader.text("#notice-go"), "Show it");
});

withoutService("a link that says where to look", async (t) => {
  const sender = await decoded(t, capture);
  const want = await log(sender);
  await go(sender, 40);
  const { link } = await share(sender, { how: "view" });
  assert.match(link, /#file=[0-9a-f]{64}\./);
  const reader = await site.open(t, { path: path(link) });
  await reader.tab.waitForSelector("#shared[open]");
  assert.match(await reader.text("#shared-text"), /“devkit_story\.pcapng\.gz”/);
  await reader.screenshot("asked-for-the-file");
  await reader.choose(plain);
  await reader.tab.waitForFunction(() => /is another file/.test(document.getElementById("shared-error").textContent));
  await reader.choose(capture);
  assert.equal(await reader.state("done", "failed"), "done");
  await selects(reader, 40);
  assert.ok((await log(reader)).equals(want));
});

test("a stream alone, and what a filter leaves", async (t) => {
  const sender = await decoded(t, "testdata/golden/captures/streams.pcapng");
  const whole = (await log(sender)).toString().split("\n");
  await sender.tab.click("#share-open");
  await sender.tab.waitForSelector("#share[open]");
  await sender.tab.select("#share-stream", "1");
  await sender.tab.keyboard.press("Escape");
  const { link, facts } = await share(sender, { what: "streams" });
  assert.match(facts, /^[\d,]+ lines of the log\. .* will be encrypted here/);
  const reader = await site.open(t, { path: path(link) });
  assert.equal(await reader.state("done", "failed"), "done");
  const part = (await log(reader)).toString().split("\n");
  assert.ok(part.length < whole.length && part.length > 2, `${part.length} of ${whole.length} lines`);
  assert.match(await reader.text("#counts"), /messages.*\D1 stream(?!s)/);
  // Its lines are lines of the whole, in the same order.
  let at = 0;
  for (const line of part) {
    at = whole.indexOf(line, at) + 1;
    assert.ok(at > 0, line);
  }
  assert.match(await reader.text("#name"), /streams\.part\.pcapng/);
});

test("the stream offered is that of the selected row, or the one that the filter leaves", async (t) => {
  const sender = await decoded(t, "testdata/golden/captures/streams.pcapng");
  const offered = async () => {
    await sender.tab.click("#share-open");
    await sender.tab.waitForSelector("#share[open]");
    const value = await sender.tab.$eval("#share-stream", (e) => e.value);
    await sender.screenshot("share-stream");
    await sender.tab.keyboard.press("Escape");
    return value;
  };
  const choose = async (stream) => {
    const row = (await drawn(sender)).findIndex((r) => r.s === stream);
    await sender.tab.click(`#rows > :nth-child(${row + 1})`);
    await sender.tab.waitForFunction((stream) => document.getElementById("message-about").textContent.includes(`stream ${stream}:`), {}, stream);
  };
  assert.equal(await offered(), "0", "without either it is the first");
  await filter(sender, "stream:2");
  assert.equal(await offered(), "2");
  await sender.tab.focus("#filter");
  for (const key of ["End", "Backspace", "x"]) await sender.tab.keyboard.press(key);
  await sender.tab.waitForFunction(() => document.getElementById("filter-count").textContent === "not applied");
  assert.equal(await offered(), "2", "a filter that is refused leaves none");
  await filter(sender, "");
  await choose("1");
  assert.equal(await offered(), "1");
  await filter(sender, "stream:2");
  assert.equal(await offered(), "2", "the selected row is not in the list");
  await filter(sender, "stream:1,2");
  assert.equal(await offered(), "1");
  await filter(sender, "");
  await choose("0");
  assert.equal(await offered(), "0");
  await choose("2");
  // What is offered is what is shared.
  const { link } = await share(sender, { what: "streams" });
  const reader = await site.open(t, { path: path(link) });
  assert.equal(await reader.state("done", "failed"), "done");
  const part = (await reader.download("#download-log")).bytes.toString();
  await filter(sender, "stream:2");
  assert.equal(part, (await sender.download("#download-log")).bytes.toString());
});

test("what was chosen before, and is ready late, changes nothing of what is said", async (t) => {
  const sender = await decoded(t, "testdata/golden/captures/streams.pcapng");
  const { tab } = sender;
  await filter(sender, "op:OpenFile");
  await tab.click("#share-open");
  await tab.waitForSelector("#share-make:not([disabled])", { timeout: PATIENCE });
  // What is compressed is held back until it is let go.
  await tab.evaluate(() => {
    const { blob } = Response.prototype;
    globalThis.held = [];
    Response.prototype.blob = async function () {
      const compressed = await blob.call(this);
      await new Promise((go) => globalThis.held.push(go));
      return compressed;
    };
  });
  const held = (n) => tab.waitForFunction((n) => globalThis.held.length === n, { timeout: PATIENCE }, n);
  const letGo = () => tab.evaluate(() => new Promise((done) => (globalThis.held.shift()(), setTimeout(done))));
  await tab.click('input[name="share-how"][value="data"]');
  await held(1); // the whole, which no link can carry
  await letGo();
  await held(1); // its messages alone
  await tab.click('input[name="share-what"][value="exchanges"]');
  await held(2);
  await letGo();
  await letGo();
  await tab.waitForFunction(() => !/Looking at/.test(document.getElementById("share-facts").textContent), { timeout: PATIENCE });
  assert.match(await sender.text("#share-facts"), /^[\d,]+ lines of the log, .*The link itself carries/);
});

test("the log alone", async (t) => {
  const sender = await decoded(t, plain);
  const want = (await sender.download("#download-log")).bytes;
  const { link } = await share(sender, { what: "log" });
  const reader = await site.open(t, { path: path(link) });
  assert.equal(await reader.state("done", "failed"), "done");
  assert.ok((await reader.download("#download-log")).bytes.equals(want));
});

test("links that are not whole, and keys of other shares, are refused", async (t) => {
  const sender = await decoded(t, plain);
  const { link } = await share(sender);
  const other = (link.at(-5) === "A" ? "B" : "A");
  for (const [bad, says] of [
    [link.slice(0, -1), /not whole/],
    [link.slice(0, -5) + other + link.slice(-4), /manifest is refused.*the link's key is of another share/],
    [link.replace(/share=..../, "share=AWsE"), /There is no share under this id|ended on/],
    [new URL(link).origin + "/#data=x", /not whole/],
    [new URL(link).origin + "/#file=12.x", /not whole/],
    [new URL(link).origin + "/#delete=x", /not whole/],
    [new URL(link).origin + "/#open=https://example.invalid/a.pcap", /another site/],
  ]) {
    const page = await site.open(t, { path: path(bad), expects: /40[04]|410/ });
    await page.tab.waitForFunction(() => document.getElementById("error").textContent !== "", { timeout: PATIENCE });
    assert.match(await page.text("#error"), says, bad);
  }
});

test("hostile links are refused in plain words, ask nothing of other sites, and leave a page that works", async (t) => {
  const text = (s) => Buffer.from(s).toString("base64url");
  const bomb = gzipSync(Buffer.alloc(200_000_000)).toString("base64url");
  const other = /^The link names a capture of another site; only those of this one are opened\./;
  const page = await site.open(t, { expects: /status of (400|404|431)/ });
  for (const [fragment, says] of [
    ["open=//example.invalid/a.pcap", other],
    ["open=\\\\example.invalid/a.pcap", other],
    ["open=/\\example.invalid/a.pcap", other],
    ["open=h\ttps://example.invalid/a.pcap", other],
    [`open=http://${new URL(site.origin).host}@example.invalid/a.pcap`, other],
    ["open=javascript:alert(1)", other],
    ["open=data:application/octet-stream;base64,AAAA", other],
    ["open=blob:null/x", other],
    ["open=file:///etc/passwd", other],
    ["open=", /^The link names no capture\./],
    ["open=%2f%2fexample.invalid/a.pcap", /^The capture could not be loaded: The server answered 40[04] for .* Ask who made the link/],
    ["open=..%2f..%2fetc%2fpasswd", /^The capture could not be loaded: The server answered 40[04] for /],
    ["open=examples/none.pcap", /^The capture could not be loaded: The server answered 404 for .*\/examples\/none\.pcap\. Ask/],
    [`data=${text("a.pcap")}.!!!!`, /^The link could not be opened: The link is not whole/],
    [`data=${text("a.pcap")}.${"A".repeat(1 << 20)}`, /^The link could not be opened: The link is longer than 1048576 letters/],
    [`file=${"a".repeat(64)}.${"A".repeat(1 << 20)}`, /^The link could not be opened: The link is longer than 1048576 letters/],
    [`share=${"A".repeat(500_000)}.${"A".repeat(43)}`, /^The shared capture could not be opened: the link is not whole/],
    // 200 MB of zeros in 200 KB: bounded where it is unpacked, and nothing of it is a capture.
    [`data=${text("bomb.gz")}.${bomb}`, /^Binary dump, offset 0: /],
    [`data=${text("bomb")}.${bomb}.200000000`, /^Binary dump, offset 0: /],
  ]) {
    await page.tab.evaluate((f) => {
      document.getElementById("error").textContent = "";
      location.hash = f;
    }, fragment);
    await page.tab.waitForFunction(() => document.getElementById("error").textContent !== "", { timeout: PATIENCE })
      .catch((e) => assert.fail(`${fragment.slice(0, 60)}: nothing is said (${e})`));
    const said = await page.text("#error");
    assert.match(said, says, fragment.slice(0, 60));
    assert.ok(said.length < 500, "what is said is short");
  }
  await page.choose(plain);
  await page.tab.waitForFunction(() => document.getElementById("name").textContent === "ipv6_raw.pcap", { timeout: PATIENCE });
  assert.equal(await page.state("done"), "done", "the page works");
});

test("a capture of the same site opens by its path", async (t) => {
  const page = await site.open(t, { path: "/#open=examples/devkit_story.pcapng.gz" });
  assert.equal(await page.state("done", "failed"), "done");
  assert.match(await page.text("#name"), /devkit_story\.pcapng\.gz/);
});

withoutService("the dialog, to look at", async (t) => {
  for (const dark of [false, true]) {
    const page = await decoded(t, capture, { dark, viewport: dark ? { width: 390, height: 800 } : undefined });
    await page.tab.click("#share-open");
    await page.tab.waitForSelector("#share-make:not([disabled])");
    await page.screenshot(`share-${dark ? "dark-narrow" : "light"}`);
    await page.tab.keyboard.press("Escape");
    await page.tab.waitForFunction(() => !document.getElementById("share").open);
  }
});

/** What a page shows once it has shown the row that its address names. */
async function placed(t, fragment, file) {
  const page = await site.open(t, { path: `/#${fragment}`, ready: !file });
  if (file) {
    await page.tab.waitForFunction(() => globalThis.satascope?.ready, { timeout: PATIENCE });
    await page.choose(file);
  }
  assert.equal(await page.state("done", "failed"), "done");
  return page;
}

/** Writes a note on the row that is selected, as a person does. */
async function note(page, text) {
  await page.tab.keyboard.press("c");
  await page.tab.waitForSelector("#note[open]");
  await page.tab.type("#note-text", text);
  await page.tab.keyboard.down("Control");
  await page.tab.keyboard.press("Enter");
  await page.tab.keyboard.up("Control");
  await page.tab.waitForFunction((t) => [...document.querySelectorAll("#notes-list .text")].some((e) => e.textContent === t), { timeout: PATIENCE }, text);
}

/** The notes of a page: the row's number and the text. */
const notes = (page) => page.tab.$$eval("#notes-list > li", (all) => all.map((li) => `${li.querySelector("[data-row]")?.textContent}: ${li.querySelector(".text")?.textContent}`));

const noted = (page, count) => page.tab.waitForFunction((n) => document.querySelectorAll("#notes-list > li [data-row]").length === n, { timeout: PATIENCE }, count);

/** Waits until the row with a number is the selected one. */
const selects = (page, number) => page.tab.waitForFunction(
  (n) => document.querySelector("#rows .sel .n")?.textContent.replace(/\D/g, "") === n, { timeout: PATIENCE }, String(number));

test("notes and marks travel with all three links", async (t) => {
  const sender = await decoded(t, capture);
  const want = await log(sender);
  await go(sender, 30);
  await note(sender, "why <b>this</b> row? ü");
  for (const how of ["view", "data", "stored"]) {
    const { link, facts } = await share(sender, { how });
    assert.match(facts, /Your notes go along/, how);
    const reader = await site.open(t, { path: path(link) });
    if (how === "view") {
      await reader.tab.waitForSelector("#shared[open]");
      await reader.choose(capture);
    }
    assert.equal(await reader.state("done", "failed"), "done");
    await selects(reader, 30);
    await noted(reader, 1);
    assert.deepEqual(await notes(reader), ["Row 30: why <b>this</b> row? ü"], how);
    assert.ok((await log(reader)).equals(want), how);
  }
  assert.ok(!(await stored()).includes("this</b> row"), "the note is stored sealed");
});

test("the exchanges that were chosen, and those that a filter leaves, with their notes", async (t) => {
  const sender = await decoded(t, "testdata/golden/captures/streams.pcapng");
  const whole = (await log(sender)).toString().trimEnd().split("\n");
  const messages = async (link) => {
    const reader = await site.open(t, { path: path(link) });
    assert.equal(await reader.state("done", "failed"), "done");
    const part = (await log(reader)).toString().trimEnd().split("\n");
    let at = 0;
    for (const line of part) assert.ok((at = whole.indexOf(line, at) + 1) > 0, `a line of the whole, in its order: ${line}`);
    return { reader, part };
  };
  await filter(sender, "op:OpenFile");
  await sender.tab.focus("#log");
  await sender.tab.keyboard.press("End");
  await sender.tab.waitForSelector("#rows .sel .n");
  await drawn(sender);
  const line = await sender.tab.$eval("#rows .sel .m", (e) => e.textContent);
  await note(sender, "the last");
  const left = Number((await sender.text("#filter-count")).split(" of ")[0].replace(/\D/g, ""));
  for (const how of ["data", "stored"]) {
    const { link, facts } = await share(sender, { how, what: "exchanges" });
    assert.match(facts, new RegExp(`^[\\d,]+ lines of the log, [\\d,]+ of them because the others need them\\. .*Your notes go along`), how);
    const { reader, part } = await messages(link);
    assert.ok(part.filter((l) => /OpenFile/.test(l)).length >= left / 2 && part.length < whole.length / 2, `${part.length} lines`);
    await noted(reader, 1);
    await reader.tab.waitForFunction((l) => document.querySelector("#rows .sel .m")?.textContent.endsWith(l), { timeout: PATIENCE }, line);
    assert.equal(await reader.tab.$eval("#filter", (e) => e.value), "op:OpenFile", "the filter holds there as well");
    const number = (await reader.text("#rows .sel .n")).replace(/\D/g, "");
    assert.deepEqual((await notes(reader)).map((n) => n.replace(/[\s,.\u202f]/g, "")), [`Row${number}:thelast`]);
  }
  // Three rows that are chosen together.
  await sender.tab.focus("#log");
  await sender.tab.keyboard.down("Shift");
  await sender.tab.keyboard.press("ArrowUp");
  await sender.tab.keyboard.press("ArrowUp");
  await sender.tab.keyboard.up("Shift");
  await sender.tab.waitForFunction(() => document.querySelectorAll("#rows .pick").length === 3);
  const picked = await sender.tab.$$eval("#rows .pick .m", (all) => all.map((e) => e.textContent));
  await sender.tab.click("#share-open");
  await sender.tab.waitForSelector("#share[open]");
  assert.match(await sender.text("#share-picked"), /the exchanges of the 3 chosen rows/);
  await sender.tab.keyboard.press("Escape");
  const { link } = await share(sender, { how: "data", what: "picked" });
  const { part } = await messages(link);
  for (const line of picked) assert.ok(part.includes(line.replace("✎ the last", "")), line);
  assert.ok(part.length < 40, `${part.length} lines`);
});

test("several files that are open together are shared as one", async (t) => {
  const files = ["tiny_segments.pcap", "ipv6.pcap"].map((name) => `testdata/golden/captures/${name}`);
  const sender = await site.open(t);
  await sender.choose(...files);
  assert.equal(await sender.state("done", "failed"), "done");
  const want = await log(sender);
  assert.ok(want.toString().split("\n").length > 150, "both are in it");
  for (const how of ["data", "stored"]) {
    const reader = await site.open(t, { path: path((await share(sender, { how })).link) });
    assert.equal(await reader.state("done", "failed"), "done");
    assert.ok((await log(reader)).equals(want), how);
  }
  await sender.tab.click("#share-open");
  await sender.tab.waitForSelector("#share[open]");
  await sender.tab.click('input[name="share-how"][value="view"]');
  await sender.tab.waitForFunction(() => /a link can name one/.test(document.getElementById("share-facts").textContent), { timeout: PATIENCE });
  assert.equal(await sender.tab.$eval("#share-make", (e) => e.disabled), true);
});

test("what was set about a conversation goes along", async (t) => {
  const file = "testdata/golden/partial/first_read_3000.pcap";
  /** Opens a link, with the file if it asks for one. */
  const opened = async (link) => {
    const page = await site.open(t, { path: path(link) });
    if (link.includes("#file=")) {
      await page.tab.waitForSelector("#shared[open]");
      await page.choose(file);
    }
    await page.state("done", "failed"); // not every guess leads to the end
    await page.tab.waitForSelector("#rows .n", { timeout: PATIENCE });
    return page;
  };
  const plainly = await decoded(t, file);
  const { link } = await share(plainly, { how: "view" });
  const sender = await opened(`${link}&first-read=4096`);
  const want = await log(sender);
  assert.ok(!want.equals(await log(plainly)), "it changes the log");
  for (const [how, what] of [["view"], ["data", "capture"], ["stored", "capture"], ["data", "picked"]]) {
    if (what === "picked") await go(sender, 3);
    const made = await share(sender, { how, what });
    const reader = await opened(made.link);
    if (what === "picked") {
      const again = await share(reader, { how: "view" });
      assert.match(again.link, /first-read=4096/);
    } else assert.ok((await log(reader)).equals(want), how);
  }
});

withoutService("the row of a link is shown with a filter, in another order, and in a large capture", async (t) => {
  const example = "open=examples/devkit_story.pcapng.gz";
  const filtered = await placed(t, `${example}&filter=op:ReadFile&row=40`);
  await filtered.tab.waitForFunction(() => /^Row 40 is not in the list/.test(document.getElementById("notice-text").textContent), { timeout: PATIENCE });
  await filtered.tab.evaluate((e) => (location.hash = `${e}&filter=kind:request&row=39`), example);
  await selects(filtered, 39);

  const sorted = await placed(t, `${example}&view=exchanges&sort=-latency&row=39`);
  await selects(sorted, 39);

  // A filter that can't be read filters nothing, and says so.
  const wrong = await placed(t, `${example}&filter=op:&row=40`);
  await selects(wrong, 40);
  assert.equal(await wrong.tab.$eval("#filter", (e) => e.value), "op:");
  assert.equal(await wrong.text("#filter-count"), "not applied");

  const folder = await mkdtemp(join(tmpdir(), "satascope-places-"));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, "many.pcap");
  writeLarge(file, 150_000);
  const sender = await decoded(t, file);
  await sender.tab.keyboard.press("End");
  const name = await sender.tab.waitForFunction(() => /^#(for=\w+)/.exec(location.hash)?.[1], { timeout: PATIENCE });
  const mark = await name.jsonValue();
  await selects(await placed(t, `${mark}&row=149001`, file), 149001);
  const late = await placed(t, `${mark}&filter=kind:response&row=149002`, file);
  await selects(late, 149002);
});
