// Runs the compiled program, in the page or in the worker.
import "./wasm_exec.js";

/**
 * Runs the program until it ends, which it never should.
 * @param {WebAssembly.Module} module
 * @returns {Promise<string>} why it ended, in words
 */
export async function run(module) {
  const why = reasons();
  const go = new globalThis.Go();
  try {
    await go.run(await WebAssembly.instantiate(module, go.importObject));
  } catch (e) {
    return why() || String(e);
  }
  return why() || "it ended without a reason";
}

/**
 * Remembers what the Go runtime prints when it gives up, on the way to the
 * console.
 * @returns {() => string} the reason, "" while there is none
 */
function reasons() {
  const write = globalThis.fs.writeSync;
  const decoder = new TextDecoder();
  let reason = "";
  globalThis.fs.writeSync = (fd, bytes) => {
    if (!reason) {
      const line = decoder.decode(bytes).split("\n").find((l) => /^(panic|fatal error|runtime): /.test(l));
      reason = (line ?? "").slice(0, 300);
    }
    return write(fd, bytes);
  };
  return () => (/out of memory|cannot allocate/.test(reason) ? "there is not enough memory" : reason);
}
