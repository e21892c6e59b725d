// What every engine must do: open, filter, keyboard, inspect, download, come
// back. The same tests run in Chromium, Firefox and WebKit: $ENGINES says in
// which (./build.sh engines: in all).
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { promisify } from "node:util";
import { openFile, response, writeLarge } from "./capture.mjs";
import { ENGINES, engine } from "./lib/engines.mjs";
import { golden } from "./lib/golden.mjs";

const story = golden("captures", "devkit_story.pcapng.gz");
const folder = await mkdtemp(join(tmpdir(), "satascope-engines-test-"));
after(() => rm(folder, { recursive: true, force: true }));

/** What the command line writes for a file. */
async function commandLine(...args) {
  const options = { encoding: "buffer", maxBuffer: 1 << 30 };
  const { stdout } = await promisify(execFile)(process.env.SATASCOPE, ["decode", ...args], options).catch((e) => e);
  return stdout;
}

const logOf = async (file) => (await readFile(file, "utf8")).trimEnd().split("\n");

/** Types a filter in place of the one that is there, and waits for its rows. */
async function filter(page, text) {
  await page.press("/");
  await page.press("Backspace"); // the key chose all of the text
  if (text) await page.type(text);
  await page.wait((text) => document.getElementById("filter").value === text && !/searching/.test(document.getElementById("filter-count").textContent) &&
    (text === "") === !/ of /.test(document.getElementById("filter-count").textContent), text);
  await page.press("Enter"); // back to the rows
}

for (const name of ENGINES) {
  describe(name, () => {
    const site = engine(name);
    const opened = async (t, file, options) => {
      const page = await site.open(t, options);
      await page.choose(file);
      await page.state("done");
      await page.rows();
      return page;
    };
    const example = async (t, options) => {
      const page = await site.open(t, options);
      await page.click("#example");
      await page.state("done");
      await page.rows();
      return page;
    };

    test("a chosen file: rows as in the log, and both downloads as the command line writes them", async (t) => {
      const file = golden("captures", "trouble.pcap");
      const page = await opened(t, file);
      const [first] = await page.rows();
      assert.equal(first.text, (await logOf(`${file}.log`))[0]);
      const log = await page.download("#download-log");
      assert.equal(log.name, "trouble.pcap.log");
      assert.ok(log.bytes.equals(await commandLine(file)));
      const compatible = await page.download("#download-compatible");
      assert.equal(compatible.name, "trouble.pcap.compatible.log");
      assert.ok(compatible.bytes.equals(await readFile(`${file}.log`)));
    });

    for (const [what, input, log] of [
      ["gzip", golden("captures", "zipped.pcap.gz"), golden("captures", "zipped.pcap.gz.log")],
      ["zstd", golden("captures", "zstd.pcap.zst"), golden("captures", "zstd.pcap.zst.log")],
      ["pcapng", golden("captures", "large_files.pcapng"), golden("captures", "large_files.pcapng.log")],
      ["an event file", golden("events", "boot.jsonl"), golden("events", "boot.log")],
      ["a hex dump", golden("exports", "both_directions.hexdump.txt"), golden("exports", "conversation.log")],
    ]) {
      test(`${what} gives the compatible log, to the byte`, async (t) => {
        const page = await opened(t, input);
        assert.ok((await page.download("#download-compatible")).bytes.equals(await readFile(log)));
      });
    }

    test("files are dropped", async (t) => {
      const page = await site.open(t);
      const bytes = (await readFile(golden("captures", "ipv6.pcap"))).toString("base64");
      const prevented = await page.evaluate((bytes) => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], "dropped.pcap"));
        return ["dragover", "drop"].map((type) => !document.querySelector("footer").dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true })));
      }, bytes);
      assert.deepEqual(prevented, [true, true], "the browser must not open the file itself");
      await page.state("done");
      assert.equal(await page.text("#name"), "dropped.pcap");
      await page.rows();
    });

    test("frames are pasted", async (t) => {
      const page = await site.open(t);
      await page.click("#paste-start");
      await page.wait(() => document.activeElement.id === "paste-text");
      const put = (text) => page.evaluate((text) => {
        const e = document.getElementById("paste-text");
        e.value = text;
        e.dispatchEvent(new Event("input"));
      }, text);
      await put(Buffer.concat([openFile("/vol/b.xml"), response(0, 13)]).toString("hex"));
      await page.wait(() => /2 messages/.test(document.getElementById("paste-said").textContent) && document.documentElement.dataset.state === "done");
      assert.deepEqual((await page.rows()).slice(-2).map((r) => r.text), ["->OpenFile     {path=/vol/b.xml,mode=r}", "<-       FDRES {response=Success (13)}"]);
    });

    test("the filter, typed: rows, count, what is downloaded; a mistake is said", async (t) => {
      const page = await example(t);
      const all = await page.count();
      const lines = await logOf(`${story}.log`);
      await filter(page, "op:OpenFile path:*/config/*");
      const left = await page.rows();
      assert.ok(left.length > 2 && left.length < 30);
      assert.equal(await page.count(), left.length);
      assert.equal(await page.text("#filter-count"), `${left.length} of ${all}`);
      const { bytes } = await page.download("#download-log");
      assert.deepEqual(bytes.toString().trimEnd().split("\n"), left.map((r) => lines[r.number - 1]));
      await page.screenshot("engines-filter");
      await page.press("/");
      await page.press("Backspace");
      await page.type("op:OpenFle");
      await page.wait(() => document.getElementById("filter").getAttribute("aria-invalid") === "true" && document.querySelector("#filter-mirror .mistake")?.textContent === "OpenFle");
      assert.deepEqual(await page.evaluate(() => {
        const { textDecorationLine: line, textDecorationStyle: style } = getComputedStyle(document.querySelector("#filter-mirror .mistake"));
        return [line, style];
      }), ["underline", "wavy"]);
      // Esc: the ways to go on, the filter, then back to the rows.
      for (let i = 0; i < 4 && (await page.evaluate(() => document.activeElement.id)) !== "log"; i++) await page.press("Escape");
      await page.wait((n) => Number(document.getElementById("log").getAttribute("aria-rowcount")) === n && document.activeElement.id === "log", all);
    });

    test("a filter is completed by key", async (t) => {
      const page = await example(t);
      await page.press("/");
      await page.type("op:que");
      await page.wait(() => document.querySelector("#filter-list [role=option] b")?.textContent === "QueryPath");
      await page.press("ArrowDown");
      await page.press("Tab");
      assert.equal(await page.evaluate(() => document.getElementById("filter").value), "op:QueryPath ");
      await page.wait(() => document.getElementById("filter-count").textContent.startsWith("20 of"));
    });

    test("the keyboard moves through the log, and tells where it is", async (t) => {
      const page = await opened(t, golden("captures", "plain.pcap"));
      const count = await page.count();
      const at = async () => {
        await page.rows();
        return page.evaluate(() => {
          const log = document.getElementById("log"), row = document.getElementById(log.getAttribute("aria-activedescendant"));
          const r = row?.getBoundingClientRect(), g = log.getBoundingClientRect();
          return row && r.top >= g.top - 1 && r.bottom <= g.bottom + 1 ? Number(row.getAttribute("aria-rowindex")) : `out of view: ${row}`;
        });
      };
      for (const [key, want] of [["j", 1], ["ArrowDown", 2], [".", 3], [",", 2], ["k", 1], ["End", count], ["ArrowUp", count - 1], ["Home", 1], ["]", 2], ["[", 1]]) {
        await page.press(key);
        assert.equal(await at(), want, key);
      }
      await page.press("PageDown");
      assert.ok((await at()) > 20);
      await page.press("PageUp");
      assert.equal(await at(), 1);
      await page.press("?");
      assert.equal(await page.evaluate(() => document.getElementById("keys").open), true);
      await page.press("Escape");
      await page.wait(() => !document.getElementById("keys").open);
      await page.press("g");
      await page.wait(() => document.getElementById("goto").open);
      await page.type("100");
      await page.press("Enter");
      await page.wait(() => document.querySelector("#rows .sel .n")?.textContent === "100");
      await page.press("e");
      await page.wait(() => document.getElementById("log").getAttribute("aria-colcount") === "8");
      await page.press("l");
      await page.wait(() => document.getElementById("log").getAttribute("aria-colcount") === "5");
    });

    test("Ctrl+F finds in all rows", async (t) => {
      const page = await example(t);
      await page.press("f", "Control");
      await page.wait(() => document.activeElement.id === "find-text");
      await page.type("slot0.sav");
      const found = (await logOf(`${story}.log`)).filter((l) => /slot0\.sav/i.test(l)).length;
      await page.wait((n) => document.getElementById("find-count").textContent === `1 of ${n} rows`, found);
      await page.press("Escape");
      assert.match((await page.selected()).text, /slot0\.sav/);
    });

    test("the mouse selects; the inspector shows fields and bytes, linked, and saves a read's data", async (t) => {
      const page = await example(t);
      await filter(page, '"file_size=357,packet_len=4132"');
      await page.rows();
      await page.click("#rows > [aria-rowindex='1']");
      await page.wait(() => document.querySelectorAll("#fields [role=treeitem]").length === 6 && document.querySelectorAll("#hex-rows > *").length > 5);
      assert.match((await page.selected()).text, /packet_len=4132/);
      assert.equal(await page.evaluate(() => document.querySelector("#hex-rows > [role=row]").children[1].textContent), "c4 00 24 02 e8 ef 24 02  00 00 00 00 00 00 00 00");
      const lines = await page.evaluate(() => [...document.querySelectorAll("#hex-legend span")].map((e) => getComputedStyle(e)).map((s) => `${s.textDecorationLine} ${s.textDecorationStyle} ${s.textDecorationColor}`));
      assert.equal(new Set(lines).size, 4, `what bytes are is told by more than colour: ${lines}`);
      assert.equal(await page.text("#why-title"), "Why is it 4,132 bytes long?");
      await page.evaluate(() => [...document.querySelectorAll("#fields [role=treeitem]")].find((e) => e.textContent.includes("file length")).setAttribute("data-test", ""));
      await page.click("#fields [data-test] .fn");
      await page.wait(() => [...document.querySelectorAll("#hex-rows .xh .picked")].map((e) => e.textContent).join() === "00 00 01 65");
      await page.screenshot("engines-inspector");
      const saved = await page.download("#data-save");
      assert.equal(saved.name, "system.xml");
      assert.equal(saved.bytes.length, 357);
      assert.match(saved.bytes.toString(), /^<\?xml version/);
      await page.click("#tab-state");
      await page.wait(() => /system\.xml/.test(document.getElementById("panel-state").textContent));
      await page.click("#tab-packets");
      await page.wait(() => document.querySelectorAll("#panel-packets tbody tr").length === 3);
    });

    test("rows are chosen by dragging and copied", async (t) => {
      const page = await example(t);
      const from = await page.middle("#rows > :nth-child(5)");
      const to = await page.middle("#rows > :nth-child(9)");
      await page.drag(from, to);
      await page.wait(() => document.querySelectorAll("#rows .pick").length === 5);
      const places = await page.evaluate(() => [...document.querySelectorAll("#rows .pick")].map((r) => Number(r.getAttribute("aria-rowindex"))));
      await page.press("c", "Control");
      await page.wait(() => /copied/.test(document.getElementById("toast").textContent));
      // Into the page again, as a person would.
      await page.press("v");
      await page.wait(() => document.activeElement.id === "paste-text");
      await page.paste();
      const log = await logOf(`${story}.log`);
      const lines = places.map((p) => log[p - 1]);
      await page.wait((text) => document.getElementById("paste-text").value.trimEnd() === text, lines.join("\n"));
    });

    for (const bars of [false, true]) {
      test(`columns' heads stand over their values, with ${bars ? "scroll bars that take room" : "the engine's own scroll bars"}`, async (t) => {
        const page = await example(t, { bars });
        const room = await page.evaluate(() => document.getElementById("log").offsetWidth - document.getElementById("log").clientWidth);
        if (bars) assert.ok(room > 0, "a scroll bar takes room");
        for (const [view, columns] of [["l", 5], ["e", 8]]) {
          for (const text of ["", "path:*/system.xml"]) { // more rows than fit, and fewer
            await filter(page, text);
            await page.press(view);
            await page.wait((columns) => document.querySelector("#rows > :last-child")?.children.length === columns, columns);
            await page.rows();
            const [heads, values] = await page.evaluate(() => ["#columns .r", "#rows > :first-child"].map((s) => [...document.querySelector(s).children].map((c) => {
              const { left, right } = c.getBoundingClientRect();
              return `${c.className.split(" ")[0]} ${left.toFixed(1)} to ${right.toFixed(1)}`;
            })));
            assert.equal(heads.length, columns);
            assert.deepEqual(heads, values, `${view} ${text}`);
            await page.screenshot(`engines-columns-${view}${text ? "-few" : ""}${bars ? "-bars" : ""}`);
          }
        }
      });
    }

    test("reload and Back come to the same place", async (t) => {
      const page = await example(t);
      await filter(page, "op:ReadFile");
      await new Promise((r) => setTimeout(r, 2100)); // a later change is an entry of its own
      await page.press("e");
      await page.wait(() => /view=exchanges/.test(location.hash));
      await page.press("j");
      await page.press("j");
      const { number } = await page.selected();
      await page.wait((n) => location.hash.endsWith(`row=${n}`), number);
      const there = await page.evaluate(() => location.href);
      await page.reload();
      await page.state("done");
      await page.wait(() => document.querySelector("#rows .sel") !== null);
      assert.equal((await page.selected()).number, number);
      assert.equal(await page.evaluate(() => document.getElementById("filter").value), "op:ReadFile");
      assert.equal(await page.evaluate(() => location.href), there);
      await page.tab.back();
      await page.wait(() => document.getElementById("log").getAttribute("aria-colcount") === "5");
      assert.equal(await page.evaluate(() => document.getElementById("filter").value), "op:ReadFile");
      assert.equal(await page.evaluate(() => document.documentElement.dataset.state), "done", "the file is still open");
    });

    test("a chosen file's place waits for the file", async (t) => {
      const page = await opened(t, golden("captures", "plain.pcap"));
      await filter(page, "kind:response");
      await page.press("End");
      const { number } = await page.selected();
      await page.wait((n) => location.hash.endsWith(`row=${n}`), number);
      await page.reload();
      await page.state("empty");
      assert.match(await page.text("#notice-text"), /Choose the same file again/);
      await page.choose(golden("captures", "plain.pcap"));
      await page.state("done");
      await page.wait(() => document.querySelector("#rows .sel") !== null);
      assert.equal((await page.selected()).number, number);
    });

    test("a damaged file says what is wrong, and keeps what came before", async (t) => {
      const page = await site.open(t);
      await page.choose(golden("README.md"));
      await page.state("failed");
      assert.match(await page.text("#error"), /found text that begins/);
      await page.choose(golden("captures", "vlan.pcap"));
      await page.state("done");
      assert.equal(await page.text("#error"), "");
    });

    test("a million rows: from end to end, by key, wheel and scroll bar", async (t) => {
      const million = 1_000_000;
      const file = join(folder, "million.pcap");
      writeLarge(file, million);
      const page = await opened(t, file);
      assert.equal(await page.count(), million);
      await page.press("End");
      await page.wait((n) => Number(document.querySelector("#rows .sel")?.getAttribute("aria-rowindex")) === n, million);
      assert.equal((await page.rows()).at(-1).place, million);
      await page.evaluate(() => (document.getElementById("log").scrollTop = document.getElementById("log").scrollHeight / 2));
      await page.wait(() => Math.abs(Number(document.querySelector("#rows > *").getAttribute("aria-rowindex")) - 500_000) < 2000);
      const [before] = await page.rows();
      await page.wheel(await page.middle("#log"), 440);
      await page.wait((n) => Number(document.querySelector("#rows > *").getAttribute("aria-rowindex")) > n, before.place);
      const moved = (await page.rows())[0].place - before.place;
      assert.ok(moved > 3 && moved < 200, `the wheel moves by what it says, not ${moved} rows`);
      await page.press("Home");
      await page.wait(() => document.querySelector("#rows .sel")?.getAttribute("aria-rowindex") === "1");
      await filter(page, "result:failure");
      assert.ok((await page.count()) > 1000);
    });

    for (const dark of [false, true]) {
      test(`a ${dark ? "dark" : "light"} system, wide and narrow`, async (t) => {
        for (const width of [1440, 390]) {
          const page = await site.open(t, { dark, viewport: { width, height: 844 } });
          await page.screenshot(`engines-start-${width}-${dark ? "dark" : "light"}`);
          await page.click("#example");
          await page.state("done");
          await page.rows();
          await page.click("#rows > [aria-rowindex='4']");
          await page.wait(() => document.querySelectorAll("#fields [role=treeitem]").length > 3);
          const brightness = await page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0) / 3);
          assert.ok(dark ? brightness < 80 : brightness > 200, `${brightness}`);
          assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing runs out of the page");
          await page.screenshot(`engines-log-${width}-${dark ? "dark" : "light"}`);
        }
      });
    }
  });
}
