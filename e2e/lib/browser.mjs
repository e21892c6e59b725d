// The browser, and a page in it as a test sees it.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import puppeteer from "puppeteer-core";
import { serve } from "./server.mjs";

/** How the browser is started: nothing of its own goes over the network. */
export const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
];

/** How long a test waits for the page, in milliseconds. */
export const PATIENCE = 60_000;

/**
 * Starts a server and a browser before the tests of a file and ends them after.
 * Call it once at the top of a test file:
 *
 *     const site = suite();
 *     test("…", async (t) => {
 *       const page = await site.open(t);
 *       await page.choose("some.pcap");
 *       await page.state("done");
 *     });
 *
 * With an origin, the tests are of a server that runs there already. With scroll
 * bars, these take the room that they take in most browsers on a desktop.
 */
export function suite({ serveArgs = [], origin, scrollBars } = {}) {
  const site = { origin: "", browser: null, open: (t, options) => open(site, t, options) };
  let server;
  before(async () => {
    if (!process.env.CHROMIUM) throw new Error("CHROMIUM does not name the browser: run the tests with ./build.sh e2e");
    server = origin ? null : await serve(serveArgs);
    site.origin = origin ?? server.origin;
    site.browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM, headless: true, args: FLAGS, ignoreDefaultArgs: scrollBars && ["--hide-scrollbars"], protocolTimeout: 3 * PATIENCE });
  });
  after(async () => {
    await site.browser?.close();
    await server?.stop();
  });
  return site;
}

/**
 * Opens the site in a browser context of its own, closed when the test ends. A
 * test fails when its page threw, logged an error, broke the content security
 * policy or asked anything of another origin, unless it says that it expects that.
 * @param {object} [options]
 * @param {string} [options.path] what to open, after the origin
 * @param {boolean} [options.dark]
 * @param {{width: number, height: number}} [options.viewport]
 * @param {RegExp} [options.expects] console errors that this test is about
 * @param {boolean} [options.ready] whether to wait until a file can be chosen
 */
async function open(site, t, { path = "/", dark = false, viewport = { width: 1440, height: 900 }, expects, ready = true } = {}) {
  const context = await site.browser.createBrowserContext();
  const tab = await context.newPage();
  const page = new Page(site, context, tab);
  t.after(async () => {
    await page.close();
    assert.deepEqual(page.errors.filter((e) => !expects?.test(e)), [], "the page reported errors");
    assert.deepEqual(page.foreign, [], "the page asked something of another origin");
  });
  await tab.setViewport(viewport);
  await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
  await page.begin();
  await tab.goto(site.origin + path, { waitUntil: "load" });
  if (ready) await tab.waitForFunction(() => globalThis.satascope?.ready || document.documentElement.dataset.state === "failed", { timeout: PATIENCE });
  return page;
}

/** A page of the site. `tab` is puppeteer's own, for whatever is not here. */
export class Page {
  constructor(site, context, tab) {
    this.site = site;
    this.context = context;
    this.tab = tab;
    /** What the page and its worker reported as errors. */
    this.errors = [];
    /** Addresses outside the site that were asked for. */
    this.foreign = [];
    /** All addresses that were asked for, with method and size of what was sent. */
    this.requests = [];
    this.downloads = new Map();
    this.finished = [];
  }

  async begin() {
    const { tab } = this;
    tab.on("pageerror", (e) => this.errors.push(`thrown: ${e.message ?? e}`));
    tab.on("console", (m) => m.type() === "error" && this.errors.push(`console: ${m.text()}`));
    tab.on("request", (r) => {
      this.requests.push({ method: r.method(), url: r.url(), sent: r.postData()?.length ?? 0 });
      if (!/^(blob|data):/.test(r.url()) && new URL(r.url()).origin !== this.site.origin) this.foreign.push(r.url());
    });
    this.folder = await mkdtemp(join(tmpdir(), "satascope-e2e-"));
    this.cdp = await tab.createCDPSession();
    await this.cdp.send("Browser.setDownloadBehavior", { behavior: "allowAndName", browserContextId: this.context.id, downloadPath: this.folder, eventsEnabled: true });
    this.cdp.on("Browser.downloadWillBegin", (e) => this.downloads.set(e.guid, e.suggestedFilename));
    this.cdp.on("Browser.downloadProgress", (e) => {
      if (e.state === "inProgress") return;
      this.finished.push({ guid: e.guid, state: e.state });
      this.onfinished?.();
    });
  }

  /** Chooses files, as a person does with the file dialog. */
  async choose(...files) {
    const input = await this.tab.$("#file");
    // What is waited for next is of these files, not of what was open before.
    const taken = await this.tab.evaluateHandle(() => ({ by: new Promise((done) => document.addEventListener("change", done, { once: true })) }));
    await input.uploadFile(...files);
    await taken.evaluate((t) => t.by.then(() => {}));
  }

  /** Waits until the page is in one of the states, and gives it. */
  async state(...states) {
    const handle = await this.tab.waitForFunction(
      (wanted) => wanted.includes(document.documentElement.dataset.state) && document.documentElement.dataset.state,
      { timeout: PATIENCE, polling: "mutation" }, states,
    ).catch(async (e) => {
      const now = await this.tab.evaluate(() => `${document.documentElement.dataset.state}; ${document.getElementById("error")?.textContent ?? ""}`);
      throw new Error(`waited for ${states.join(" or ")}, the page is ${now}`, { cause: e });
    });
    return handle.jsonValue();
  }

  /** The text of an element. */
  text(selector) {
    return this.tab.$eval(selector, (e) => e.textContent);
  }

  /**
   * Presses a button that downloads, waits for the file and reads it.
   * @returns {Promise<{name: string, bytes: Buffer}>}
   */
  async download(selector) {
    const next = new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${selector} downloaded nothing`)), PATIENCE);
      this.onfinished = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    await this.tab.click(selector);
    await next;
    const { guid, state } = this.finished.pop();
    assert.equal(state, "completed");
    const file = join(this.folder, guid);
    const bytes = await readFile(file);
    await rm(file);
    return { name: this.downloads.get(guid), bytes };
  }

  /** Takes a picture into $SHOTS, for a person to look at. */
  async screenshot(name) {
    if (!process.env.SHOTS) return;
    await mkdir(process.env.SHOTS, { recursive: true });
    await this.tab.screenshot({ path: join(process.env.SHOTS, `${name}.png`) });
  }

  async close() {
    await this.context.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
