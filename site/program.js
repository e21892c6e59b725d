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
 * Remembers what the Go runtime prints, piece by piece, when it gives up.
 * @returns {() => string} the reason, "" while there is none
 */
function reasons() {
  const write = globalThis.fs.writeSync;
  const decoder = new TextDecoder();
  let said = "";
  globalThis.fs.writeSync = (fd, bytes) => {
    said = (said + decoder.decode(bytes, { stream: true })).slice(-8000);
    return write(fd, bytes);
  };
  return () => {
    const reason = /^(?:panic|fatal error|runtime): .*/m.exec(said)?.[0] ?? "";
    return /out of memory|cannot allocate/.test(said) ? "there is not enough memory" : reason.slice(0, 300);
  };
}
