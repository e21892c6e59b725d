// The second visit works without a network, a new version announces itself, and
// the page for frames is the only one that frames may show.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import test from "node:test";
import { PATIENCE, suite } from "./lib/browser.mjs";
import { serve } from "./lib/server.mjs";

const site = suite();
const capture = "testdata/golden/captures/devkit_story.pcapng.gz";

/** Waits until the page is served by its service worker. */
async function kept(tab) {
  await tab.waitForFunction(() => navigator.serviceWorker.controller !== null, { timeout: PATIENCE });
}

test("offline: the page loads and decodes when its server is gone and the network off", async (t) => {
  const server = await serve(), own = site.origin;
  site.origin = server.origin;
  t.after(() => (site.origin = own));
  t.after(() => server.stop());
  const page = await site.open(t, { expects: /ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED/ });
  await page.choose(capture);
  await page.state("done");
  const want = (await page.download("#download-compatible")).bytes;
  await kept(page.tab);
  await page.tab.waitForSelector("#kept:not([hidden])", { timeout: PATIENCE });
  await server.stop();
  await assert.rejects(fetch(site.origin), "the server is gone");
  for (const off of [false, true]) {
    await page.tab.setOfflineMode(off);
    await page.tab.goto(`${site.origin}/`, { waitUntil: "load" });
    await page.tab.reload({ waitUntil: "load" });
    await page.tab.waitForFunction(() => globalThis.satascope?.ready, { timeout: PATIENCE });
    await page.choose(capture);
    assert.equal(await page.state("done", "failed"), "done");
    assert.ok((await page.download("#download-compatible")).bytes.equals(want));
    assert.equal(await page.tab.evaluate(() => fetch("api/health").then(() => "answered", () => "no network")), "no network");
  }
  // Also the example, and the reference from its folder.
  await page.tab.goto(`${site.origin}/reference/`);
  assert.match(await page.tab.title(), /reference/i);
  await page.tab.goto(`${site.origin}/#open=examples/devkit_story.pcapng.gz`);
  await page.tab.waitForFunction(() => document.documentElement.dataset.state === "done", { timeout: PATIENCE });
  // What is packed with zstd needs a module of its own, and so does a file's hash.
  const modules = await page.tab.evaluate(async () => (await (await caches.open((await caches.keys())[0])).keys()).map((r) => r.url));
  for (const name of ["fzstd", "sha256"]) assert.ok(modules.some((u) => new RegExp(`/${name}\\.[0-9a-f]{12}\\.js\\?`).test(u)), `${name} is kept`);
  // Headers are those of the network: the policy holds offline too.
  assert.match(await page.tab.evaluate(() => fetch("./").then((r) => r.headers.get("Content-Security-Policy"))), /script-src 'self' 'wasm-unsafe-eval'/);
});

test("shares are never answered from the cache", async (t) => {
  const page = await site.open(t, { expects: /ERR_INTERNET_DISCONNECTED/ });
  await kept(page.tab);
  const health = () => page.tab.evaluate(() => fetch("api/health").then((r) => r.json(), () => "no network"));
  assert.equal((await health()).shares, false, "the network's answer: this host has no service");
  await page.tab.setOfflineMode(true);
  assert.equal(await health(), "no network");
});

test("a host that stores no shares: the dialog says so, and offers the other links", async (t) => {
  const there = await host(t), own = site.origin;
  t.after(() => (site.origin = own));
  for (const [origin, why] of [[site.origin, /was started without a folder for them\. To store shares here, start it with --data FOLDER/], [there.origin, /This site is static files, which store nothing/]]) {
    site.origin = origin;
    const page = await site.open(t);
    await page.choose(capture);
    assert.equal(await page.state("done", "failed"), "done");
    assert.ok(!page.requests.some((r) => /\/api\//.test(r.url)), "nothing is asked before the dialog opens");
    await page.tab.click("#share-open");
    await page.tab.waitForFunction(() => document.querySelector('input[name="share-how"][value="stored"]').disabled, { timeout: PATIENCE });
    assert.match(await page.text("#share-stored-why"), why);
    await page.tab.waitForSelector("#share-make:not([disabled])", { timeout: PATIENCE });
    assert.equal(await page.tab.$eval('input[name="share-how"]:checked', (e) => e.value), "data");
    assert.match(await page.text("#share-facts"), /The link itself carries the messages/);
    await page.screenshot(`share-none-${origin === own ? "serve" : "static"}`);
    assert.deepEqual(page.errors, []);
  }
});

/** A host that can publish a new version: it serves dist/ and says which. */
async function host(t) {
  const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".svg": "image/svg+xml", ".json": "application/json", ".txt": "text/plain" };
  const self = { version: 1, asked: [] };
  const server = createServer(async (request, response) => {
    let name = normalize(new URL(request.url, "http://x").pathname).slice(1);
    if (name === "" || name.endsWith("/")) name += "index.html";
    self.asked.push(name);
    try {
      let body = await readFile(join("dist", name));
      if (name === "sw.js" && self.version > 1) body = Buffer.concat([body, Buffer.from(`// version ${self.version}\n`)]);
      response.writeHead(200, { "Content-Type": types[extname(name)] ?? "application/octet-stream", "Cache-Control": "no-cache" }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  self.origin = `http://127.0.0.1:${server.address().port}`;
  return self;
}

test("a new version announces itself, and takes over when it is told to", async (t) => {
  const there = await host(t);
  const context = await site.browser.createBrowserContext();
  t.after(() => context.close());
  const tab = await context.newPage();
  await tab.goto(`${there.origin}/`);
  await kept(tab);
  await tab.reload();
  await tab.waitForFunction(() => globalThis.satascope?.ready, { timeout: PATIENCE });
  assert.equal(await tab.$("#update"), null, "the first version is no news");
  there.version = 2;
  there.asked.length = 0;
  await tab.reload();
  await tab.waitForSelector("#update", { timeout: PATIENCE });
  assert.match(await tab.$eval("#update", (e) => e.textContent), /A new version of Satascope is ready/);
  assert.ok(!there.asked.some((name) => /\.wasm$/.test(name)), "what did not change is not fetched again");
  await Promise.all([tab.waitForNavigation({ timeout: PATIENCE }), tab.click("#update button")]);
  await tab.waitForFunction(() => globalThis.satascope?.ready, { timeout: PATIENCE });
  assert.equal(await tab.$("#update"), null);
  assert.equal(await tab.evaluate(() => navigator.serviceWorker.getRegistration().then((r) => r.waiting)), null);
});

test("frames: only embed/ may be shown in one", async (t) => {
  const there = await host(t);
  const context = await site.browser.createBrowserContext();
  t.after(() => context.close());
  const tab = await context.newPage();
  await tab.goto(`${there.origin}/licenses.txt`);
  const frame = async (path) => {
    await tab.evaluate((src) => {
      const f = document.createElement("iframe");
      f.src = src;
      document.body.replaceChildren(f);
      return new Promise((resolve) => (f.onload = resolve));
    }, site.origin + path);
    return tab.frames().at(-1);
  };
  const shut = await frame("/");
  assert.ok(!shut.url().startsWith(site.origin) || !(await shut.$("#file")), "the page itself is not shown");
  const open = await frame("/embed/#open=examples/devkit_story.pcapng.gz");
  await open.waitForFunction(() => document.documentElement.dataset.state === "done", { timeout: PATIENCE });
  assert.equal(await open.$eval("#embed-out", (e) => e.href), `${site.origin}/#open=examples/devkit_story.pcapng.gz`);
  assert.equal(await open.$eval("#share-open", (e) => getComputedStyle(e).display), "none");
  const start = await frame("/embed/#delete=x.y");
  await start.waitForFunction(() => /does nothing in a frame/.test(document.getElementById("error").textContent), { timeout: PATIENCE });
  assert.equal(await start.$eval("#embed-out", (e) => e.href), `${site.origin}/#delete=x.y`);
  assert.equal(await start.$eval("#start", (e) => /share/i.test(e.innerText)), false, "what it can't do is not offered");
});

test("installed: the system opens its files with it", async (t) => {
  const page = await site.open(t);
  await page.tab.evaluateOnNewDocument(() => Object.defineProperty(globalThis, "launchQueue", { value: { setConsumer: (take) => (globalThis.launch = take) } }));
  await page.tab.reload();
  await page.tab.waitForFunction(() => globalThis.satascope?.ready && globalThis.launch, { timeout: PATIENCE });
  const bytes = (await readFile("testdata/golden/captures/tiny_segments.pcap")).toString("base64");
  await page.tab.evaluate((text) => {
    const file = new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], "from the system.pcap");
    globalThis.launch({ files: [{ getFile: async () => file }] });
  }, bytes);
  assert.equal(await page.state("done", "failed"), "done");
  assert.equal(await page.text("#name"), "from the system.pcap");
});

test("installable: the manifest and its icons are there", async (t) => {
  const page = await site.open(t);
  const { errors, url, data } = await page.cdp.send("Page.getAppManifest");
  assert.deepEqual(errors, []);
  const manifest = JSON.parse(data);
  assert.deepEqual(manifest.file_handlers[0].accept["application/x-pcapng"], [".pcapng", ".ntar"]);
  for (const { src, sizes } of manifest.icons) {
    const size = await page.tab.evaluate(async (address) => {
      const image = new Image();
      image.src = address;
      await image.decode();
      return image.naturalWidth;
    }, new URL(src, url).href);
    if (sizes !== "any") assert.equal(`${size}x${size}`, sizes);
  }
});
