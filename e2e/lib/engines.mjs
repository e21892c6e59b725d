// One page in any of three engines: what a person does (click, type, press,
// drag, choose files, read downloads), each in the engine's own way. Chromium
// and Firefox are driven by puppeteer, WebKit through WebDriver.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import puppeteer from "puppeteer-core";
import { FLAGS, PATIENCE } from "./browser.mjs";
import { serve } from "./server.mjs";

/** The engines that are asked for: $ENGINES, or Chromium alone. */
export const ENGINES = (process.env.ENGINES ?? "chromium").split(/[\s,]+/).filter(Boolean);

/** Where an engine's program is, which build.sh finds. */
function program(name) {
  const path = process.env[name];
  if (!path) throw new Error(`${name} does not name the program: run the tests with ./build.sh engines`);
  return path;
}

/** What browsers call a download that is not finished. */
const PARTIAL = /\.(part|crdownload|wkdownload)$/;

/**
 * Starts a server before the tests of an engine and ends all after.
 * @param {string} name "chromium", "firefox" or "webkit"
 */
export function engine(name) {
  const self = { name, origin: "", open: (t, options) => open(self, t, options) };
  const browsers = new Map();
  let server;
  /** The browser for light or dark systems, with or without scroll bars that take room, started when it is first needed. */
  self.browser = (dark, bars) => {
    const kind = name === "webkit" ? "any" : `${dark} ${bars}`;
    if (!browsers.has(kind)) browsers.set(kind, LAUNCH[name](dark, bars));
    return browsers.get(kind);
  };
  before(async () => {
    server = await serve();
    self.origin = server.origin;
  });
  after(async () => {
    for (const browser of browsers.values()) await (await browser.catch(() => null))?.close();
    await server?.stop();
  });
  return self;
}

const LAUNCH = {
  chromium: (dark, bars) => puppeteers({ executablePath: program("CHROMIUM"), args: FLAGS, ignoreDefaultArgs: bars && ["--hide-scrollbars"] }, dark, bars),
  firefox: (dark, bars) => puppeteers({ browser: "firefox", executablePath: program("FIREFOX") }, dark, bars),
  webkit: async () => (await import("../webkit/webdriver.mjs")).launch({ driver: program("WEBKIT_DRIVER"), browser: program("WEBKIT_BROWSER") }),
};

/** A browser that puppeteer drives. */
async function puppeteers(options, dark, bars) {
  const downloads = await mkdtemp(join(tmpdir(), "satascope-engines-"));
  const firefox = options.browser === "firefox";
  const browser = await puppeteer.launch({
    ...options, headless: true, protocolTimeout: 3 * PATIENCE,
    extraPrefsFirefox: {
      "browser.download.dir": downloads, "browser.download.folderList": 2, "browser.download.useDownloadDir": true,
      "layout.css.prefers-color-scheme.content-override": dark ? 0 : 1, "widget.gtk.overlay-scrollbars.enabled": !bars,
      // Nothing of its own goes over the network.
      "browser.safebrowsing.downloads.enabled": false, "network.captive-portal-service.enabled": false, "app.normandy.enabled": false, "services.settings.server": "data:,",
    },
  });
  return {
    open: async ({ viewport }) => {
      const context = await browser.createBrowserContext();
      const tab = await context.newPage();
      const errors = [];
      tab.on("pageerror", (e) => errors.push(`thrown: ${e.message ?? e}`));
      tab.on("console", (m) => m.type() === "error" && errors.push(`console: ${m.text()}`));
      await tab.setViewport(viewport);
      if (!firefox) {
        await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
        const cdp = await tab.createCDPSession();
        await cdp.send("Browser.setDownloadBehavior", { behavior: "allow", browserContextId: context.id, downloadPath: downloads });
      }
      return {
        downloads, errors,
        close: () => context.close(),
        goto: (url) => tab.goto(url, { waitUntil: "load" }),
        reload: () => tab.reload({ waitUntil: "load" }),
        back: () => tab.goBack(),
        evaluate: (f, ...args) => tab.evaluate(f, ...args),
        files: async (selector, paths) => (await tab.$(selector)).uploadFile(...paths),
        click: (selector) => tab.click(selector),
        type: (text) => tab.keyboard.type(text),
        async press(name, ...held) {
          for (const k of held) await tab.keyboard.down(k);
          await tab.keyboard.press(name);
          for (const k of held.reverse()) await tab.keyboard.up(k);
        },
        async paste() {
          await tab.keyboard.down("Control");
          await tab.keyboard.press("v", { commands: ["Paste"] }); // headless Chromium has no such command for the keys alone
          await tab.keyboard.up("Control");
        },
        async drag(from, ...to) {
          await tab.mouse.move(from.x, from.y);
          await tab.mouse.down();
          for (const p of to) await tab.mouse.move(p.x, p.y, { steps: 4 });
          await tab.mouse.up();
        },
        async wheel({ x, y }, deltaY) {
          await tab.mouse.move(x, y);
          await tab.mouse.wheel({ deltaY });
        },
        png: () => tab.screenshot(),
      };
    },
    async close() {
      await browser.close();
      await rm(downloads, { recursive: true, force: true });
    },
  };
}

/**
 * Opens the site in a profile of its own, closed when the test ends. A test
 * fails when its page reported errors or asked anything of another origin.
 * @param {object} [options]
 * @param {string} [options.path] what to open, after the origin
 * @param {boolean} [options.dark] whether the system is dark
 * @param {boolean} [options.bars] whether scroll bars take room
 * @param {{width: number, height: number}} [options.viewport]
 */
async function open(self, t, { path = "/", dark = false, bars = false, viewport = { width: 1440, height: 900 } } = {}) {
  const tab = await (await self.browser(dark, bars)).open({ dark, bars, viewport });
  const page = new Page(self, tab);
  t.after(() => page.close());
  await tab.goto(self.origin + path);
  await page.begin();
  return page;
}

/** A page of the site, the same in every engine. */
class Page {
  constructor(site, tab) {
    this.site = site;
    this.tab = tab;
    for (const name of ["evaluate", "click", "type", "press", "paste", "drag", "wheel"]) this[name] = (...args) => tab[name](...args);
  }

  /** After a load: notes what the page reports, and waits until it is ready. */
  async begin() {
    await this.evaluate(() => {
      globalThis.reported = [];
      globalThis.blobSize = -1;
      addEventListener("error", (e) => globalThis.reported.push(`thrown: ${e.message}`));
      addEventListener("unhandledrejection", (e) => globalThis.reported.push(`rejected: ${e.reason}`));
      document.addEventListener("securitypolicyviolation", (e) => globalThis.reported.push(`policy: ${e.violatedDirective} ${e.blockedURI}`));
      const { createObjectURL } = URL;
      URL.createObjectURL = (blob) => {
        globalThis.blobSize = blob.size;
        return createObjectURL.call(URL, blob);
      };
    });
    await this.wait(() => globalThis.satascope?.ready || document.documentElement.dataset.state === "failed");
  }

  /** Waits until what f gives is true, and gives it: a plain value, which every driver can hand over. */
  async wait(f, ...args) {
    for (const end = Date.now() + PATIENCE; ; ) {
      const v = await this.evaluate(f, ...args);
      if (v) return v;
      if (Date.now() > end) {
        const now = await this.evaluate(() => `${document.documentElement.dataset.state}; ${document.getElementById("error")?.textContent}; ${globalThis.reported}`);
        throw new Error(`waited for ${f} (${args}), the page is ${now}; the focus is on ${await this.evaluate(() => `${document.activeElement.id} ${JSON.stringify(document.activeElement.value)} ${document.hasFocus()}`)}`);
      }
      await new Promise((r) => setTimeout(r, 20));
    }
  }

  /** Chooses files, as a person does with the file dialog. */
  choose(...files) {
    return this.tab.files("#file", files);
  }

  /** Waits until the page is in a state. */
  state(state) {
    return this.wait((state) => document.documentElement.dataset.state === state, state);
  }

  text(selector) {
    return this.evaluate((s) => document.querySelector(s).textContent, selector);
  }

  /** Waits until the view rests and all rows in view have their text, and gives them. */
  rows() {
    return this.wait(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
      const all = [...document.querySelectorAll("#rows > [role=row]")].map((r) => ({
        place: Number(r.getAttribute("aria-rowindex")), number: Number(r.querySelector(".n").textContent.replace(/\D/g, "")),
        text: r.querySelector(".m").textContent, selected: r.getAttribute("aria-selected") === "true",
      }));
      done(all.length > 0 && document.getElementById("log").getAttribute("aria-busy") !== "true" && all.every((r) => r.number > 0 && r.text !== "…") && all);
    }))));
  }

  async selected() {
    return (await this.rows()).find((r) => r.selected);
  }

  count() {
    return this.evaluate(() => Number(document.getElementById("log").getAttribute("aria-rowcount")));
  }

  /**
   * Presses a button that downloads, waits for the whole file and reads it.
   * @returns {Promise<{name: string, bytes: Buffer}>}
   */
  async download(selector) {
    const { downloads } = this.tab;
    const files = async () => (await readdir(downloads)).filter((f) => !f.startsWith("."));
    const old = new Set(await files());
    await this.evaluate(() => (globalThis.blobSize = -1));
    await this.click(selector);
    const size = (await this.wait(() => globalThis.blobSize >= 0 && `${globalThis.blobSize}`)) * 1;
    for (const end = Date.now() + PATIENCE; Date.now() < end; ) {
      const now = (await files()).filter((f) => !old.has(f));
      const name = now.find((f) => !PARTIAL.test(f));
      if (name && now.length === 1 && (await stat(join(downloads, name))).size === size) {
        const bytes = await readFile(join(downloads, name));
        await rm(join(downloads, name));
        return { name, bytes };
      }
      await new Promise((r) => setTimeout(r, 20));
    }
    throw new Error(`${selector} downloaded nothing of ${size} bytes; there are ${await files()}`);
  }

  async reload() {
    await this.checked();
    await this.tab.reload();
    await this.begin();
  }

  /** The middle of an element that can be seen. */
  middle(selector) {
    return this.evaluate((s) => {
      const b = document.querySelector(s).getBoundingClientRect();
      return { x: Math.round(b.x + b.width / 2), y: Math.round(b.y + b.height / 2) };
    }, selector);
  }

  /** Takes a picture into $SHOTS, for a person to look at. */
  async screenshot(name) {
    if (!process.env.SHOTS) return;
    await mkdir(process.env.SHOTS, { recursive: true });
    await writeFile(join(process.env.SHOTS, `${name}-${this.site.name}.png`), await this.tab.png());
  }

  async checked() {
    const reported = await this.evaluate(() => globalThis.reported);
    assert.deepEqual([...reported, ...this.tab.errors], [], "the page reported errors");
    assert.equal(await this.evaluate(() => document.getElementById("update")?.textContent ?? ""), "", "a browser that is here for the first time is told of no new version");
    const asked = await this.evaluate(() => performance.getEntriesByType("resource").map((e) => e.name));
    assert.deepEqual(asked.filter((a) => !/^(blob|data):/.test(a) && new URL(a).origin !== this.site.origin), [], "the page asked something of another origin");
  }

  async close() {
    try {
      await this.checked();
    } finally {
      await this.tab.close();
    }
  }
}
