// The built site from a plain file server: in any folder, without headers of
// its own, with wrong types.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { dirname, extname, join, normalize } from "node:path";
import test, { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import { suite } from "./lib/browser.mjs";
import { golden } from "./lib/golden.mjs";

const DIST = join(dirname(fileURLToPath(import.meta.url)), "..", "dist");
const site = suite();
let server, origin;
let program = Promise.resolve(); // the program is sent when this is fulfilled
const TYPED = "/typed/some/folder/";
const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
before(async () => {
  server = createServer(async (request, answer) => {
    const path = new URL(request.url, "http://host").pathname;
    const [, kind, rest] = /^\/(plain|typed)\/some\/folder\/(.*)$/.exec(path) ?? [];
    const file = normalize(join(DIST, rest === "" ? "index.html" : rest ?? "missing"));
    const bytes = file.startsWith(DIST) && (await readFile(file).catch(() => null));
    if (!bytes) return answer.writeHead(404).end();
    // "plain" does not know what .wasm is.
    const type = extname(file) === ".wasm" ? { typed: "application/wasm", plain: "application/octet-stream" }[kind] : types[extname(file)] ?? "application/octet-stream";
    if (extname(file) === ".wasm") await program;
    answer.writeHead(200, { "content-type": type }).end(bytes);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  origin = `http://127.0.0.1:${server.address().port}`;
});
after(() => server.close());

/** Opens the site as the server here serves it. */
function open(t, { path = TYPED, ...options } = {}) {
  site.origin = origin;
  return site.open(t, { path, ...options });
}

for (const kind of ["typed", "plain"]) {
  test(`it runs from a folder of a ${kind} file server`, async (t) => {
    const page = await open(t, { path: `/${kind}/some/folder/` });
    await page.tab.click("#example");
    await page.state("done");
    assert.match(await page.text("#counts"), /messages/);
  });
}

test("a file that was chosen or dropped before the program was there is opened", async (t) => {
  const page = await open(t);
  for (const dropped of [false, true]) {
    let send;
    program = new Promise((done) => (send = done));
    await page.tab.goto(origin + TYPED, { waitUntil: "domcontentloaded" });
    await page.tab.waitForFunction(() => globalThis.satascope);
    assert.equal(await page.tab.$eval("#choose", (e) => e.disabled), true, "what does not work yet can't be pressed");
    if (dropped) {
      const bytes = (await readFile(golden("captures", "vlan.pcap"))).toString("base64");
      await page.tab.evaluate((bytes) => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], "early.pcap"));
        document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
      }, bytes);
    } else {
      await page.choose(golden("captures", "vlan.pcap"));
    }
    send();
    await page.state("done");
    assert.equal(await page.text("#name"), dropped ? "early.pcap" : "vlan.pcap");
  }
});

test("a program that can't be loaded is told", async (t) => {
  const page = await open(t, { expects: /404|program could not be loaded/ });
  await page.tab.setRequestInterception(true);
  page.tab.on("request", (r) => (r.url().endsWith(".wasm") ? r.respond({ status: 404 }) : r.continue()));
  await page.tab.goto(origin + TYPED, { waitUntil: "load" });
  await page.state("failed");
  assert.match(await page.text("#error"), /^Satascope stopped: the program could not be loaded \(404/);
});

test("the page's own policy holds without any header", async (t) => {
  const page = await open(t, { expects: /Content Security Policy|This document requires 'Trusted/ });
  const policy = await page.tab.$eval("meta[http-equiv=Content-Security-Policy]", (e) => e.content);
  for (const part of ["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "connect-src 'self'", "worker-src 'self'", "object-src 'none'", "base-uri 'none'", "require-trusted-types-for 'script'"]) {
    assert.ok(policy.includes(part), part);
  }
  assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')|https?:|\*/);
  const broken = await page.tab.evaluate(() => {
    const seen = [];
    const script = document.createElement("script");
    try { script.textContent = "globalThis.inline = 1"; } catch { seen.push("script text"); }
    try { document.body.innerHTML += ""; } catch { seen.push("innerHTML"); }
    try { new Worker("data:text/javascript,1"); } catch { seen.push("worker"); }
    const style = document.createElement("style");
    style.textContent = "body { display: none }";
    document.head.append(style);
    if (getComputedStyle(document.body).display !== "none") seen.push("style");
    return seen;
  });
  assert.deepEqual(broken, ["script text", "innerHTML", "worker", "style"]);
  assert.equal(await page.tab.evaluate(() => globalThis.inline), undefined);
});
