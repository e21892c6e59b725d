// The page: compiles the program once, runs it, and lets it start its worker.
import { run } from "./program.js";
import { keptTheme, theme } from "./theme.js";

keptTheme();

const address = (name) => new URL(name, import.meta.url).href;
const worker = address("worker.js");
const keeper = new URL("sw.js", document.baseURI).href;

// Where the browser demands trusted types, this policy makes the two addresses
// that scripts are loaded from, whatever it is asked for.
const policy = globalThis.trustedTypes?.createPolicy("satascope", { createScriptURL: (which) => (which === "keeper" ? keeper : worker) });

async function compile() {
  const program = address("app.wasm");
  try {
    return await WebAssembly.compileStreaming(fetch(program));
  } catch (e) {
    // A server that does not know the type of .wasm files.
    const response = await fetch(program);
    if (!response.ok) throw new Error(`the program could not be loaded (${response.status} ${response.statusText})`, { cause: e });
    return WebAssembly.compile(await response.arrayBuffer());
  }
}

/** Shows that the program does not run (any more). Nothing else can, then. */
function fail(why) {
  console.error(why);
  const error = document.getElementById("error");
  error.textContent = `Satascope stopped: ${why}. Reload the page to go on; nothing of your file was sent or changed.`;
  document.getElementById("problem").hidden = false;
  document.documentElement.dataset.state = "failed";
}

const satascope = { theme, startWorker: null, keepOffline: null, dropped: null, ready: false };
globalThis.satascope = satascope;

// Until the program runs, a file that is dropped must not replace the page.
document.addEventListener("dragover", (e) => e.preventDefault());
document.addEventListener("drop", (e) => {
  e.preventDefault();
  if (!satascope.ready) satascope.dropped = [...e.dataTransfer.files];
});

try {
  if (!globalThis.WebAssembly) throw new Error("this browser has no WebAssembly");
  const module = await compile();
  satascope.startWorker = () => {
    const w = new Worker(policy ? policy.createScriptURL("") : worker, { type: "module", name: "decoder" });
    w.postMessage(module);
    return w;
  };
  satascope.keepOffline = () => navigator.serviceWorker.register(policy ? policy.createScriptURL("keeper") : keeper, { updateViaCache: "none" });
  fail(await run(module));
} catch (e) {
  fail(e.message ?? String(e));
}
