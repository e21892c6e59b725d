// For everyone: axe finds nothing serious in any state and view of the page, in
// light and dark, wide and on a phone; nothing runs out sideways, also when the
// text is twice as large; the keyboard reaches everything and is never lost; a
// screen reader hears the selected row.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { writeLarge } from "./capture.mjs";
import { PATIENCE, suite } from "./lib/browser.mjs";
import { golden } from "./lib/golden.mjs";

const folder = await mkdtemp(join(tmpdir(), "satascope-access-"));
const large = join(folder, "large.pcap");
const site = suite({ serveArgs: ["--data", join(folder, "data")] });
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const story = golden("captures", "devkit_story.pcapng.gz");
before(() => writeLarge(large, 200_000));
after(() => rm(folder, { recursive: true, force: true }));

const frames = (tab, n = 2) => tab.evaluate((n) => new Promise((done) => (function next() { n-- ? requestAnimationFrame(next) : done(); })()), n);
const shown = (tab, selector) => tab.$eval(selector, (e) => e.checkVisibility());
const focused = (tab) => tab.evaluate(() => document.activeElement?.id ?? "");

/** Waits until all rows in view have their text. */
async function drawn(tab) {
  await tab.waitForFunction(() => {
    const all = [...document.querySelectorAll("#rows > [role=row]")];
    return document.getElementById("log").ariaBusy !== "true" && all.length > 0 && all.every((r) => r.querySelector(".m").textContent !== "…");
  });
  await frames(tab);
}

/** Selects a row by its number and waits for its fields. */
async function select(tab, row) {
  await tab.focus("#log");
  await tab.keyboard.press("g");
  await tab.type("#goto-number", String(row));
  await tab.keyboard.press("Enter");
  await inspected(tab, row);
}

const inspected = (tab, row) => tab.waitForFunction(
  (row) => document.getElementById("message").ariaLabel.startsWith(`Inspector: row ${row.toLocaleString("en")},`) && document.getElementById("message-about").textContent.startsWith(`Row ${row.toLocaleString("en")}`), {}, row);

/** What axe finds in the page as it is now: serious and critical, and where there is no main heading. Dark differs from light by its colours alone. */
async function look(tab, dark) {
  if (!(await tab.evaluate(() => !!globalThis.axe))) await tab.evaluate(axe);
  return tab.evaluate(async (rules) => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"], ...rules });
    return violations.filter((v) => v.impact === "serious" || v.impact === "critical" || v.id === "page-has-heading-one")
      .flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.target.join(" ")}: ${n.any.concat(n.all, n.none).map((c) => c.message).join("; ")}`));
  }, dark ? { runOnly: ["color-contrast", "link-in-text-block"] } : {});
}

/** What stands outside of the window or of its dialog, where nobody can scroll to. */
const outside = (tab) => tab.evaluate(() => {
  const out = [];
  if (document.documentElement.scrollWidth > innerWidth) out.push(`the page is ${document.documentElement.scrollWidth} wide in a window of ${innerWidth}`);
  for (const d of document.querySelectorAll("dialog[open], #menu:not([hidden]), aside, #strip, #paste:not([hidden])")) {
    const box = d.getBoundingClientRect();
    if (!d.checkVisibility()) continue;
    if (box.left < -1 || box.right > innerWidth + 1 || box.top < -1 || box.bottom > Math.max(innerHeight, document.documentElement.scrollHeight) + 1) out.push(`#${d.id} stands at ${[box.left, box.right, box.top, box.bottom]}`);
    if (d.scrollWidth > d.clientWidth + 1 && getComputedStyle(d).overflowX === "hidden") out.push(`#${d.id} hides a part of itself`);
    if (d.scrollWidth > d.clientWidth + 1) out.push(`#${d.id} is ${d.scrollWidth} wide in ${d.clientWidth}`);
  }
  return out;
});

/**
 * The states and views of the page, in the order in which they are gone through.
 * Each brings the page there from the one before; what it gives undoes that.
 */
const scenes = [
  ["empty", async () => {}],
  ["paste", async ({ tab }) => {
    await tab.click("#paste-start");
    await tab.type("#paste-text", "what is this");
    await tab.waitForFunction(() => document.getElementById("paste-said").textContent !== "");
    return () => tab.click("#paste-close");
  }],
  ["learn", async ({ tab }) => {
    await tab.click("#learn-open");
    return () => tab.keyboard.press("Escape");
  }],
  ["failed", async (page) => {
    await writeFile(join(folder, "photo.png"), Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"));
    await page.choose(join(folder, "photo.png"));
    await page.tab.waitForFunction(() => document.documentElement.dataset.state === "failed" && document.getElementById("error").textContent !== "");
  }],
  ["decoding", async (page) => {
    for (let tries = 1; ; tries++) {
      const [{ client }] = await Promise.all([new Promise((made) => page.tab.once("workercreated", made)), page.choose(large)]);
      await client.send("Debugger.enable");
      // It stands still while one looks, once it has shown something.
      for (let rows = 0; ;) {
        await client.send("Debugger.pause");
        const state = await page.state("decoding", "done");
        rows = await page.tab.$$eval("#rows > [role=row]", (all) => all.length);
        if (state === "decoding" && rows > 5) return () => client.send("Debugger.disable");
        await client.send("Debugger.resume").catch(() => {}); // it stands only where it ran
        if (state === "done") break; // it was faster
        await frames(page.tab);
      }
      assert.ok(tries < 10, "the file was never seen being decoded");
    }
  }],
  ["log", async (page) => {
    await page.choose(story);
    await page.tab.waitForFunction(() => document.getElementById("name").textContent.startsWith("devkit_story"));
    await page.state("done");
    await drawn(page.tab);
  }],
  ["read", ({ tab }) => select(tab, 14)],
  ["field and bytes chosen", async ({ tab }) => {
    await tab.$eval("#fields [role=treeitem]:nth-child(3)", (e) => e.click());
    await tab.waitForFunction(() => document.querySelector("#hex-rows .picked"));
  }],
  ["state", async ({ tab }) => {
    await tab.click("#tab-state");
    await tab.waitForSelector("#panel-state h3");
  }],
  ["packets", async ({ tab }) => {
    await tab.click("#tab-packets");
    await tab.waitForSelector("#panel-packets td");
    return () => tab.click("#tab-message");
  }],
  ["path with remains", ({ tab }) => select(tab, 117)],
  ["finding", async ({ tab }) => {
    await tab.focus("#log");
    await tab.keyboard.press("End");
    await tab.keyboard.press("p");
    await tab.waitForFunction(() => document.querySelector("#rows .sel"));
  }],
  ["strip with a range", async ({ tab }) => {
    await tab.focus("#strip-time");
    await tab.keyboard.down("Shift");
    await tab.keyboard.press("ArrowLeft");
    await tab.keyboard.up("Shift");
    return () => tab.keyboard.press("Escape");
  }],
  ["completion", async ({ tab }) => {
    await tab.keyboard.press("/");
    await tab.type("#filter", "op:Re");
    await tab.waitForSelector("#filter-list [role=option]", { visible: true });
  }],
  ["mistake", async ({ tab }) => {
    await tab.$eval("#filter", (e) => e.select());
    await tab.type("#filter", "latency:soon");
    await tab.waitForSelector("#filter-mistake", { visible: true });
  }],
  ["filtered", async ({ tab }) => {
    await tab.$eval("#filter", (e) => e.select());
    await tab.type("#filter", "op:OpenFile,ReadFile path:*/config/*");
    await tab.waitForFunction(() => document.getElementById("log").ariaRowCount === "10");
    await tab.keyboard.press("Enter");
    await drawn(tab);
  }],
  ["saved filters", async ({ tab }) => {
    await tab.click("#filter-save");
    await tab.click("#filter-saved");
    await tab.waitForSelector("#menu [role=menuitem]", { visible: true });
    return () => tab.keyboard.press("Escape");
  }],
  ["no row left", async ({ tab }) => {
    await tab.focus("#filter");
    await tab.$eval("#filter", (e) => e.select());
    await tab.type("#filter", "path:/nowhere");
    await tab.waitForFunction(() => document.getElementById("log").ariaRowCount === "0");
    return async () => {
      await tab.click("#filter-clear");
      await tab.waitForFunction(() => Number(document.getElementById("log").ariaRowCount) > 150);
      await drawn(tab);
    };
  }],
  ["menu of a row", async ({ tab }) => {
    await select(tab, 14);
    await drawn(tab);
    await tab.focus("#log");
    await tab.keyboard.press("Enter");
    await tab.waitForSelector("#menu [role=menuitem]", { visible: true });
    return () => tab.keyboard.press("Escape");
  }],
  ["several rows", async ({ tab }) => {
    await tab.focus("#log");
    await tab.keyboard.down("Shift");
    for (let i = 0; i < 3; i++) await tab.keyboard.press("ArrowDown");
    await tab.keyboard.up("Shift");
    await tab.waitForSelector("#rows .pick");
    return () => tab.keyboard.press("Escape");
  }],
  ["find", async ({ tab }) => {
    await tab.keyboard.down("Control");
    await tab.keyboard.press("f");
    await tab.keyboard.up("Control");
    await tab.type("#find-text", "config");
    await tab.waitForSelector("#rows .hit");
    return () => tab.keyboard.press("Escape");
  }],
  ["note", async ({ tab }) => {
    await tab.focus("#log");
    await tab.keyboard.press("m");
    await tab.keyboard.press("c");
    await tab.type("#note-text", "look here");
    return async () => {
      await tab.click("#note-form [type=submit]");
      await tab.waitForSelector("#rows .note");
    };
  }],
  ["side list", async ({ tab }) => {
    if (await shown(tab, "#side")) return undefined;
    await tab.click("#side-open");
    return () => tab.keyboard.press("Escape");
  }],
  ["summary", async ({ tab }) => {
    await tab.keyboard.press("s");
    await tab.waitForSelector("#summary-body table");
    return () => tab.keyboard.press("Escape");
  }],
  ...[["assumptions", "#assume-open"], ["notes", "#notes-open"], ["settings", "#settings-open"], ["share", "#share-open"], ["forms", "#forms-open"]].map(([name, button]) => [name, async ({ tab }) => {
    await tab.$eval(button, (e) => e.click());
    await tab.waitForSelector("dialog[open]");
    return () => tab.keyboard.press("Escape");
  }]),
  ["keys", async ({ tab }) => {
    await tab.focus("#log");
    await tab.keyboard.press("?");
    await tab.waitForSelector("#keys[open]");
    return () => tab.keyboard.press("Escape");
  }],
  ["go to", async ({ tab }) => {
    await tab.keyboard.press("g");
    await tab.type("#goto-number", "0");
    await tab.keyboard.press("Enter");
    await tab.waitForFunction(() => document.getElementById("goto-error").textContent !== "");
    return () => tab.keyboard.press("Escape");
  }],
  ["exchanges", async ({ tab }) => {
    await tab.focus("#log");
    await tab.keyboard.press("e");
    await tab.waitForSelector("#rows > .ex");
    await drawn(tab);
    return async () => {
      await tab.keyboard.press("l");
      await tab.waitForSelector("#rows > :not(.ex)");
    };
  }],
  ["state machine", async ({ tab }) => {
    await tab.click("#learn-open");
    await tab.click("#learn-machine");
    await tab.waitForSelector("#machine .now");
    return async () => {
      await tab.click("#machine-close");
      assert.equal(await shown(tab, "#machine"), false);
    };
  }],
  ["tour", async ({ tab }) => {
    await tab.click("#learn-open");
    await tab.click("#learn-tour");
    await tab.waitForSelector("#tour-question .answer input");
    return undefined;
  }],
  ["tour, a hint", async ({ tab }) => {
    await tab.type("#tour-question .answer input", "20");
    await tab.keyboard.press("Enter");
    await tab.waitForSelector("#tour-question .verdict.wrong");
    return undefined;
  }],
  ["tour, the answer", async ({ tab }) => {
    await tab.$eval("#tour-question .buttons button[type=button]", (e) => e.click());
    await tab.waitForFunction(() => /It is/.test(document.querySelector("#tour-question .verdict").textContent));
    return async () => {
      await tab.click("#tour-close");
      assert.equal(await shown(tab, "#tour"), false);
    };
  }],
  ["builder", async ({ tab }) => {
    await tab.click("#learn-open");
    await tab.click("#learn-builder");
    await tab.$eval("#builder-add-request", (e) => e.click());
    await tab.waitForFunction(() => document.querySelectorAll("#builder-fields input").length > 1);
    return undefined;
  }],
  ["builder, a mistake", async ({ tab }) => {
    await tab.$eval("#builder-field-0", (e) => e.select());
    await tab.type("#builder-field-0", "zzz");
    await tab.waitForSelector("#builder-fields [aria-invalid=true]");
    return () => tab.keyboard.press("Escape");
  }],
  ["quiz", async ({ tab }) => {
    await tab.click("#learn-open");
    await tab.click("#learn-quiz");
    await tab.waitForSelector("#quiz .question");
    return () => tab.keyboard.press("Escape");
  }],
];

for (const dark of [false, true]) {
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    test(`axe finds nothing serious, and nothing runs out: ${dark ? "dark" : "light"}, ${width} wide`, async (t) => {
      const page = await site.open(t, { dark, viewport: { width, height } });
      const found = [];
      for (const [name, go] of scenes) {
        const start = performance.now();
        let back;
        try {
          back = await go(page);
        } catch (e) {
          throw new Error(`“${name}” can't be reached`, { cause: e });
        }
        await frames(page.tab);
        await page.screenshot(`access-${name.replaceAll(" ", "-")}-${width}-${dark ? "dark" : "light"}`);
        for (const what of [...(await outside(page.tab)), ...(await look(page.tab, dark))]) found.push(`${name}: ${what}`);
        if (process.env.SLOW) console.log(name, Math.round(performance.now() - start));
        await back?.();
      }
      assert.deepEqual(found, []);
    });
  }
}

test("axe finds nothing serious in the reference, in a frame's page and in the licences", async (t) => {
  const found = [];
  for (const dark of [false, true]) {
    for (const [width, height] of [[1440, 900], [390, 844]]) {
      const page = await site.open(t, { path: "/reference/index.html", ready: false, dark, viewport: { width, height } });
      const see = async (name) => {
        for (const what of [...(await outside(page.tab)), ...(await look(page.tab, dark))]) found.push(`${name}, ${dark ? "dark" : "light"}, ${width}: ${what}`);
      };
      await page.tab.type("#search", "read");
      await page.tab.waitForSelector("#found a");
      await see("search");
      for (const name of ["messages", "openfile", "readfile", "results", "diagnostics", "framing", "machine", "descriptors", "log"]) {
        const answer = await page.tab.goto(`${site.origin}/reference/${name}.html`, { waitUntil: "load" });
        assert.equal(answer.status(), 200, name);
        await see(name);
      }
      await page.tab.goto(`${site.origin}/embed/#open=examples/devkit_story.pcapng.gz`, { waitUntil: "load" });
      await page.state("done");
      await drawn(page.tab);
      await see("embed");
    }
  }
  assert.deepEqual(found, []);
});

// A page zoomed to 200% has half the pixels of the window; 320 are those of a
// window of 1280 at 400%.
for (const [what, viewport] of [["zoomed to 200%", { width: 720, height: 450, deviceScaleFactor: 2 }], ["on a phone", { width: 390, height: 844 }], ["320 wide", { width: 320, height: 640 }]]) {
  test(`${what} nothing runs out, the log has room, and everything can be reached`, async (t) => {
    const page = await site.open(t, { viewport });
    const { tab } = page;
    const found = [];
    for (const [name, go] of scenes) {
      const back = await go(page).catch((e) => { throw new Error(`“${name}” can't be reached`, { cause: e }); });
      await frames(tab);
      await page.screenshot(`access-${name.replaceAll(" ", "-")}-${viewport.width}`);
      for (const what of await outside(tab)) found.push(`${name}: ${what}`);
      if (name === "log") {
        const room = await tab.evaluate(() => ({ log: document.getElementById("log").clientHeight, header: document.querySelector("header").offsetHeight }));
        assert.ok(room.header <= 110, `the header is ${room.header} high`);
        assert.ok(room.log >= 88, `the log has ${room.log} pixels: four rows`);
      }
      // Twice as large the page still has the times, in full, and the latencies.
      if (viewport.width === 720 && (name === "log" || name === "exchanges")) {
        assert.deepEqual(await tab.evaluate(() => [".t", ".l"].map((cell) => [...document.querySelectorAll(`#rows ${cell}`)].every((e) => e.checkVisibility() && e.scrollWidth <= e.clientWidth))), [true, true], name);
      }
      // What a dialog holds can be scrolled to.
      found.push(...(await tab.evaluate((name) => [...document.querySelectorAll("dialog[open] :is(button, input, select, textarea, a)")].filter((e) => e.checkVisibility({ visibilityProperty: true })).flatMap((e) => {
        e.scrollIntoView({ block: "nearest" });
        const box = e.getBoundingClientRect();
        return box.top < -1 || box.bottom > innerHeight + 1 || box.left < -1 || box.right > innerWidth + 1 ? [`${name}: ${e.id || e.textContent} can't be scrolled to`] : [];
      }), name)));
      await back?.();
    }
    assert.deepEqual(found, []);

    // The inspector: it comes with a row, has room, and can be closed and opened again.
    await select(tab, 14);
    const heights = await tab.evaluate(() => [...document.querySelectorAll("body > *, main > *, #message")].filter((e) => e.checkVisibility()).map((e) => [e.id || e.localName, e.offsetHeight]));
    assert.ok(heights.find(([id]) => id === "message")?.[1] >= 80, `there is room for the inspector: ${heights.join("; ")}`);
    const sees = () => tab.$eval("#rows .sel", (e) => e.getBoundingClientRect().bottom <= document.getElementById("message").getBoundingClientRect().top + 1);
    await tab.waitForFunction(() => document.querySelector("#rows .sel"));
    assert.ok(await sees(), "the selected row stays in sight: " + JSON.stringify(await tab.evaluate(() => [document.querySelector("#rows .sel").getBoundingClientRect(), document.getElementById("message").getBoundingClientRect(), document.getElementById("log").getBoundingClientRect()])));
    await tab.focus("#tab-message");
    await tab.keyboard.press("i");
    assert.equal(await shown(tab, "#message"), false);
    assert.equal(await focused(tab), "log", "the focus goes to the rows");
    await tab.keyboard.press("i");
    assert.equal(await shown(tab, "#message"), true);
    if (await shown(tab, "#message-close")) {
      await tab.focus("#message-close");
      await tab.keyboard.press("Enter");
      assert.equal(await shown(tab, "#message"), false);
      assert.equal(await focused(tab), "log");
    }
  });
}

for (const viewport of [{ width: 640, height: 360 }, { width: 667, height: 375 }, { width: 844, height: 390 }]) {
  test(`in a window of ${viewport.width} by ${viewport.height} log and inspector both have room`, async (t) => {
    const page = await site.open(t, { viewport });
    const { tab } = page;
    await page.choose("testdata/golden/captures/devkit_story.pcapng.gz");
    await page.state("done");
    await tab.waitForSelector("#log [aria-rowindex]");
    await select(tab, 14);
    await tab.waitForSelector("#rows .sel");
    await frames(tab);
    const at = await tab.evaluate(() => Object.fromEntries(["#message", "#log", "#rows .sel"].map((q) => [q, document.querySelector(q).getBoundingClientRect().toJSON()])));
    assert.ok(at["#message"].height >= 80, JSON.stringify(at));
    assert.ok(at["#log"].height >= 44, JSON.stringify(at));
    assert.ok(at["#rows .sel"].bottom <= at["#message"].top + 1, JSON.stringify(at));
  });
}

test("the keyboard reaches everything in order, and one sees where it is", async (t) => {
  const page = await site.open(t);
  const { tab } = page;
  const walk = async (reached) => {
    await tab.evaluate(() => { // from the top of the page
      document.body.tabIndex = -1;
      document.body.focus();
      document.body.removeAttribute("tabindex");
    });
    const seen = [];
    for (let n = 0; n < 250; n++) {
      await tab.keyboard.press("Tab");
      const at = await tab.evaluate(() => {
        const e = document.activeElement;
        if (!e || e === document.body) return null;
        const style = getComputedStyle(e), box = e.getBoundingClientRect();
        globalThis.walked ??= new Set();
        const again = globalThis.walked.has(e);
        globalThis.walked.add(e);
        const name = e.id || `${e.localName}.${e.className}: ${e.textContent.slice(0, 20)}`;
        return {
          name, again, visible: e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
          marked: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none" || e.id === "message-handle",
        };
      });
      if (at === null || at.again) break;
      assert.ok(at.visible, `${at.name} has the focus and is not seen`);
      assert.ok(at.marked, `nothing shows that ${at.name} has the focus`);
      seen.push(at.name);
    }
    for (const id of reached) assert.ok(seen.includes(id), `${id} is reached: ${seen.join(", ")}`);
    const missed = await tab.evaluate(() => [...document.querySelectorAll("button, input, select, textarea, a[href], [tabindex]")]
      .filter((e) => e.tabIndex >= 0 && !e.disabled && e.checkVisibility({ visibilityProperty: true }) && !globalThis.walked.has(e) && !(e.type === "radio"))
      .map((e) => e.id || e.outerHTML.slice(0, 80)));
    assert.deepEqual(missed, [], "not reached by Tab");
    await tab.evaluate(() => (globalThis.walked = undefined));
  };
  await walk(["choose", "paste-start", "forms-open", "example", "tour-start", "learn-open", "settings-open"]);
  await page.choose(story);
  await page.state("done");
  await drawn(tab);
  await select(tab, 14);
  await walk(["open", "download-log", "download-compatible", "strip-time", "view-log", "filter", "log", "message-handle", "tab-message", "fields", "hex", "hex-copy", "data-save", "settings-open", "keys-open"]);
});

test("every dialog takes the focus, closes by Esc and gives it back", async (t) => {
  const page = await site.open(t);
  const { tab } = page;
  const heard = ["#summary", "#notes"]; // what is read rather than filled in
  const through = async (opener, dialog, key = "Enter") => {
    await tab.focus(opener);
    await tab.keyboard.press(key);
    await tab.waitForSelector(`${dialog}[open]`);
    assert.ok(await tab.evaluate((d) => document.querySelector(d).contains(document.activeElement), dialog), `${dialog} has the focus`);
    if (heard.includes(dialog)) assert.equal(await focused(tab), `${dialog.slice(1)}-title`, "its title is heard first");
    // It stays in there.
    for (let i = 0; i < 3; i++) await tab.keyboard.press("Tab");
    assert.ok(await tab.evaluate((d) => document.activeElement === document.body || document.querySelector(d).contains(document.activeElement), dialog), `${dialog} keeps the focus`);
    await tab.keyboard.press("Escape");
    await tab.waitForFunction((d) => !document.querySelector(d).open, {}, dialog);
    assert.equal(await tab.evaluate((o) => document.activeElement === document.querySelector(o), opener), true, `after ${dialog} the focus is ${await focused(tab)}`);
  };
  await through("#learn-open", "#learn");
  await through("#settings-open", "#settings");
  await page.choose(story);
  await page.state("done");
  await drawn(tab);
  await select(tab, 9);
  for (const [opener, dialog, key] of [
    ["#summary-open", "#summary"], ["#assume-open", "#assumed"], ["#notes-open", "#notes"], ["#settings-open", "#settings"], ["#share-open", "#share"], ["#keys-open", "#keys"], ["#learn-open", "#learn"],
    ["#log", "#goto", "g"], ["#log", "#note", "c"], ["#log", "#keys", "?"], ["#log", "#summary", "s"],
  ]) await through(opener, dialog, key);
  // From the menu of what teaches, back to where that was opened.
  for (const lesson of ["builder", "quiz"]) {
    await tab.focus("#learn-open");
    await tab.keyboard.press("Enter");
    await tab.focus(`#learn-${lesson}`);
    await tab.keyboard.press("Enter");
    await tab.waitForSelector(`#${lesson}[open]`);
    await tab.keyboard.press("Escape");
    await tab.waitForFunction((d) => !document.getElementById(d).open, {}, lesson);
    assert.equal(await focused(tab), "learn-open", lesson);
  }
});

test("what goes away does not take the focus with it", async (t) => {
  const page = await site.open(t);
  const { tab } = page;
  const has = async (id, what) => assert.equal(await tab.evaluate(() => document.activeElement?.id || document.activeElement?.className || document.activeElement?.localName), id, what);
  await tab.focus("#paste-start");
  await tab.keyboard.press("Enter");
  await has("paste-text", "the box that was opened");
  await tab.keyboard.press("Escape");
  await has("paste-start", "pasting, closed");
  await tab.focus("#example");
  await tab.keyboard.press("Enter");
  await page.state("done");
  await drawn(tab);
  await has("log", "the example is open");
  await tab.focus("#paste-open");
  await tab.keyboard.press("Enter");
  await tab.focus("#paste-close");
  await tab.keyboard.press("Enter");
  await has("log", "pasting, closed again");
  await select(tab, 9);
  await drawn(tab);

  await tab.keyboard.press("Enter");
  await tab.waitForSelector("#menu", { visible: true });
  await tab.keyboard.press("Escape");
  await has("log", "the menu of a row, closed");
  await tab.keyboard.press("Enter");
  await tab.waitForSelector("#menu", { visible: true });
  await tab.keyboard.press("Enter");
  await tab.waitForFunction(() => Number(document.getElementById("log").ariaRowCount) < 100);
  await has("log", "something in it was chosen");
  await tab.focus("#filter-clear");
  await tab.keyboard.press("Enter");
  await has("filter", "the filter, cleared");
  await tab.focus("#filter-saved");
  await tab.keyboard.press("Enter");
  await tab.keyboard.press("Escape");
  await has("filter-saved", "the saved filters, closed");

  await tab.focus("#log");
  await tab.keyboard.down("Control");
  await tab.keyboard.press("f");
  await tab.keyboard.up("Control");
  await has("find-text", "the search");
  await tab.focus("#find-close");
  await tab.keyboard.press("Enter");
  await has("log", "the search, closed");

  // Keys that take away where the focus is.
  await tab.focus("#side .facet");
  await tab.keyboard.press("b");
  await has("log", "the side list, closed by its key");
  await tab.keyboard.press("b");
  await tab.keyboard.press("e");
  await tab.waitForSelector("#columns .x button");
  await tab.focus("#columns .x button");
  await tab.keyboard.press("l");
  await tab.waitForSelector("#columns .m:not(:has(button))");
  await has("log", "the exchanges' heads are gone");

  // A notice, by either of its buttons.
  for (const button of ["close", "go"]) {
    await tab.keyboard.press("/");
    await tab.keyboard.type("op:Ping");
    await tab.keyboard.press("Enter");
    await drawn(tab);
    await tab.keyboard.press("g");
    await tab.keyboard.type("50");
    await tab.keyboard.press("Enter");
    await tab.waitForSelector("#notice", { visible: true });
    await tab.focus(`#notice-${button}`);
    await tab.keyboard.press("Enter");
    await tab.waitForSelector("#notice", { hidden: true });
    await has("log", `the notice, by ${button}`);
  }

  // The strip's buttons come and go with the range.
  for (const name of ["Forget the selected range", "Zoom to the selected range", "Filter by the selected range"]) {
    await tab.focus("#strip-time");
    await tab.keyboard.down("Shift");
    await tab.keyboard.press("ArrowRight");
    await tab.keyboard.up("Shift");
    await tab.waitForSelector(`#strip-tools [aria-label='${name}']`, { visible: true });
    await tab.focus(`#strip-tools [aria-label='${name}']`);
    await tab.keyboard.press("Enter");
    await frames(tab);
    assert.notEqual(await tab.evaluate(() => document.activeElement), null);
    assert.ok(await tab.evaluate(() => document.activeElement !== document.body && document.activeElement.checkVisibility()), `${name}: the focus is lost`);
  }
  await tab.focus("#strip-tools [aria-label='Show all']");
  await tab.keyboard.press("Enter");
  await frames(tab);
  assert.ok(await tab.evaluate(() => document.activeElement !== document.body && !document.activeElement.disabled), "what can't be pressed any more has the focus");

  for (const lesson of ["machine", "tour"]) {
    await tab.focus("#learn-open");
    await tab.keyboard.press("Enter");
    await tab.focus(`#learn-${lesson}`);
    await tab.keyboard.press("Enter");
    await tab.waitForSelector(`#${lesson}-close`, { visible: true });
    await tab.focus(`#${lesson}-close`);
    await tab.keyboard.press("Enter");
    assert.ok(await tab.evaluate(() => document.activeElement !== document.body && document.activeElement.checkVisibility()), `${lesson}, closed: the focus is lost`);
  }
});

test("the log is a grid: rows counted and numbered, the selected one heard", async (t) => {
  const page = await site.open(t);
  const { tab } = page;
  await page.choose(story);
  await page.state("done");
  await drawn(tab);
  await tab.focus("#log");
  await tab.keyboard.press("End");
  await inspected(tab, 155);
  const grid = () => tab.evaluate(() => {
    const log = document.getElementById("log"), active = document.getElementById(log.getAttribute("aria-activedescendant"));
    const rows = [...log.querySelectorAll("[role=row]")];
    return {
      count: Number(log.ariaRowCount), columns: Number(log.ariaColCount), indices: rows.map((r) => Number(r.ariaRowIndex)), cells: new Set(rows.map((r) => [...r.children].map((c) => `${c.role} ${c.ariaColIndex}`).join())).size,
      active: active && { index: Number(active.ariaRowIndex), selected: active.ariaSelected, in: log.contains(active), class: active.className },
      selected: rows.filter((r) => r.ariaSelected === "true").length, heads: [...document.querySelectorAll("#columns [role=columnheader]")].map((c) => Number(c.ariaColIndex)),
      owns: log.getAttribute("aria-owns").split(" ").every((id) => document.getElementById(id)), multi: log.getAttribute("aria-multiselectable"),
    };
  });
  const now = await grid();
  assert.equal(now.count, 155);
  assert.deepEqual(now.active, { index: 155, selected: "true", in: true, class: now.active.class });
  assert.equal(now.selected, 1);
  assert.equal(now.cells, 1, "all rows have the same cells");
  assert.deepEqual(now.heads, Array.from({ length: now.columns }, (_, i) => i + 1));
  assert.ok(now.owns && now.multi === "true");
  assert.deepEqual(now.indices, Array.from({ length: now.indices.length }, (_, i) => now.indices[0] + i), "in the order of the log");

  // What a screen reader is told: the row, by its cells.
  const { nodes } = await page.cdp.send("Accessibility.getFullAXTree");
  const log = nodes.find((n) => n.role?.value === "grid" && /^Log/.test(n.name?.value));
  assert.ok(log.properties.some((p) => p.name === "focused" && p.value.value === true), "the grid has the focus");
  const active = log.properties.find((p) => p.name === "activedescendant").value.relatedNodes[0];
  const row = nodes.find((n) => n.backendDOMNodeId === active.backendDOMNodeId);
  assert.equal(row.role.value, "row");
  assert.match(row.name.value, /^155 .*PONG .*combined_send_recv_enabled=false/);
  const heads = nodes.filter((n) => n.role?.value === "columnheader").map((n) => n.name.value);
  assert.deepEqual([heads[0], heads[3]], ["No.", "Message"]);

  // The count follows the filter; the numbers of rows begin anew, those in them do not.
  await tab.keyboard.press("/");
  await tab.type("#filter", "op:Ping");
  await tab.waitForFunction(() => document.getElementById("log").ariaRowCount === "6");
  await tab.focus("#log");
  await tab.keyboard.press("Home");
  await drawn(tab);
  const few = await grid();
  assert.deepEqual([few.active.index, few.indices], [1, [1, 2, 3, 4, 5, 6]]);
});

test("who wants less motion has none", async (t) => {
  const page = await site.open(t);
  const { tab } = page;
  await tab.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "reduce" }]);
  await page.choose(story);
  await page.state("done");
  await drawn(tab);
  await select(tab, 9);
  for (const key of ["End", "Home", "s"]) {
    await tab.keyboard.press(key);
    await frames(tab);
    const moving = await tab.evaluate(() => [
      ...document.getAnimations().map((a) => a.effect.target.id),
      ...[...document.querySelectorAll("*")].filter((e) => { const s = getComputedStyle(e); return s.scrollBehavior === "smooth" || (s.animationName !== "none" && s.animationDuration !== "0s") || s.transitionDuration.split(",").some((d) => parseFloat(d) > 0); }).map((e) => e.id || e.className),
    ]);
    assert.deepEqual(moving, []);
  }
});
