// The door without a network: keeps every file of one version, and answers from what it keeps. The server renders this;
// each new version is a new script, which the browser installs beside the old one.

const CACHE = "i24-door-{{ version }}";
const ADDRESSES = {{ addresses_json }};
const [PAGE] = ADDRESSES;
const KEPT = new Set(ADDRESSES);
const API = `${PAGE}api/`;

/** All or nothing: when one file cannot be had, the old version stays. */
async function install() {
  const cache = await caches.open(CACHE);
  await cache.addAll(ADDRESSES.map((address) => new Request(address, { cache: "reload" })));
}

/** The files of older versions go; what was read lies in IndexedDB and stays. */
async function activate() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("i24-door-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function kept(address, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(address)) ?? (await fetch(request)); // the browser may have thrown the files away
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));

// A new version takes over only when the page says so: nothing changes under the hands of those who scan.
self.addEventListener("message", (event) => {
  if (event.data?.type === "update") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin || pathname.startsWith(API)) return;
  const address = request.mode === "navigate" && pathname === PAGE ? PAGE : pathname + search;
  if (KEPT.has(address)) event.respondWith(kept(address, request));
});
