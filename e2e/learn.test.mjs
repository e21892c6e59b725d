// What the page teaches with: the frame builder, the tour, the state machine, the
// quiz, by click and by key.
import assert from "node:assert/strict";
import test from "node:test";
import { PATIENCE, suite } from "./lib/browser.mjs";

const site = suite();

/** Opens one of the menu's entries. */
async function learn(page, what) {
  await page.tab.click("#learn-open");
  await page.tab.click(`#learn-${what}`);
}

/** Puts a text into an input as if it were typed. */
const type = (page, selector, text) =>
  page.tab.$eval(selector, (e, text) => {
    e.focus();
    e.value = text;
    e.dispatchEvent(new Event("input", { bubbles: true }));
    e.blur();
  }, text);

const builder = (page) =>
  page.tab.evaluate(() => ({
    bytes: document.getElementById("builder-bytes").value,
    problem: document.getElementById("builder-problem").checkVisibility() ? document.getElementById("builder-problem").textContent : "",
    log: [...document.querySelectorAll("#builder-log span")].map((e) => e.textContent),
    chain: [...document.querySelectorAll("#builder-chain button")].map((e) => e.textContent),
    fields: [...document.querySelectorAll("#builder-fields .field")].map((e) => ({ name: e.querySelector("label").textContent, value: e.querySelector("input").value, changed: e.classList.contains("changed") })),
    hash: location.hash,
  }));

const example = async (page) => {
  await page.tab.click("#example");
  await page.state("done");
  await page.tab.waitForSelector("#rows [role=row]", { timeout: PATIENCE });
};

test("the builder makes every request and response: fields to bytes and back", async (t) => {
  const page = await site.open(t);
  await learn(page, "builder");
  const commands = await page.tab.$$eval("#builder-add option", (all) => all.map((o) => [o.value, o.textContent]));
  assert.equal(commands.length, 18);
  for (const [code, name] of commands) {
    while ((await builder(page)).chain.length) await page.tab.$eval("#builder-remove", (e) => e.click());
    await page.tab.select("#builder-add", code);
    for (const add of ["#builder-add-request", "#builder-add-response"]) {
      await page.tab.$eval(add, (e) => e.click());
      const before = await builder(page);
      assert.equal(before.problem, "", `${name}: what is new parses`);
      assert.ok(before.fields.length > 1 && before.bytes.length > 100, name);
      // Every field written as it is changes nothing.
      const same = await page.tab.evaluate(() => {
        const bytes = document.getElementById("builder-bytes").value;
        for (let i = 0; i < document.querySelectorAll("#builder-fields .field").length; i++) {
          const input = document.getElementById(`builder-field-${i}`);
          input.focus();
          input.dispatchEvent(new Event("input", { bubbles: true }));
          input.blur();
          if (document.getElementById("builder-bytes").value !== bytes) return input.value;
        }
        return "";
      });
      assert.equal(same, "", `${name}: fields to bytes`);
      // The packet id becomes another, in the bytes too, and back by the bytes.
      const n = before.fields.findIndex((f) => f.name === "packet id" || f.name === "packet_id");
      if (n < 0) {
        assert.ok(name === "ReadFile" && add.endsWith("response"), `${name}: only a read's answer has no header`);
        continue;
      }
      await type(page, `#builder-field-${n}`, "0x01020304");
      const changed = await builder(page);
      assert.equal(changed.bytes.replaceAll(/\s/g, "").slice(8, 16), "01020304", name);
      assert.equal(changed.fields[n].changed, true, name);
      assert.match(await page.text("#builder-diff-legend"), /^packet id, was 00 00 00 00: 0x04 to 0x07$/, "what is other is lit in the bytes, too");
      await type(page, "#builder-bytes", before.bytes);
      const after = await builder(page);
      assert.deepEqual({ ...after, hash: "" }, { ...before, hash: "" }, `${name}: bytes to fields`);
    }
    const { chain, log } = await builder(page);
    assert.deepEqual(chain, [`→ ${name}`, `← to ${name}`]);
    assert.equal(log.filter((l) => l.startsWith("->")).length, 1, `${name}: ${log}`);
    assert.equal(log.filter((l) => l.startsWith("<-")).length, 1, `${name}: ${log}`);
    if (name !== "GetFilePosition") assert.ok(log.every((l) => !/Unknown +\{data/.test(l)), `${name}: ${log}`);
  }
});

test("the builder says what is wrong, mends it, and copies as code", async (t) => {
  const page = await site.open(t, { viewport: { width: 390, height: 800 } });
  await learn(page, "builder");
  const before = await builder(page);
  await type(page, "#builder-bytes", before.bytes.trim().slice(0, -3));
  assert.match((await builder(page)).problem, /does not parse.*expected/s);
  await page.tab.click("#builder-fit");
  assert.equal((await builder(page)).bytes, before.bytes);
  await page.tab.$eval("#builder-bytes", (e) => {
    e.focus();
    e.value = "00 0g";
    e.dispatchEvent(new Event("input", { bubbles: true }));
  });
  assert.match(await page.text("#builder-bytes-note"), /expected/i);
  await page.tab.$eval("#builder-bytes", (e) => e.blur());
  assert.equal((await builder(page)).bytes, before.bytes, "what can't be read changes nothing");
  for (const [n, text] of [["0", /^00 00/], ["1", /static const uint8_t frame\[/], ["2", /var frame = \[\]byte\{/], ["3", /pub const FRAME: \[u8; /]]) {
    await page.tab.select("#builder-code-as", n);
    assert.match(await page.text("#builder-code"), text);
  }
  assert.ok(await page.tab.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "it fits a phone");
  await page.screenshot("learn-builder-narrow");
  await page.tab.keyboard.press("Escape");
  assert.equal(await page.tab.$eval("#builder", (e) => e.open), false);
  assert.equal(await page.tab.evaluate(() => location.hash), "", "the address is as it was");
});

test("an example of the reference opens in the builder, and a reload keeps what was changed", async (t) => {
  const page = await site.open(t, { path: "/reference/writefile.html", ready: false });
  const link = await page.tab.$eval(".example a.change", (a) => a.href);
  const tab = page.tab;
  await tab.goto(link);
  await tab.waitForSelector("#builder[open]", { timeout: PATIENCE });
  const { chain, log } = await builder(page);
  assert.ok(chain.some((c) => c.includes("WriteFile")), chain.join());
  assert.ok(log.some((l) => l.startsWith("->WriteFile")), log.join());
  const n = (await builder(page)).fields.findIndex((f) => f.name.startsWith("packet"));
  await type(page, `#builder-field-${n}`, "77");
  await tab.waitForFunction((old) => location.href !== old, {}, link);
  await page.screenshot("learn-builder");
  await tab.reload();
  await tab.waitForSelector("#builder[open]", { timeout: PATIENCE });
  assert.equal((await builder(page)).fields[n].value, "77");
});

test("an example of the reference opens in the inspector, at its row, and stays after a reload", async (t) => {
  const page = await site.open(t, { path: "/reference/readfile.html", ready: false });
  const { tab } = page;
  const [link, line] = await tab.$eval(".example", (e) => [e.querySelector("a.open").href, e.querySelector(".message .line").textContent]);
  await tab.goto(link);
  for (let n = 0; n < 2; n++) {
    await page.state("done");
    await tab.waitForFunction((line) => document.getElementById("message-text").textContent === line, { timeout: PATIENCE }, line);
    assert.match(line, /path=\/.*system\.xml/, "what opened the descriptor is there, too");
    assert.equal(await tab.$$eval("#rows .r", (all) => all.length), 4);
    assert.match(await page.text("#counts"), /4 messages/);
    await tab.reload();
  }
  // One whose bytes are too many for a link opens in the bundled capture.
  await tab.goto(page.site.origin + "/reference/readfile.html");
  const [large, request] = await tab.$$eval(".example", (all) => all.map((e) => [e.querySelector("a.open").href, e.querySelector(".message .line").textContent]).find(([link]) => link.includes("#open=")));
  await tab.goto(large);
  await page.state("done");
  await tab.waitForFunction((line) => document.getElementById("message-text").textContent === line, { timeout: PATIENCE }, request);
});

test("each line says where it is explained, and is taken into the frame builder from its menu", async (t) => {
  const page = await site.open(t);
  const { tab } = page;
  await example(page);
  await tab.keyboard.press("Home");
  await tab.waitForSelector("#message-about a.more");
  assert.equal(await tab.$eval("#message-about a.more", (a) => a.getAttribute("href")), "reference/ping.html#line");
  await tab.keyboard.press("ArrowDown");
  await tab.waitForFunction(() => document.querySelector("#message-about a.more")?.getAttribute("href") === "reference/log.html#pong");
  await tab.click("#rows .sel", { button: "right" });
  await tab.waitForSelector("#menu .item");
  const items = await tab.$$eval("#menu .item", (all) => all.map((e) => e.textContent));
  assert.ok(items.includes("What is this line?"), items.join());
  await tab.evaluate(() => [...document.querySelectorAll("#menu button")].find((e) => e.textContent.startsWith("Change it in the frame builder")).click());
  await tab.waitForFunction(() => document.getElementById("builder-said").textContent.startsWith("This is the exchange of row 2"));
  assert.equal(await tab.$eval("#builder-chain [aria-current]", (e) => e.textContent), "← to Ping", "the row itself is the frame that is edited");

  // What is built opens as a capture.
  await type(page, "#builder-field-8", "0xcafe0001");
  await tab.click("#builder-show");
  await page.state("done");
  await tab.waitForFunction(() => document.getElementById("name").textContent === "frames of a link");
  await tab.waitForFunction(() => document.querySelectorAll("#rows .r").length === 2 && /ffio_enabled=true,combined_send_recv_enabled=false/.test(document.getElementById("rows").textContent));
  assert.match(await tab.evaluate(() => location.hash), /^#exchange=q/);
});

test("a link whose frames can't be read says so", async (t) => {
  const page = await site.open(t, { path: "/#frames=q00,xyz" });
  assert.match(await page.text("#error"), /frames of this link can’t|can't be read: .*expected/);
});

test("a row of the capture is taken into the builder", async (t) => {
  const page = await site.open(t);
  await example(page);
  await page.tab.keyboard.press("Home");
  await learn(page, "builder");
  await page.tab.waitForSelector("#builder-take:not(:disabled)", { timeout: PATIENCE });
  await page.tab.click("#builder-take");
  await page.tab.waitForFunction(() => document.getElementById("builder-said").textContent.startsWith("This is the exchange"));
  const { chain, log } = await builder(page);
  assert.deepEqual(chain, ["→ Ping", "← to Ping"]);
  assert.match(log[1], /^<- +PONG \{ffio_enabled=true/);

  // A ReadFile that asks for less: its answer is too long for it now.
  await page.tab.$eval("#builder-close", (e) => e.click());
  await page.tab.focus("#log");
  for (let n = 0; n < 12; n++) await page.tab.keyboard.press("ArrowDown");
  await learn(page, "builder");
  await page.tab.waitForFunction(() => document.getElementById("builder-take").textContent.startsWith("Take row 13 "));
  await page.tab.click("#builder-take");
  await page.tab.waitForFunction(() => document.getElementById("builder-said").textContent.startsWith("This is the exchange of row 13"));
  const shown = () => page.tab.$eval("#builder-exchange", (e) => e.checkVisibility());
  assert.equal(await shown(), false);
  const size = (await builder(page)).fields.findIndex((f) => f.name === "block size");
  await type(page, `#builder-field-${size}`, "100");
  assert.match(await page.text("#builder-exchange"), /^The answer does not fit its request: it has 4,132 bytes, and should have 136\. /);
  await page.tab.$eval(`#builder-field-${size}`, (e) => e.scrollIntoView({ block: "center" }));
  assert.ok(await page.tab.$eval("#builder-log", (e) => e.getBoundingClientRect().top > 0 && e.getBoundingClientRect().bottom < innerHeight), "what changes in the log is in sight");
});

/** What the tour shows. */
const tour = (page) =>
  page.tab.evaluate(() => ({
    place: document.getElementById("tour-place").textContent, text: document.getElementById("tour-text").textContent,
    line: document.getElementById("tour-line").textContent, lack: document.getElementById("tour-lack").checkVisibility(),
    asks: document.querySelector("#tour-question form") !== null && document.getElementById("tour-question").checkVisibility(),
    selected: document.querySelector("#rows .sel .m")?.textContent ?? "",
    focus: document.activeElement?.id ?? "",
  }));

/** Presses Tab until an element has the keyboard. */
async function tabTo(tab, id) {
  for (let n = 0; n < 40 && (await tab.evaluate(() => document.activeElement.id)) !== id; n++) await tab.keyboard.press("Tab");
  assert.equal(await tab.evaluate(() => document.activeElement.id), id, "is reached by Tab");
}

test("the tour goes from start to end by keyboard, and is remembered", async (t) => {
  const page = await site.open(t);
  const { tab } = page;
  await tab.focus("#tour-start");
  await tab.keyboard.press("Enter");
  await page.state("done");
  const chapters = new Set();
  let hints = 0, last = "";
  for (let n = 0; n < 200; n++) {
    await tab.waitForFunction((last) => {
      const now = document.getElementById("tour-place").textContent;
      return now && now !== last;
    }, { timeout: PATIENCE }, last);
    const now = await tour(page);
    last = now.place;
    if (last === "The end") break;
    chapters.add(/Chapter (\d+)/.exec(last)[1]);
    assert.equal(now.lack, false, `${last}: the example has it`);
    assert.ok(now.text.length > 20, last);
    await tab.waitForFunction((line) => document.querySelector("#rows .sel .m")?.textContent.startsWith(line.slice(0, 30)), { timeout: PATIENCE }, now.line);
    if (n === 1) await page.screenshot("learn-tour");
    assert.ok(now.asks, `${last} asks`);
    // To "Tell me" or an answer: the keyboard stands on the question.
    assert.ok(await tab.evaluate(() => document.activeElement.closest("#tour-question") !== null), last);
    if (await tab.$("#tour-question input[type=radio]")) await tab.keyboard.press("Space");
    else await tab.keyboard.type("1");
    await tab.keyboard.press("Enter");
    await tab.waitForSelector("#tour-question .verdict b");
    if ((await page.text("#tour-question .verdict")).startsWith("Not yet")) {
      // A hint, and the keyboard is where one tries again.
      hints++;
      assert.match(await page.text("#tour-question .verdict"), /^Not yet\. .{15,} Try again, or let it be told\.$/s, last);
      assert.ok(await tab.evaluate(() => document.activeElement.closest("#tour-question") !== null && document.documentElement.classList.contains("asking")), last);
      if (hints === 1) await page.screenshot("learn-tour-hint");
      if (await tab.$("#tour-question input[type=radio]")) await tab.keyboard.press("ArrowDown");
      else await tab.keyboard.type("2"); // over the answer before, which is selected
      await tab.keyboard.press("Enter");
    }
    await tab.waitForFunction(() => document.activeElement.id === "tour-next");
    assert.match(await page.text("#tour-question .verdict"), /^(Right|Not quite)\. It is (?!.*\.\. )/s);
    if (/^Chapter 3 of 10, step 3 /.test(last)) assert.ok((await tab.$$("#tour-question .hexbox button")).length >= 0x38, "a byte that is asked for can be chosen");
    if (n === 0) await page.screenshot("learn-tour-question");
    if (n === 3) {
      await tab.keyboard.down("Shift");
      await tab.keyboard.press("Tab");
      await tab.keyboard.up("Shift");
      await tab.keyboard.press("Enter"); // Back
      await tab.waitForFunction((last) => document.getElementById("tour-place").textContent !== last, {}, last);
      await tabTo(tab, "tour-next");
      last = await page.text("#tour-place");
      await tab.keyboard.press("Enter");
      continue;
    }
    await tabTo(tab, "tour-next");
    await tab.keyboard.press("Enter");
  }
  assert.equal(last, "The end");
  assert.equal(chapters.size, 10);
  assert.ok(hints >= 10, `${hints} hints`);
  await tab.reload();
  await tab.waitForFunction(() => globalThis.satascope?.ready);
  const names = await tab.$$eval("#tour-chapter option", (all) => all.map((o) => o.textContent));
  assert.ok(names.length === 10 && names.every((n) => n.endsWith("✓")), names.join());
});

test("a link begins the tour, and one goes on where one left", async (t) => {
  const page = await site.open(t, { path: "/#tour" });
  const { tab } = page;
  await page.state("done");
  const at = (place) => tab.waitForFunction((place) => document.getElementById("tour-place").textContent.startsWith(place), { timeout: PATIENCE }, place);
  await at("Chapter 1 of 10, step 1 ");
  for (let step = 2; step <= 6; step++) {
    await tab.click("#tour-next");
    await at(`Chapter 1 of 10, step ${step} `);
  }
  assert.equal(await tab.$eval("#tour-progress", (e) => e.value), 0);
  await tab.click("#tour-next");
  await at("Chapter 2 of 10, step 1 ");
  assert.equal(await tab.$eval("#tour-progress", (e) => e.value), 1);
  const first = await tab.$eval("#tour-chapter option", (o) => [o.textContent, o.ariaLabel]);
  assert.deepEqual(first, ["1. Hello •", "1. Hello, seen"], "its questions were passed over");
  await tab.goto("about:blank");
  await tab.goto(site.origin);
  await tab.waitForFunction(() => globalThis.satascope?.ready);
  assert.equal(await page.text("#tour-start"), "Go on with the tour: chapter 2");
  await tab.click("#tour-start");
  await at("Chapter 2 of 10, step 1 ");
});

test("of a single exchange the tour shows what there is, and says what a chapter takes", async (t) => {
  const page = await site.open(t, { path: "/reference/openfile.html", ready: false });
  const { tab } = page;
  await tab.goto(await tab.$eval(".example a.open", (a) => a.href));
  await page.state("done");
  await learn(page, "tour");
  const found = new Set(), lacks = new Set();
  let last = "";
  while (last !== "The end") {
    await tab.waitForFunction((last) => ![last, ""].includes(document.getElementById("tour-place").textContent), { timeout: PATIENCE }, last);
    last = await page.text("#tour-place");
    const chapter = /Chapter (\d+)/.exec(last)?.[1];
    if (!(await tour(page)).lack) found.add(chapter ?? "end");
    else {
      lacks.add(chapter);
      assert.match(await page.text("#tour-lack"), /no example of it: it takes a|no example of it: it takes two/);
      assert.ok(await tab.$eval("#tour-example", (e) => e.checkVisibility()), "the example is offered");
    }
    if (last !== "The end") await tab.click("#tour-next");
  }
  assert.deepEqual([...found], ["1", "2", "8", "end"]);
  assert.equal(lacks.size, 7);
});

test("the first question of the tour is in sight, all of it, with what answers it", async (t) => {
  const page = await site.open(t, { path: "/#tour", viewport: { width: 1440, height: 900 } });
  const { tab } = page;
  await page.state("done");
  await tab.waitForSelector("#tour-question form");
  /** Which of the question's parts something else lies over. */
  const covered = () => tab.$$eval("#tour-question :is(.prompt, input, button)", (all) => all.filter((e) => {
    const box = e.getBoundingClientRect();
    return ![box.top + 2, box.bottom - 2].every((y) => e.contains(document.elementFromPoint(box.left + 8, y)));
  }).map((e) => e.textContent || e.tagName));
  assert.deepEqual(await covered(), []);
  const gap = await tab.$eval("#tour-question .answer", (label) => {
    const words = document.createRange();
    words.selectNodeContents(label.firstChild);
    return label.querySelector("input").getBoundingClientRect().left - words.getBoundingClientRect().right;
  });
  assert.ok(gap >= 4, `${gap} px between the words and the field's focus ring`);
  // So is that of the step with the most above it.
  await tab.select("#tour-chapter", await tab.$eval("#tour-chapter", (e) => e.options[4].value));
  for (const step of [1, 2, 3]) {
    await tab.waitForFunction((n) => document.getElementById("tour-place").textContent.startsWith(`Chapter 5 of 10, step ${n} `), {}, step);
    await tab.waitForSelector("#tour-question form");
    assert.deepEqual(await covered(), [], `step ${step}`);
    if (step === 3) await page.screenshot("learn-tour-padding");
    else await tab.click("#tour-next");
  }
  await tab.setViewport({ width: 1280, height: 720 });
  await tab.$eval("#tour", (e) => (e.scrollTop = e.scrollHeight));
  assert.deepEqual(await covered(), [], "where there is less room, it comes by scrolling");
});

test("the tour and the state machine are open together where there is room, else one takes the other's place", async (t) => {
  const page = await site.open(t, { viewport: { width: 1440, height: 900 } });
  const { tab } = page;
  await example(page);
  const open = () => tab.evaluate(() => ["tour", "machine"].filter((id) => document.getElementById(id).checkVisibility()).join());
  const opens = (what) => tab.waitForFunction((id) => document.getElementById(id).checkVisibility(), { timeout: PATIENCE }, what);
  for (const [first, second] of [["tour", "machine"], ["machine", "tour"]]) {
    await learn(page, first);
    await opens(first);
    await learn(page, second);
    await opens(second);
    assert.equal(await open(), second);
    await tab.click(`#${second}-close`);
    await opens(first);
    assert.equal(await open(), first, "it comes back");
    await tab.click(`#${first}-close`);
    assert.equal(await open(), "", "and goes");
  }
  await tab.setViewport({ width: 1700, height: 900 });
  await learn(page, "tour");
  await opens("tour");
  await learn(page, "machine");
  await opens("machine");
  assert.equal(await open(), "tour,machine");
});

test("a diagnostic is no message to change", async (t) => {
  const page = await site.open(t);
  const { tab } = page;
  await example(page);
  await tab.focus("#log");
  for (let n = 0; n < 102; n++) await tab.keyboard.press("ArrowDown");
  await tab.waitForFunction(() => document.getElementById("message-head").textContent.startsWith("Row 102"));
  assert.match(await page.text("#why-text"), /server's rule.*nothing needs to be done: the rest of the conversation fits the 196708 bytes/s);
  assert.match(await tab.$eval("#why-text a", (a) => a.href), /reference\/diagnostics\.html#read-end$/);
  await learn(page, "builder");
  assert.deepEqual(await tab.$eval("#builder-take", (b) => [b.textContent, b.disabled]), ["Take the selected row", true]);
});

test("on a phone the tour has room: its text, its bytes and the way on are in sight", async (t) => {
  const page = await site.open(t, { viewport: { width: 390, height: 700, hasTouch: true, isMobile: true } });
  const { tab } = page;
  await tab.tap("#tour-start");
  await page.state("done");
  let last = "";
  for (let n = 0; n < 12; n++) {
    await tab.waitForFunction((last) => {
      const now = document.getElementById("tour-place").textContent;
      return now && now !== last && document.getElementById("tour").checkVisibility();
    }, { timeout: PATIENCE }, last);
    last = await page.text("#tour-place");
    const seen = await tab.evaluate(() => {
      const inSight = (id) => {
        const e = document.getElementById(id), box = e.getBoundingClientRect();
        const top = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height, 20) / 2);
        return box.bottom <= innerHeight && (e === top || e.contains(top));
      };
      const text = document.getElementById("tour-text");
      return { next: inSight("tour-next"), back: inSight("tour-back"), line: inSight("tour-line"), text: text.getBoundingClientRect().top < innerHeight * 0.75, wide: document.documentElement.scrollWidth };
    });
    assert.deepEqual(seen, { next: true, back: true, line: true, text: true, wide: 390 }, last);
    if (n === 0) await page.screenshot("learn-tour-phone");
    await tab.tap("#tour-next");
  }
  await tab.tap("#tour-close");
  assert.ok(await tab.$eval("#download-log", (e) => e.checkVisibility()), "without the tour all is as before");
});

test("what a question asks is not told before it is answered", async (t) => {
  const page = await site.open(t);
  const { tab } = page;
  await tab.click("#tour-start");
  await page.state("done");
  await tab.waitForSelector("#tour-question form", { timeout: PATIENCE });
  await tab.waitForFunction(() => document.getElementById("message-text").textContent.includes("->Ping"));
  assert.equal(await tab.$eval("#why", (e) => e.checkVisibility()), false);
  // A slip is told what it is right for, however often it is made; nothing else is told.
  for (let n = 0; n < 2; n++) {
    await tab.type("#tour-question .answer input", "20");
    await tab.keyboard.press("Enter");
    await tab.waitForFunction(() => /^Not yet\. That many follow the header\./.test(document.querySelector("#tour-question .verdict").textContent));
    assert.equal(await tab.$eval("#why", (e) => e.checkVisibility()), false);
    assert.ok(await tab.evaluate(() => document.querySelector("#tour-question .verdict").getBoundingClientRect().bottom <= document.getElementById("tour-next").getBoundingClientRect().top), "the hint is in sight");
  }
  await tab.keyboard.type("52"); // the answer before is selected
  await tab.keyboard.press("Enter");
  await tab.waitForFunction(() => document.getElementById("why").checkVisibility());
  assert.match(await page.text("#tour-question .verdict"), /^Right/);
});

test("the state machine says of a stream what the inspector says", async (t) => {
  const page = await site.open(t);
  const { tab } = page;
  await example(page);
  await learn(page, "machine");
  await tab.click("#tab-state");
  for (const row of [1, 2]) {
    await tab.waitForFunction((row) => document.getElementById("machine-about").textContent.startsWith(`Row ${row},`), {}, row);
    const setting = /fast file I\/O (not known yet|on|off|taken to be on|taken to be off)/i;
    await tab.waitForFunction((row) => row === 1 === /not known yet/.test(document.getElementById("panel-state").textContent), {}, row);
    const [drawn, told] = [await page.text("#machine-facts"), await page.text("#panel-state")].map((text) => setting.exec(text)?.[1]);
    assert.equal(drawn, told, `row ${row}`);
    await tab.click("#machine-next");
  }
});

test("the state machine follows the selection", async (t) => {
  const page = await site.open(t);
  const { tab } = page;
  await example(page);
  await tab.keyboard.press("Home");
  await learn(page, "machine");
  const now = () => tab.evaluate(() => ({ state: document.querySelector("#machine .now .name")?.textContent, arrow: document.querySelector("#machine text.lit")?.textContent, about: document.getElementById("machine-about").textContent }));
  await tab.waitForFunction(() => /^Row 1,/.test(document.getElementById("machine-about").textContent));
  assert.equal((await now()).state, "Greeting");
  await page.screenshot("learn-machine");
  await tab.click("#machine-next");
  await tab.waitForFunction(() => /^Row 2,/.test(document.getElementById("machine-about").textContent));
  assert.deepEqual([(await now()).state, (await now()).arrow], ["Quiet", "the last response00 00 00 00 at 0x20"], "the arrow names the bytes that caused it");
  assert.ok(await tab.$("#machine-legend li"), "the bytes that caused it are named");
  await tab.focus("#log");
  await tab.keyboard.press("ArrowDown");
  await tab.waitForFunction(() => /^Row 3,/.test(document.getElementById("machine-about").textContent));
  await tab.click("#machine-close");
  assert.equal(await tab.$eval("#machine", (e) => e.checkVisibility()), false);
});

test("on a phone the state machine shows where it stands", async (t) => {
  const page = await site.open(t, { viewport: { width: 390, height: 760 } });
  const { tab } = page;
  await example(page);
  await learn(page, "machine");
  for (const row of [1, 2, 3]) {
    await tab.waitForFunction((row) => document.getElementById("machine-about").textContent.startsWith(`Row ${row},`), { timeout: PATIENCE }, row);
    const seen = await tab.evaluate(() => {
      const inSight = (e) => {
        const box = e.getBoundingClientRect();
        const top = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
        return box.left >= 0 && box.right <= innerWidth && (e === top || e.contains(top));
      };
      return { state: inSight(document.querySelector("#machine .now rect")) || inSight(document.querySelector("#machine .now")), next: inSight(document.getElementById("machine-next")), about: inSight(document.getElementById("machine-about")), row: inSight(document.querySelector("#rows .sel")), wide: document.documentElement.scrollWidth };
    });
    assert.deepEqual(seen, { state: true, next: true, about: true, row: true, wide: 390 }, `row ${row}`);
    if (row === 1) await page.screenshot("learn-machine-phone");
    await tab.click("#machine-next");
  }
});

test("the quiz asks, judges and explains", async (t) => {
  const page = await site.open(t, { dark: true });
  const { tab } = page;
  await learn(page, "quiz"); // on the example, as nothing is open
  for (let n = 1; n <= 5; n++) {
    await tab.waitForSelector("#quiz .question", { timeout: PATIENCE });
    await tab.waitForFunction(() => !document.querySelector("#quiz .verdict b"));
    assert.ok((await page.text("#quiz .prompt")).length > 10);
    for (let attempt = 0; attempt < 2 && await tab.$eval("#quiz .question .primary", (e) => e.checkVisibility()); attempt++) {
      const radios = await tab.$$("#quiz input[type=radio]");
      if (radios.length) await radios[attempt].click();
      else await tab.$eval("#quiz .answer input", (e, text) => { e.value = text; }, ["0x34", "0x4321"][attempt]);
      await tab.click("#quiz .question .primary");
      await tab.waitForSelector("#quiz .verdict b");
      assert.match(await page.text("#quiz .verdict"), /^((Right|Not quite)\. It is .{10}|Not yet\. .{10}.*Try again)/s);
    }
    assert.match(await page.text("#quiz .verdict"), /^(Right|Not quite)\. It is .{10}/s);
    assert.match(await page.text("#quiz-score"), new RegExp(`^\\d of ${n} right\\.`));
    if (n === 1) await page.screenshot("learn-quiz");
    await tab.click("#quiz-next");
  }
  // About one thing alone, and never the same twice.
  const asked = new Set();
  for (const [topic, has] of [["byte", ".hexbox button"], ["log", "input[type=radio]"], ["answer", ".prompt"], ["byte", ".hexbox button"]]) {
    await tab.select("#quiz-topic", topic);
    await tab.waitForFunction((has, asked) => document.querySelector(`#quiz .question ${has}`) && !document.querySelector("#quiz .verdict b") && !asked.includes(document.querySelector("#quiz .question").textContent), { timeout: PATIENCE }, has, [...asked]);
    asked.add(await page.text("#quiz .question"));
  }
  const score = await page.text("#quiz-score");
  await tab.reload();
  await page.state("done");
  await learn(page, "quiz");
  await tab.waitForSelector("#quiz .question", { timeout: PATIENCE });
  assert.equal(await page.text("#quiz-score"), score, "the score is kept here");
});
