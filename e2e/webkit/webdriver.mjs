// WebKit, as WebKitGTK's MiniBrowser is driven: each tab is a driver, a browser
// and a home folder of its own, on a display that nobody sees.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Browser, Builder, By, Capabilities, Key, Origin } from "selenium-webdriver";

/** How long the driver may take to listen, in milliseconds. */
const STARTING = 20_000;

/** The keys whose names in the DOM differ from those of the library. */
const KEYS = {
  ArrowDown: Key.ARROW_DOWN, ArrowUp: Key.ARROW_UP, ArrowLeft: Key.ARROW_LEFT, ArrowRight: Key.ARROW_RIGHT, PageDown: Key.PAGE_DOWN, PageUp: Key.PAGE_UP,
  Home: Key.HOME, End: Key.END, Enter: Key.ENTER, Escape: Key.ESCAPE, Tab: Key.TAB, Backspace: Key.BACK_SPACE, Control: Key.CONTROL, Shift: Key.SHIFT, Alt: Key.ALT,
};
const key = (name) => KEYS[name] ?? name;

/**
 * Starts the display.
 * @param {object} programs what is run
 * @param {string} programs.driver WebKitWebDriver
 * @param {string} programs.browser MiniBrowser
 */
export async function launch(programs) {
  const display = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", "2000x1400x24", "-nolisten", "tcp"], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const number = await Promise.race([
    once(display.stdio[3], "data").then(([b]) => String(b).trim()),
    once(display, "error").then(([e]) => Promise.reject(new Error(`Xvfb could not be started: ${e.message}`))),
    once(display, "exit").then(() => Promise.reject(new Error("Xvfb ended"))),
  ]);
  return {
    open: (options) => open(programs, number, options),
    async close() {
      const ended = once(display, "exit");
      display.kill();
      await ended;
    },
  };
}

/** A port that nothing listens on. */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

async function listening(address, child) {
  for (const end = Date.now() + STARTING; Date.now() < end && child.exitCode === null; ) {
    if (await fetch(`${address}/status`).then((r) => r.ok, () => false)) return;
    await new Promise((r) => setTimeout(r, 50));
  }
  throw new Error(`${child.spawnfile} does not listen at ${address}`);
}

async function open({ driver, browser }, display, { dark, bars, viewport }) {
  const home = await mkdtemp(join(tmpdir(), "satascope-webkit-"));
  const settings = join(home, ".config", "gtk-3.0");
  await mkdir(settings, { recursive: true });
  await writeFile(join(settings, "settings.ini"), `[Settings]\ngtk-overlay-scrolling=${!bars}\n`);
  const port = await freePort();
  const child = spawn(driver, ["--host=127.0.0.1", `--port=${port}`], {
    stdio: "ignore",
    env: {
      PATH: process.env.PATH, HOME: home, XDG_RUNTIME_DIR: home, DISPLAY: `:${display}`, GTK_THEME: dark ? "Adwaita:dark" : "Adwaita", NO_AT_BRIDGE: "1", GSETTINGS_BACKEND: "memory", LANG: "C.UTF-8",
      // Its sandbox wants rights that a container does not have; nothing but this site is opened.
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1",
    },
  });
  let session;
  const close = async () => {
    await session?.quit().catch(() => {});
    if (child.exitCode === null) {
      const ended = once(child, "exit");
      child.kill();
      await ended;
    }
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const address = `http://127.0.0.1:${port}`;
    await listening(address, child);
    // Where downloads go when no desktop says otherwise: the home folder.
    await mkdir(home, { recursive: true });
    const wanted = new Capabilities({ browserName: "MiniBrowser", "webkitgtk:browserOptions": { binary: browser, args: ["--automation"] } });
    session = await new Builder().disableEnvironmentOverrides().forBrowser(Browser.SAFARI).usingServer(address).withCapabilities(wanted).build();
    await session.manage().setTimeouts({ script: 120_000 });
    const inner = () => session.executeScript("return [innerWidth, innerHeight]");
    // Twice: the frame's size is known once it has one.
    for (let i = 0, width = viewport.width, height = viewport.height; i < 2; i++) {
      await session.manage().window().setRect({ x: 0, y: 0, width, height });
      const [w, h] = await inner();
      width += viewport.width - w;
      height += viewport.height - h;
    }
  } catch (e) {
    await close();
    throw e;
  }
  const actions = () => session.actions();
  const press = async (name, ...held) => {
    const a = actions();
    for (const k of held) a.keyDown(key(k));
    a.sendKeys(key(name));
    for (const k of held.reverse()) a.keyUp(key(k));
    await a.perform();
  };
  return {
    downloads: home,
    errors: [],
    close,
    goto: (url) => session.get(url),
    reload: () => session.navigate().refresh(),
    back: () => session.navigate().back(),
    evaluate: (f, ...args) => session.executeScript(f, ...args),
    files: async (selector, paths) => session.findElement(By.css(selector)).sendKeys(paths.join("\n")),
    click: async (selector) => session.findElement(By.css(selector)).click(),
    type: (text) => actions().sendKeys(text).perform(),
    press,
    paste: () => press("v", "Control"),
    async drag(from, ...to) {
      const a = actions().move({ ...from, origin: Origin.VIEWPORT, duration: 0 }).press();
      for (const p of to) a.move({ ...p, origin: Origin.VIEWPORT, duration: 100 });
      await a.release().perform();
    },
    wheel: ({ x, y }, deltaY) => actions().scroll(x, y, 0, deltaY, Origin.VIEWPORT, 0).perform(),
    png: async () => Buffer.from(await session.takeScreenshot(), "base64"),
  };
}
