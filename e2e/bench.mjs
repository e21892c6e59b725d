// How the page does with a million rows: the longest frames while one scrolls,
// types a filter, steps and inspects, how long answers take, and the memory that
// it needs. Prints tables; nothing here fails, for a busy machine is no fault.
//
// usage: node e2e/bench.mjs [--rounds N] [--rows N]    ($SATASCOPE and $CHROMIUM name the programs; ./build.sh bench does)
import { readFileSync } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import puppeteer from "puppeteer-core";
import { writeLarge } from "./capture.mjs";
import { FLAGS } from "./lib/browser.mjs";
import { serve } from "./lib/server.mjs";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" }, rows: { type: "string", default: "1000000" } } });
const ROUNDS = Number(values.rounds), ROWS = Number(values.rows);

/** What a frame may take, and what an answer: as the issues of the project say, in milliseconds. */
const FRAME = 50, FIRST_RESULTS = 100, STATE = 50;

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const sorted = (list) => [...list].sort((a, b) => a - b);
const median = (list) => sorted(list)[(list.length - 1) >> 1];
const worst = (list) => Math.max(...list);
const ms = (n) => n.toFixed(1).padStart(7);

const folder = await mkdtemp(join(tmpdir(), "satascope-bench-"));
const file = join(folder, "rows.pcap");
writeLarge(file, ROWS);
const server = await serve();
const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM, headless: true, args: FLAGS, ignoreDefaultArgs: ["--hide-scrollbars"], protocolTimeout: 300_000 });
try {
  await run();
} finally {
  await browser.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

async function run() {
  const tab = await browser.newPage();
  await tab.setViewport({ width: 1440, height: 900 });
  await tab.goto(`${server.origin}/`, { waitUntil: "load" });
  await tab.waitForFunction(() => globalThis.satascope?.ready);
  const empty = await memory();
  await tab.evaluate(record);

  const { size } = await stat(file);
  const decoding = await during(tab, async () => {
    await (await tab.$("#file")).uploadFile(file);
    await tab.waitForFunction(() => ["done", "failed"].includes(document.documentElement.dataset.state), { timeout: 300_000 });
  });
  const took = decoding.ms;
  await pause(1000);
  console.log(`${ROWS.toLocaleString("en")} rows of ${(size / 1e6).toFixed(1)} MB decoded in ${(took / 1000).toFixed(2)} s, ${(size / 1e6 / (took / 1000)).toFixed(0)} MB/s\n`);

  console.log(`Frames: the longest of a run, of ${ROUNDS} runs (no more than ${FRAME} ms is wanted)`);
  console.log("                                        median    worst   frames over     longest task   of the processor");
  print("nothing happens", await rounds(tab, () => pause(1000)));
  print("while it decodes (one run)", [decoding]);
  for (const [what, act] of scenarios(tab)) {
    await act(); // once before, so that code is compiled and rows are there
    print(what, await rounds(tab, act));
  }

  console.log("\nAnswers: from the event to what is drawn, of many");
  console.log("                                        median      90%    worst    wanted");
  await answers(tab);

  console.log("\nMemory of the page's process (page and worker)");
  const full = await memory();
  console.log(`${"before a file".padEnd(36)}${empty}\n${"with the file, after all this".padEnd(36)}${full}`);
}

/** What is measured while something is done, in the page: started and ended by during. */
function record() {
  const bench = { gaps: [], tasks: [], on: false };
  globalThis.bench = bench;
  new PerformanceObserver((list) => bench.on && bench.tasks.push(...list.getEntries().map((e) => e.duration))).observe({ type: "longtask" });
  bench.start = () => {
    bench.gaps = [];
    bench.tasks = [];
    bench.on = true;
    let last = performance.now();
    requestAnimationFrame(function next() {
      const now = performance.now();
      bench.gaps.push(now - last);
      last = now;
      if (bench.on) requestAnimationFrame(next);
    });
  };
  bench.stop = () => new Promise((done) => requestAnimationFrame(() => setTimeout(() => {
    bench.on = false;
    done({ gaps: bench.gaps, tasks: bench.tasks });
  })));
}

async function during(tab, act) {
  await tab.tracing.start({ categories: ["-*", "toplevel", "__metadata"] });
  await tab.evaluate(() => globalThis.bench.start());
  const start = performance.now();
  await act();
  const took = performance.now() - start;
  const seen = await tab.evaluate(() => globalThis.bench.stop());
  return { ms: took, ...seen, work: longest(JSON.parse(Buffer.from(await tab.tracing.stop()).toString()).traceEvents) };
}

/**
 * The longest task of the page's thread by the time that the processor spent on
 * it, in milliseconds: what other programs take from it is not in there.
 */
function longest(events) {
  const mains = new Set(events.filter((e) => e.name === "thread_name" && e.args.name === "CrRendererMain").map((e) => `${e.pid} ${e.tid}`));
  return events.reduce((most, e) => (e.name === "ThreadControllerImpl::RunTask" && e.tdur > most * 1000 && mains.has(`${e.pid} ${e.tid}`) ? e.tdur / 1000 : most), 0);
}

async function rounds(tab, act) {
  const all = [];
  for (let i = 0; i < ROUNDS; i++) {
    all.push(await during(tab, act));
    await pause(300);
  }
  return all;
}

function print(what, runs) {
  const longest = runs.map((r) => worst(r.gaps));
  const over = runs.reduce((n, r) => n + r.gaps.filter((g) => g > FRAME).length, 0), frames = runs.reduce((n, r) => n + r.gaps.length, 0);
  const task = worst([0, ...runs.flatMap((r) => r.tasks)]);
  console.log(`${what.padEnd(38)}${ms(median(longest))}  ${ms(worst(longest))}   ${`${over} of ${frames}`.padStart(11)}   ${(task ? ms(task) : "under 50").padStart(14)}   ${ms(worst(runs.map((r) => r.work))).padStart(16)}`);
}

/** What a person does, each with the browser's own input. */
function scenarios(tab) {
  const { keyboard, mouse } = tab;
  const press = async (key, times, every = 16) => {
    for (let i = 0; i < times; i++) {
      await keyboard.press(key);
      await pause(every);
    }
  };
  const bar = () => tab.$eval("#log", (e) => {
    const b = e.getBoundingClientRect();
    return { x: b.x + e.clientWidth + (b.width - e.clientWidth) / 2, top: b.top + 8, bottom: b.bottom - 8, middle: b.x + 200 };
  });
  const filter = async (text) => {
    await keyboard.press("/");
    await keyboard.press("Backspace");
    await tab.type("#filter", text, { delay: 40 });
    await pause(400);
    await keyboard.press("Enter");
  };
  return [
    ["wheel", async () => {
      const { middle, top } = await bar();
      await mouse.move(middle, top + 100);
      for (let i = 0; i < 60; i++) {
        await mouse.wheel({ deltaY: i < 30 ? 500 : -500 });
        await pause(16);
      }
    }],
    ["drag of the scroll bar, end to end", async () => {
      const { x, top, bottom } = await bar();
      await tab.$eval("#log", (e) => (e.scrollTop = 0));
      await mouse.move(x, top);
      await mouse.down();
      for (let i = 1; i <= 60; i++) {
        await mouse.move(x, top + ((bottom - top) * i) / 60);
        await pause(16);
      }
      await mouse.up();
    }],
    ["End, Home", async () => {
      await tab.focus("#log");
      for (let i = 0; i < 5; i++) {
        await press("End", 1, 120);
        await press("Home", 1, 120);
      }
    }],
    ["Page Down, held", async () => {
      await tab.focus("#log");
      await press("PageDown", 60);
    }],
    ["a filter is typed: operation, path", async () => {
      await filter("op:StatFile path:*10010a*");
      await filter("");
    }],
    ["a filter is typed: free text", async () => {
      await filter('"perms=666" -stream:1');
      await filter("");
    }],
    ["inspect by arrow key, held", async () => {
      await tab.click("#tab-message");
      await tab.focus("#log");
      await keyboard.press("Home");
      await press("ArrowDown", 60);
    }],
    ["step by ., the state open, at the end", async () => {
      await tab.click("#tab-state");
      await tab.focus("#log");
      await keyboard.press("End");
      await press("PageUp", 4);
      await press(".", 60);
    }],
    ["the list of exchanges, sorted", async () => {
      await keyboard.press("e");
      await pause(200);
      await tab.click("#columns .l button");
      await pause(400);
      await keyboard.press("l");
      await pause(200);
    }],
  ];
}

/** The times of answers. */
async function answers(tab) {
  const show = (what, times, wanted) => {
    const s = sorted(times);
    console.log(`${what.padEnd(38)}${ms(median(s))}  ${ms(s[Math.floor(s.length * 0.9)])}  ${ms(s.at(-1))}   ${wanted ? `under ${wanted}` : ""}`);
  };
  await tab.keyboard.press("l");
  const filters = ["op:StatFile", "op:OpenFile path:*1001a*", "result:failure", '"perms=666"', "latency:>100us", "-op:StatFile", "no:900000..", "path:nothing-has-this"];
  for (const [what, texts] of [["filter: first rows", filters.slice(0, -1)], ["filter: nothing matches", filters.slice(-1)]]) {
    const times = [];
    for (let i = 0; i < ROUNDS; i++) {
      for (const text of texts) {
        times.push(await tab.evaluate(firstRows, text));
        await tab.evaluate(firstRows, "");
      }
    }
    show(what, times, what.includes("first") ? FIRST_RESULTS : 0);
  }
  await tab.click("#tab-message");
  show("a row anywhere: its fields", await tab.evaluate(jumps, 40, "message"), STATE);
  await tab.click("#tab-state");
  show("a row anywhere: the state there", await tab.evaluate(jumps, 40, "state"), STATE);
}

/** From an input to the first rows of the filter, or its count when there are none; with "", until all rows are back. */
function firstRows(text) {
  const field = document.getElementById("filter"), log = document.getElementById("log"), said = document.getElementById("filter-count");
  const before = said.textContent;
  field.value = text;
  const start = performance.now();
  field.dispatchEvent(new Event("input", { bubbles: true }));
  return new Promise((done) => {
    (function look() {
      const rows = [...document.querySelectorAll("#rows > [role=row]")];
      const drawn = rows.every((r) => r.querySelector(".n").textContent !== "" && r.querySelector(".m").textContent !== "…");
      if (said.textContent !== before && drawn && (rows.length > 0 || (log.getAttribute("aria-rowcount") === "0" && !/searching/.test(said.textContent)))) done(performance.now() - start);
      else requestAnimationFrame(look);
    })();
  }).then(async (time) => {
    while (/searching/.test(said.textContent)) await new Promise((r) => setTimeout(r, 20));
    await new Promise((r) => setTimeout(r, 100));
    return time;
  });
}

/** From clicks on rows anywhere to their fields, or the state there. */
async function jumps(n, what) {
  const log = document.getElementById("log"), times = [];
  const frames = (n) => new Promise((done) => (function next() { n-- ? requestAnimationFrame(next) : done(); })());
  for (let i = 0; i < n; i++) {
    log.scrollTop = (log.scrollHeight * ((i * 0.618) % 1)) | 0;
    let row;
    do {
      await frames(3);
      row = document.querySelectorAll("#rows > [role=row]")[5 + (i % 10)];
    } while (row.classList.contains("sel") || row.querySelector(".n").textContent === "" || row.querySelector(".m").textContent === "…");
    const number = row.querySelector(".n").textContent, box = row.getBoundingClientRect();
    const there = what === "message"
      ? () => document.getElementById("message-about").textContent.startsWith(`Row ${number}`) && document.getElementById("message").getAttribute("aria-label").includes(`row ${number},`)
      : () => document.querySelector("#panel-state h2")?.textContent === `After row ${number}`;
    const start = performance.now();
    row.dispatchEvent(new MouseEvent("click", { bubbles: true, clientX: box.x + 100, clientY: box.y + box.height / 2 }));
    const end = start + 3000;
    while (!there() && performance.now() < end) await new Promise((r) => { const c = new MessageChannel(); c.port1.onmessage = r; c.port2.postMessage(0); });
    times.push(performance.now() - start);
  }
  return times;
}

/** What the process of the page has in memory, in words; the page's own heap where the process can't be looked at. */
async function memory() {
  const session = await browser.target().createCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const sizes = processInfo.filter((p) => p.type === "renderer").map((p) => {
    try {
      const status = readFileSync(`/proc/${p.id}/status`, "utf8");
      const read = (name) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)[1]) / 1024;
      return { now: read("VmRSS"), peak: read("VmHWM") };
    } catch {
      return { now: NaN, peak: NaN };
    }
  });
  const most = sizes.sort((a, b) => b.now - a.now)[0];
  return most && !Number.isNaN(most.now) ? `${most.now.toFixed(0)} MiB, at most ${most.peak.toFixed(0)} MiB until now` : "only known on Linux";
}
