// Every golden file, chosen in the page, gives the reference's log to the byte.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test from "node:test";
import { suite } from "./lib/browser.mjs";
import { inputs } from "./lib/golden.mjs";

const site = suite();

for (const { name, input, log } of [...inputs("events"), ...inputs("captures")]) {
  test(name, async (t) => {
    const page = await site.open(t);
    await page.choose(input);
    assert.equal(await page.state("done", "failed"), "done");
    const { bytes } = await page.download("#download-compatible");
    const want = await readFile(log);
    assert.ok(bytes.equals(want), `${want.length} bytes wanted, ${bytes.length} found`);
    assert.ok(page.requests.every((r) => r.method === "GET" && r.sent === 0), "nothing is sent");
  });
}
