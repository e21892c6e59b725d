// A capture with a million messages, and what happens when something goes wrong
// while it is decoded: the page stays alive, and says what happened.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after, before } from "node:test";
import { writeLarge } from "./capture.mjs";
import { suite } from "./lib/browser.mjs";
import { golden } from "./lib/golden.mjs";

const MILLION = 1_000_000;
const site = suite();
let folder, large;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "satascope-large-"));
  large = join(folder, "million.pcap");
  writeLarge(large, MILLION);
});
after(() => rm(folder, { recursive: true, force: true }));

const count = (page) => page.tab.$eval("#log", (e) => Number(e.getAttribute("aria-rowcount")));

/** The places of the first and the last row that is wholly in view, once they have their text. */
async function view(page) {
  await page.tab.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await page.tab.waitForFunction(() => {
    const all = [...document.querySelectorAll("#rows > [role=row]")];
    return all.length > 0 && all.every((r) => !["…", ""].includes(r.querySelector(".m").textContent));
  });
  return page.tab.$eval("#log", (log) => {
    const box = log.getBoundingClientRect();
    const all = [...log.querySelectorAll("[role=row]")].filter((r) => {
      const b = r.getBoundingClientRect();
      return b.top >= box.top - 1 && b.bottom <= box.bottom + 1;
    });
    return [Number(all[0].ariaRowIndex), Number(all.at(-1).ariaRowIndex)];
  });
}

const pause = (ms) => new Promise((r) => setTimeout(r, ms));

test("a million messages: rows while it decodes, then from end to end", async (t) => {
  const page = await site.open(t);
  await page.choose(large);
  await page.state("decoding");
  await page.tab.waitForFunction(() => document.querySelectorAll("#rows > [role=row]").length > 20);
  assert.equal(await page.tab.$eval("#decoding", (e) => e.checkVisibility()), true);
  await page.screenshot("decoding");
  await page.state("done");
  assert.equal(await count(page), MILLION);
  assert.ok(await page.tab.$$eval("#rows > *", (all) => all.length) < 100, "only the rows in view are elements");

  await page.tab.keyboard.press("End");
  assert.equal((await view(page))[1], MILLION);
  await page.tab.keyboard.press("Home");
  assert.equal((await view(page))[0], 1);

  // The scroll bar's thumb.
  await page.tab.$eval("#log", (e) => (e.scrollTop = e.scrollHeight));
  await pause(50);
  assert.equal((await view(page))[1], MILLION);
  await page.tab.$eval("#log", (e) => (e.scrollTop = e.scrollHeight / 2));
  await pause(50);
  const [middle] = await view(page);
  assert.ok(Math.abs(middle - MILLION / 2) < 2000, `${middle}`);

  // The wheel moves by what it says, also where the list is scaled.
  const box = await (await page.tab.$("#log")).boundingBox();
  await page.tab.mouse.move(box.x + 200, box.y + 200);
  const rowHeight = await page.tab.$eval("#rows > *", (e) => e.getBoundingClientRect().height);
  for (const direction of [1, -1]) {
    const [from] = await view(page);
    for (let i = 0; i < 10; i++) await page.tab.mouse.wheel({ deltaY: direction * 440 });
    await pause(600);
    const [to] = await view(page);
    assert.ok(Math.abs(to - from - (direction * 4400) / rowHeight) <= 2, `from ${from} to ${to}`);
  }

  // From one end to the other in 300 frames, and it is right where it stops.
  await page.tab.$eval("#log", (log) => new Promise((done) => {
    let i = 0;
    (function next() {
      log.scrollTop = (log.scrollHeight * i) / 300;
      if (i++ < 300) requestAnimationFrame(next);
      else done();
    })();
  }));
  assert.equal((await view(page))[1], MILLION);
  const number = await page.tab.$eval("#rows > :last-child > .n", (e) => e.textContent);
  assert.equal(number, "1,000,000");
  assert.ok(await page.tab.$eval("#rows > :last-child > .n", (e) => e.scrollWidth <= e.clientWidth), "the number is wholly there");

  const { bytes } = await page.download("#download-compatible");
  let lines = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++;
  assert.equal(lines, MILLION);
});

test("cancel works at once; what was decoded stays, and it can be decoded again", async (t) => {
  const page = await site.open(t);
  await page.choose(large);
  await page.tab.waitForFunction(() => Number(document.getElementById("log").getAttribute("aria-rowcount")) > 1000);
  const took = await page.tab.evaluate(() => new Promise((done) => {
    const start = performance.now();
    new MutationObserver(() => done(performance.now() - start)).observe(document.documentElement, { attributeFilter: ["data-state"] });
    document.getElementById("cancel").click();
  }));
  assert.ok(took < 1000, `${took} ms`);
  await page.state("failed");
  const rows = await count(page);
  assert.ok(rows > 1000 && rows < MILLION, `${rows}`);
  assert.match(await page.text("#error"), /^Stopped after .* of 170\.3 MB/);
  const { bytes } = await page.download("#download-log");
  assert.equal(bytes.toString("latin1").split("\n").length - 1, rows);
  await page.tab.keyboard.press("End");
  assert.equal((await view(page))[1], rows);
  await page.screenshot("cancelled");
  await page.tab.click("#offers button");
  await page.state("done");
  assert.equal(await count(page), MILLION);
});

test("another file takes the place of one that is being decoded", async (t) => {
  const page = await site.open(t);
  await page.choose(large);
  await page.tab.waitForFunction(() => Number(document.getElementById("log").getAttribute("aria-rowcount")) > 1000);
  await page.choose(golden("captures", "vlan.pcap"));
  await page.state("done");
  assert.equal(await page.text("#name"), "vlan.pcap");
  assert.ok((await count(page)) < 1000);
  assert.equal((await view(page))[0], 1);
  await pause(200);
  assert.ok((await count(page)) < 1000, "nothing comes from the other file any more");
});

test("a worker that ends is told, and the next file gets another one", async (t) => {
  const page = await site.open(t, { expects: /./ });
  await page.choose(golden("captures", "vlan.pcap"));
  await page.state("done");
  // The program can't go on when what it calls is not there.
  await page.tab.workers()[0].evaluate(() => void (globalThis.Array = null));
  await page.tab.keyboard.press("j");
  await page.state("failed");
  assert.match(await page.text("#error"), /^The decoder stopped: .*What it had decoded is gone/);
  assert.equal(await page.tab.$eval("#download-log", (e) => e.disabled), true);
  await page.choose(golden("captures", "vlan.pcap"));
  await page.state("done");
  assert.equal(await page.text("#error"), "");
  await view(page);
});

test("a worker that hangs is ended", async (t) => {
  const page = await site.open(t, { expects: /./ });
  await page.choose(large);
  await page.tab.waitForFunction(() => Number(document.getElementById("log").getAttribute("aria-rowcount")) > 1000);
  page.tab.workers()[0].evaluate(() => { for (;;); }).catch(() => {}); // ends with the worker, or with the browser's patience
  await page.tab.keyboard.press("Escape");
  await page.state("failed");
  assert.match(await page.text("#error"), /did not answer/);
});

test("a page whose program ends says so", async (t) => {
  const page = await site.open(t, { expects: /./ });
  await page.choose(golden("captures", "vlan.pcap"));
  await page.state("done");
  await view(page);
  await page.tab.evaluate(() => void (globalThis.requestAnimationFrame = null));
  for (let i = 0; i < 3; i++) await page.tab.keyboard.press("j");
  await page.state("failed");
  assert.match(await page.text("#error"), /^Satascope stopped: panic: .*Reload the page/);
});
