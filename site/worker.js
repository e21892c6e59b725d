// The worker: gets the compiled program from the page and runs it.
import { run } from "./program.js";

globalThis.satascope = { zstd: () => import("./fzstd.js") };

globalThis.onmessage = async ({ data: module }) => {
  globalThis.onmessage = null;
  globalThis.postMessage({ ended: await run(module) });
};
