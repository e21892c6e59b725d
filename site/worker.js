// The worker: gets the compiled program from the page and runs it.
import { run } from "./program.js";

// What is loaded only when a file asks for it.
globalThis.satascope = {
  zstd: () => import("./fzstd.js"),
  sha256: async () => {
    await import("./sha256.js"); // which exports nothing
    return globalThis.hashwasm.createSHA256();
  },
};

globalThis.onmessage = async ({ data: module }) => {
  globalThis.onmessage = null;
  globalThis.postMessage({ ended: await run(module) });
};
