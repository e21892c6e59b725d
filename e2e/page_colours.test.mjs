// Every text colour has enough contrast (WCAG AA, 4.5) on what it stands on,
// light and dark. Read from the stylesheet; no browser needed.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

const css = readFileSync(join(dirname(fileURLToPath(import.meta.url)), "..", "site", "base.css"), "utf8");
const colours = (block) => Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{3,6})\b/g)].map((m) => [m[1], m[2]]));
const themes = {
  light: colours(/:root \{([\s\S]*?)\n\}/.exec(css)[1]),
  dark: colours(/prefers-color-scheme: dark\) \{\s*:root \{([\s\S]*?)\n {2}\}/.exec(css)[1]),
};

/** Relative luminance. */
function luminance(hex) {
  const full = hex.length === 4 ? [...hex.slice(1)].map((c) => c + c).join("") : hex.slice(1);
  const [r, g, b] = [0, 2, 4].map((i) => Number.parseInt(full.slice(i, i + 2), 16) / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const rows = ["bg", "sel", "hover"];
const pairs = {
  ink: [...rows, "panel", "f1", "f2", "f3", "f4"], dim: [...rows, "panel"], faint: ["bg", "panel", "hover"],
  in: [...rows, "f1"], out: [...rows, "f1"], oob: [...rows, "f1"], bad: [...rows, "f1", "bad-bg"], warn: [...rows, "f1", "warn-bg", "panel"], // f1: what a filter found
  accent: ["bg", "panel"], "accent-ink": ["accent"],
};

for (const [name, theme] of Object.entries(themes)) {
  test(`${name}: texts can be read`, () => {
    for (const [text, grounds] of Object.entries(pairs)) {
      for (const ground of grounds) {
        const ratio = contrast(theme[text], theme[ground]);
        assert.ok(ratio >= 4.5, `--${text} on --${ground}: ${ratio.toFixed(2)}`);
      }
    }
  });
}
