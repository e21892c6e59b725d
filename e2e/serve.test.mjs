// What the server sends, as a browser and a person see it.
import assert from "node:assert/strict";
import test from "node:test";
import { suite } from "./lib/browser.mjs";

const site = suite();

test("everything that the page loads has the policy, a right type and the right caching", async (t) => {
  const page = await site.open(t);
  const loaded = new Set(page.requests.map((r) => r.url).filter((u) => u.startsWith("http")));
  assert.ok([...loaded].some((u) => u.endsWith(".wasm")), [...loaded].join(" "));
  const types = { wasm: "application/wasm", js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8", svg: "image/svg+xml", "": "text/html; charset=utf-8" };
  for (const url of loaded) {
    const r = await fetch(url);
    const name = new URL(url).pathname;
    const extension = /\.([a-z]+)$/.exec(name)?.[1] ?? "";
    assert.equal(r.status, 200, name);
    assert.equal(r.headers.get("content-type"), types[extension], name);
    const policy = r.headers.get("content-security-policy");
    assert.match(policy, /script-src 'self' 'wasm-unsafe-eval';/, name);
    assert.match(policy, /connect-src 'self'/, name);
    assert.doesNotMatch(policy, /unsafe-inline|'unsafe-eval'|https?:/, name);
    const forever = /max-age=31536000, immutable/.test(r.headers.get("cache-control"));
    assert.equal(forever, ["wasm", "js", "css"].includes(extension), `caching of ${name}`);
  }
});

test("the program comes compressed", async () => {
  const index = await (await fetch(site.origin)).text();
  const boot = /src="(boot\.[0-9a-f]+\.js)"/.exec(index)[1];
  const wasm = /"(app\.[0-9a-f]+\.wasm)"/.exec(await (await fetch(`${site.origin}/${boot}`)).text())[1];
  const sizes = {};
  for (const coding of ["br", "gzip", "identity"]) {
    const r = await fetch(`${site.origin}/${wasm}`, { method: "HEAD", headers: { "accept-encoding": coding } });
    assert.equal(r.headers.get("content-encoding") ?? "identity", coding);
    sizes[coding] = Number(r.headers.get("content-length"));
  }
  assert.ok(sizes.br < sizes.gzip && sizes.gzip < sizes.identity / 2, JSON.stringify(sizes));
});

test("an address where nothing is: the status, and a page that leads on, at any depth", async (t) => {
  for (const path of ["/nothing", "/nothing/here/either", "/reference/nothing"]) {
    const r = await fetch(site.origin + path);
    assert.equal(r.status, 404);
    assert.match(r.headers.get("content-security-policy"), /default-src 'none'/);
    for (const dark of [false, true]) {
      const page = await site.open(t, { path, dark, ready: false, viewport: { width: dark ? 390 : 1000, height: 600 }, expects: /status of 404/ });
      assert.equal(await page.text("h1"), "Nothing is at this address");
      assert.notEqual(await page.tab.$eval("header", (e) => getComputedStyle(e).display), "block", "it has the site's style");
      if (path === "/nothing") await page.screenshot(`404-${dark ? "dark-narrow" : "light"}`);
      assert.equal(page.errors.length, 1, "all that it names is there");
      await Promise.all([page.tab.waitForNavigation(), page.tab.click(dark ? "li:nth-child(2) a" : "li:nth-child(1) a")]);
      assert.equal(new URL(page.tab.url()).pathname, dark ? "/reference/" : "/");
    }
  }
});
