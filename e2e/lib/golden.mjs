// The golden files, and the log that each must give.
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of golden files. */
export const GOLDEN = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "testdata", "golden");

/** The path of a golden file. */
export const golden = (...parts) => join(GOLDEN, ...parts);

/**
 * All inputs of a folder with their compatible log.
 * @returns {{name: string, input: string, log: string}[]}
 */
export function inputs(folder) {
  const files = readdirSync(join(GOLDEN, folder));
  return files
    .filter((f) => !f.endsWith(".log"))
    .map((f) => ({ name: `${folder}/${f}`, input: golden(folder, f), log: golden(folder, files.includes(`${f}.log`) ? `${f}.log` : f.replace(/\.jsonl$/, ".log")) }));
}
