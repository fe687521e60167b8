// Keeps the app itself, so that it opens without signal. It keeps nothing else: no answer of the
// server that says anything of anybody goes into a cache.
const FILES = /*FILES*/[];
const VERSION = /*VERSION*/"";
const SHELL = "/app/";
const KEPT = [SHELL, ...FILES];
const OURS = "reachable-app-";
const CACHE = `${OURS}${VERSION}`;

self.addEventListener("install", (event) => {
  const fresh = KEPT.map((address) => new Request(address, { cache: "reload" }));
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(fresh))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name.startsWith(OURS) && name !== CACHE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  const wanted = request.mode === "navigate" && address.pathname === SHELL ? SHELL : address.pathname;
  if (!KEPT.includes(wanted)) return;
  event.respondWith(
    caches
      .open(CACHE)
      .then((cache) => cache.match(wanted))
      .then((kept) => kept ?? fetch(request)),
  );
});
