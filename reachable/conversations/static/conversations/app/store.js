/**
 * What lies on the device. Nothing here is legible: `sealed` opens with the PIN's key, `outbox`
 * on the server only, `keys` and `device` say nothing of a child or a worker.
 */
import { deleteDB, openDB } from "../../vendor/idb.js";

const NAME = "reachable";
const STORES = ["keys", "device", "sealed", "outbox"];

/** Thrown where another window wrote meanwhile: nothing was written over. */
export class WrittenElsewhere extends Error {}

/** Thrown when the phone has no room left for a word. */
export class StorageFull extends Error {}

/** @type {Promise<import("idb").IDBPDatabase> | null} */
let opened = null;

function database() {
  opened ??= openDB(NAME, 1, {
    upgrade(db) {
      for (const name of STORES) db.createObjectStore(name, { keyPath: "id" });
    },
    // Another window removes everything: do not stand in its way.
    blocking() {
      void close();
    },
  });
  return opened;
}

async function close() {
  const closing = opened;
  opened = null;
  (await closing)?.close();
}

/** Only writing makes a database: what was removed does not come back by being asked for. */
const isThere = async () =>
  opened !== null ||
  !indexedDB.databases ||
  (await indexedDB.databases()).some((each) => each.name === NAME);

/** @param {string} store @param {string} id */
export const get = async (store, id) =>
  (await isThere()) ? (await database()).get(store, id) : undefined;

/** @param {string} store */
export const all = async (store) => ((await isThere()) ? (await database()).getAll(store) : []);

/**
 * @typedef {{put?: any, remove?: string, clear?: boolean, in: string, after?: string}} Change
 * Make all changes or none. They are on the disk when this returns, not only in memory: a phone
 * may be at its last per cent. A change that names what it comes `after`, by the start of the
 * envelope before, is made only if nobody wrote in between.
 * @param {Change[]} changes
 */
export async function write(...changes) {
  const db = await database();
  const stores = [...new Set(changes.map((change) => change.in))];
  const transaction = db.transaction(stores, "readwrite", { durability: "strict" });
  try {
    for (const { in: store, put, remove, after } of changes) {
      if (after === undefined) continue;
      const there = await transaction.objectStore(store).get(put?.id ?? remove);
      if ((there?.envelope.iv ?? "") !== after) throw new WrittenElsewhere();
    }
    const asked = changes.map((change) => {
      const store = transaction.objectStore(change.in);
      if (change.clear) return store.clear();
      if (change.remove !== undefined) return store.delete(change.remove);
      return store.put(change.put);
    });
    await Promise.all([...asked, transaction.done]);
  } catch (error) {
    // The promise of the transaction fails as well, and nobody else waits for it.
    transaction.done.catch(() => undefined);
    if (error instanceof WrittenElsewhere) transaction.abort();
    if (/quota/i.test(`${error?.name} ${transaction.error?.name}`)) throw new StorageFull();
    throw error;
  }
}

/** Remove all that was kept here for somebody. */
export async function removeDatabase() {
  await close();
  await deleteDB(NAME);
}

/** Remove everything that this app keeps on the device, itself included. */
export async function removeAll() {
  await removeDatabase();
  for (const name of await caches.keys()) await caches.delete(name);
  for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
}

/** Ask once that the browser does not clear it when room is short. */
export const persist = async () => navigator.storage?.persist?.().catch(() => false);
