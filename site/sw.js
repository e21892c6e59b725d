// Keeps the whole site in the browser, so that the second visit works without a
// network. A new version is fetched beside the old one, whole, and takes over
// when the page says so or when no page of the old one is open any more.
//
// The build fills in every file of the site and what it holds: [name, the first
// letters of its SHA-256].
const FILES = [];

const scope = new URL("./", globalThis.location).href;
const root = new URL(scope).pathname;
const known = new Map(FILES);
const prefix = `satascope ${scope} `;

/** Under what a file is kept: its content is part of the address. */
const key = (file) => `${scope}${file}?${known.get(file)}`;

/** The cache's name tells versions apart. */
async function cacheName() {
  return prefix + (await digest(new TextEncoder().encode(JSON.stringify(FILES))));
}

async function digest(bytes) {
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(sum, (b) => b.toString(16).padStart(2, "0")).join("").slice(0, 16);
}

/** Fetches what this version has and the ones before had not. */
async function install() {
  const cache = await caches.open(await cacheName());
  await Promise.all(FILES.map(async ([file, hash]) => {
    const kept = await caches.match(key(file));
    if (kept) return cache.put(key(file), kept);
    // A folder by its own address: some hosts redirect from its index.html.
    const response = await fetch(new URL(file.replace(/(^|\/)index\.html$/, "$1") || "./", scope), { cache: "no-cache" });
    const body = await response.arrayBuffer();
    if (!response.ok || (await digest(body)) !== hash) throw new Error(`${file} is not of this version; it is tried again later`);
    // Made anew: one that came by a redirect can't answer for a page.
    return cache.put(key(file), new Response(body, { headers: response.headers }));
  }));
}

async function activate() {
  const name = await cacheName();
  for (const other of await caches.keys()) {
    if (other.startsWith(prefix) && other !== name) await caches.delete(other);
  }
  await globalThis.clients.claim();
}

/** The file that an address means, undefined when it is not the site's. */
function fileOf(url) {
  if (!url.href.startsWith(scope)) return undefined;
  const path = decodeURIComponent(url.pathname.slice(root.length));
  const names = path === "" || path.endsWith("/") ? [`${path}index.html`] : [path, `${path}.html`];
  return names.find((name) => known.has(name));
}

async function answer(request, file) {
  return (await caches.match(key(file))) ?? fetch(request);
}

addEventListener("install", (e) => e.waitUntil(install()));
addEventListener("activate", (e) => e.waitUntil(activate()));
addEventListener("message", (e) => {
  if (e.data === "take over") globalThis.skipWaiting();
});
addEventListener("fetch", (e) => {
  const { request } = e;
  // The API, other methods and parts of files are the network's.
  if (request.method !== "GET" || request.headers.has("Range")) return;
  const file = fileOf(new URL(request.url));
  if (file !== undefined) e.respondWith(answer(request, file));
});
