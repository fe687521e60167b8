// Keeps the app itself, so that it opens without signal, and sends what is sealed when there is
// signal again, though the app is closed. It keeps no answer of the server, and opens nothing: it
// reads what only sends, and what only the server can open.
const FILES = /*FILES*/[];
const VERSION = /*VERSION*/"";
const SHELL = "/app/";
const KEPT = [SHELL, ...FILES];
const OURS = "reachable-app-";
const CACHE = `${OURS}${VERSION}`;
const SEND = "reachable-send";

// A newer version waits beside the one that is open, until whoever works with that one chooses it.
self.addEventListener("install", (event) => {
  const fresh = KEPT.map((address) => new Request(address, { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)));
});

self.addEventListener("message", (event) => {
  if (event.data === "take over") event.waitUntil(self.skipWaiting());
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

// The same lock as the open app’s: what is sent is sent by one of the two. A failure is thrown, and
// the browser tries again later.
self.addEventListener("sync", (event) => {
  if (event.tag === SEND) event.waitUntil(self.navigator.locks.request(SEND, sendAll));
});

async function sendAll() {
  const db = await database();
  if (!db) return;
  try {
    for (const device of await done(db.transaction("device").objectStore("device").getAll())) {
      const items = await done(db.transaction("outbox").objectStore("outbox").getAll());
      // As the app sends them: a version after the one that it was written on.
      items.sort((one, other) => (one.number ?? 0) - (other.number ?? 0));
      for (const item of items) {
        if (item.device === device.id && item.state === "ready") await send(db, device, item);
      }
    }
  } finally {
    db.close();
  }
  for (const each of await self.clients.matchAll()) each.postMessage(SEND);
}

/** One by one: what the server cannot keep stops no other. That, what it has something to say about,
 * and being emptied from afar, are left to the app, which can say so: what is sent twice is kept once. */
async function send(db, device, item) {
  const response = await fetch("/app/send/", {
    method: "POST",
    headers: {
      Accept: "application/json",
      "Content-Type": "application/json",
      Authorization: `Device ${device.id}:${device.secret}`,
    },
    body: JSON.stringify({ device_now: new Date().toISOString(), items: [{ id: item.id, envelope: item.envelope }] }),
    cache: "no-store",
    credentials: "omit",
    redirect: "error",
  });
  if (response.status >= 500 || response.status === 429) throw new Error("not now");
  // A page of the café’s network is no answer of ours.
  if (!response.headers.get("Content-Type")?.includes("application/json")) throw new Error("no signal");
  const { results = [] } = await response.json();
  const result = results.find((each) => each.id === item.id);
  if (!result || result.state === "refused" || result.beside || result.said?.length) return;
  const removing = db.transaction("outbox", "readwrite");
  await done(removing.objectStore("outbox").delete(item.id));
}

/** The app’s own database, or nothing where there is none: asking must not make one. */
async function database() {
  const asked = indexedDB.open("reachable");
  asked.onupgradeneeded = () => asked.transaction.abort();
  try {
    const db = await done(asked);
    // The app may want to remove it.
    db.onversionchange = () => db.close();
    return db;
  } catch {
    return null;
  }
}

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
