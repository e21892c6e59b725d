// Every golden file gives the reference's log to the byte: all are chosen in one
// page, each in the place of the one before.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import test from "node:test";
import { PATIENCE, suite } from "./lib/browser.mjs";
import { inputs } from "./lib/golden.mjs";

const site = suite();

test("golden files, one after the other", async (t) => {
  const page = await site.open(t);
  for (const { name, input, log } of [...inputs("events"), ...inputs("captures")]) {
    await t.test(name, async () => {
      await page.choose(input);
      await page.tab.waitForFunction((name) => document.getElementById("name").textContent === name, { timeout: PATIENCE }, basename(input));
      assert.equal(await page.state("done", "failed"), "done");
      const { bytes } = await page.download("#download-compatible");
      const want = await readFile(log);
      assert.ok(bytes.equals(want), `${want.length} bytes wanted, ${bytes.length} found`);
      assert.ok(page.requests.every((r) => r.method === "GET" && r.sent === 0), "nothing is sent");
    });
  }
});
