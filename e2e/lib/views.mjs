// What the tests of the list and of all around it share.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** What the command line writes for a file. */
export async function commandLine(...args) {
  const options = { encoding: "utf8", maxBuffer: 1 << 30 };
  const { stdout } = await promisify(execFile)(process.env.SATASCOPE, ["decode", ...args], options).catch((e) => e);
  return stdout;
}

/** Waits, where there is no condition to wait for: in milliseconds. */
export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** The rows in the page's tree. */
export const rows = (page) =>
  page.tab.$$eval("#rows > [role=row]", (all) =>
    all.map((r) => ({
      place: Number(r.ariaRowIndex), class: r.className, selected: r.ariaSelected === "true", text: r.querySelector(".m").textContent,
      ...Object.fromEntries([...r.children].map((c) => [c.className.split(" ")[0], c.textContent])),
      lit: [...r.querySelectorAll(".match, .lit")].map((e) => e.textContent), hits: [...r.querySelectorAll(".hit")].map((e) => e.textContent),
    })),
  );

/** Waits until the view rests, all its rows in view have their text, and three frames showed nothing else. */
export async function drawn(page) {
  await page.tab.evaluate(() => (globalThis.restful = 0));
  await page.tab.waitForFunction(() => {
    const all = [...document.querySelectorAll("#rows > [role=row]")];
    const rests = document.getElementById("log").ariaBusy !== "true" && all.every((r) => r.querySelector(".m").textContent !== "…");
    globalThis.restful = rests ? globalThis.restful + 1 : 0;
    return globalThis.restful > 3;
  });
  return rows(page);
}

export const rowCount = (page) => page.tab.$eval("#log", (e) => Number(e.ariaRowCount));
export const focused = (page) => page.tab.evaluate(() => document.activeElement.id);
export const hash = (page) => page.tab.evaluate(() => decodeURIComponent(location.hash));
export const shown = (page, selector) => page.tab.$eval(selector, (e) => e.checkVisibility());

/** Opens the example on a site: what suite() gave. */
export async function example(site, t, options) {
  const page = await site.open(t, options);
  await page.tab.click("#example");
  await page.state("done");
  await drawn(page);
  return page;
}

/** Types a filter in place of the one that is there, goes back to the rows and waits for them. */
export async function filter(page, text) {
  await page.tab.keyboard.press("/");
  await page.tab.keyboard.press("Backspace");
  if (text) await page.tab.type("#filter", text);
  assert.equal(await page.tab.$eval("#filter", (e) => e.value), text);
  await page.tab.keyboard.press("Enter");
  return drawn(page);
}

/** Writes a note on the selected row. */
export async function writeNote(page, text) {
  const { keyboard } = page.tab;
  await keyboard.press("c");
  await page.tab.waitForSelector("#note[open]");
  await keyboard.type(text);
  await keyboard.down("Control");
  await keyboard.press("Enter");
  await keyboard.up("Control");
}

/** The selected row. */
export const selected = async (page) => (await drawn(page)).find((r) => /\bsel\b/.test(r.class));

/** The places of the rows that are chosen, alone or together. */
export const picked = async (page) => (await drawn(page)).filter((r) => r.selected).map((r) => r.place);

/** Waits for a short word in the corner, and gives it. */
export async function said(page, pattern) {
  await page.tab.waitForFunction((p) => new RegExp(p).test(document.getElementById("toast").textContent), {}, pattern.source);
  return page.text("#toast");
}

/** Gives the clipboard to the test's page. */
export async function clipboard(page) {
  await page.context.overridePermissions(page.site.origin, ["clipboard-read", "clipboard-write", "clipboard-sanitized-write"]);
  return () => page.tab.evaluate(() => navigator.clipboard.readText());
}
