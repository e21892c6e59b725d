// Takes docs/screenshot.png, the picture in the README: the example, decoded.
// SATASCOPE=.build/satascope CHROMIUM=$(which chromium) node e2e/picture.mjs
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";
import { FLAGS } from "./lib/browser.mjs";
import { serve } from "./lib/server.mjs";

const server = await serve();
const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM, headless: true, args: FLAGS });
try {
  const page = await browser.newPage();
  await page.setViewport({ width: 1440, height: 810, deviceScaleFactor: 1 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: "light" }]);
  await page.goto(server.origin);
  await page.waitForSelector("#example:enabled");
  await page.click("#example");
  await page.waitForFunction(() => document.documentElement.dataset.state === "done");
  await page.waitForSelector("#log [aria-rowindex]");
  await page.focus("#log");
  for (let i = 0; i < 9; i++) await page.keyboard.press("ArrowDown");
  await new Promise((resolve) => setTimeout(resolve, 500));
  await page.screenshot({ path: fileURLToPath(new URL("../docs/screenshot.png", import.meta.url)) });
} finally {
  await browser.close();
  await server.stop();
}
