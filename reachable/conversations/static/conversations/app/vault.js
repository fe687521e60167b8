/** The key of this device: made with a PIN, opened by it, dropped when locked, ended for good. */
import { seal, unseal, unwrapKey, wrapNewKey } from "./crypto.js";
import * as clock from "./clock.js";
import * as half from "./half.js";
import * as store from "./store.js";

export const TRIES = 5;
export const SHORTEST_PIN = 6;
const KEY = "key";
const READ = "read";

/** @type {CryptoKey | null} */
let key = null;
/** Wrong PINs since the app was started, for a phone too full to note them. */
let tried = 0;

export const isOpen = () => key !== null;

/** @param {string} pin @param {string} validUntil
 * @param {string} readSecret what fetches the day: it lies under the key, unlike what only sends */
export async function make(pin, validUntil, readSecret) {
  const other = await half.make();
  const wrapped = await wrapNewKey(pin, other);
  await half.keep(other);
  const record = { id: KEY, ...wrapped, validUntil: Date.parse(validUntil), wrong: 0, ...clock.kept() };
  await store.write({ in: "sealed", clear: true }, { in: "keys", put: record });
  key = await unwrapKey(pin, other, record);
  await store.write(await sealed(READ, { secret: readSecret }));
}

/** @returns {Promise<string>} */
export const readSecret = async () => (await read(READ))?.secret ?? "";

/** Is there a key still? Another window may have ended it. */
export const isThere = async () => Boolean(await store.get("keys", KEY));

/** Is there a key that a PIN opens, or has its time come? @returns {Promise<"none" | "over" | "there">} */
export async function state() {
  const record = await store.get("keys", KEY);
  if (!record) return "none";
  if (!key) clock.resume(record);
  return clock.now() >= record.validUntil || !(await half.read()) ? "over" : "there";
}

/** @param {string} pin @returns {Promise<{open: boolean, left: number}>} */
export async function open(pin) {
  const record = await store.get("keys", KEY);
  const other = await half.read();
  if (!record || !other) return { open: false, left: 0 };
  // Counted before it is tried, so that ending the app in the middle does not give a try more.
  tried += 1;
  const wrong = Math.max(record.wrong + 1, tried);
  await unlessFull(store.write({ in: "keys", put: { ...record, wrong } }));
  const found = await unwrapKey(pin, other, record);
  if (!found) return { open: false, left: TRIES - wrong };
  tried = 0;
  await unlessFull(store.write({ in: "keys", put: { ...record, wrong: 0, ...clock.kept() } }));
  key = found;
  return { open: true, left: TRIES };
}

/** A full phone still opens: the words on it are the ones that must not be out of reach.
 * @param {Promise<void>} writing */
async function unlessFull(writing) {
  try {
    await writing;
  } catch (error) {
    if (!(error instanceof store.StorageFull)) throw error;
  }
}

export function lock() {
  key = null;
}

/** @param {string} validUntil */
export async function extend(validUntil) {
  const record = await store.get("keys", KEY);
  const until = Date.parse(validUntil);
  if (!record || Number.isNaN(until)) return;
  await store.write({ in: "keys", put: { ...record, validUntil: until, ...clock.kept() } });
}

/** Under what a moment lies here. @param {string} id */
export const momentKey = (id) => `moment:${id}`;

/**
 * The encrypted record, to be written together with others. What lies open beside it says when it
 * is to go, or with which other record: that is done while nobody can open it.
 * @param {string} id @param {unknown} value @param {{until?: number, of?: string}} [open]
 */
export async function sealed(id, value, open = {}) {
  if (!key) throw new Error("locked");
  return { in: "sealed", put: { ...(await seal(key, id, value)), ...open } };
}

/** Has the end of anything come that is kept here? */
export const hasEnded = async () => (await store.all("sealed")).some((record) => record.until <= clock.now());

/** The moments that lie here. @returns {Promise<string[]>} */
export const moments = async () =>
  (await store.all("sealed")).map(({ id }) => id).filter((id) => id.startsWith(momentKey(""))).map((id) => id.slice(momentKey("").length));

/** The server says that these are not this worker's any more: their end has come. @param {string[]} ids */
export async function endNow(ids) {
  const over = (await store.all("sealed")).filter((record) => ids.some((id) => record.id === momentKey(id)));
  if (over.length) await store.write(...over.map((record) => ({ in: "sealed", put: { ...record, until: clock.now() } })));
}

/**
 * Remove what has come to its own end, which needs no key. What was typed of it and not finished
 * goes to the server as it is.
 * @returns {Promise<string[]>} under what it lay
 */
export async function dropEnded() {
  const records = await store.all("sealed");
  const over = new Set(records.filter((record) => record.until <= clock.now()).map((record) => record.id));
  const ids = new Set(records.filter((record) => over.has(record.id) || over.has(record.of)).map((record) => record.id));
  const unsent = (await store.all("outbox")).filter((item) => ids.has(item.id) && item.state !== "told");
  await removeAndKeep(
    [...ids].map((id) => ({ in: "sealed", remove: id })),
    unsent.map((item) => ({ in: "outbox", put: { ...item, state: "ready", left: true } })),
  );
  return [...ids];
}

/** @param {store.Change[]} removed @param {store.Change[]} stays */
async function removeAndKeep(removed, stays) {
  try {
    await store.write(...removed, ...stays);
  } catch (error) {
    if (!(error instanceof store.StorageFull)) throw error;
    // What is removed makes the room for the rest.
    await store.write(...removed);
    if (stays.length) await store.write(...stays);
  }
}

/** @param {string} id */
async function read(id) {
  const record = await store.get("sealed", id);
  return record && key ? unseal(key, record) : null;
}

/** Every record, decrypted. @returns {Promise<Map<string, any>>} */
export async function readAll() {
  const found = new Map();
  for (const record of await store.all("sealed")) {
    if (key) found.set(record.id, await unseal(key, record));
  }
  return found;
}

/**
 * End the key for good. What was typed and not finished goes to the server as it is: the device
 * will not be able to open it again.
 */
export async function end() {
  key = null;
  // The half that goes from the disk at once is the first to go.
  await half.remove();
  const unsent = (await store.all("outbox")).filter((item) => item.state !== "ready");
  const devices = await store.all("device");
  const removed = [
    { in: "keys", clear: true },
    { in: "sealed", clear: true },
  ];
  const stays = [
    ...unsent.map((item) => ({ in: "outbox", put: { ...item, state: "ready" } })),
    ...devices.map((device) => ({ in: "device", put: { ...device, ending: true } })),
  ];
  await removeAndKeep(removed, stays);
}
