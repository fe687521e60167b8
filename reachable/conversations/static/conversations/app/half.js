/**
 * The half of the key that is no PIN: 32 bytes, in a file of their own. A record that is deleted stays
 * in the files of a database until the browser tidies up, and a PIN can be guessed; this half goes
 * from the disk when it is deleted, and what was wrapped with it opens no more.
 */
import { random } from "./crypto.js";

const CACHE = "reachable-half";
const ADDRESS = "/app/half";

/** @returns {Promise<Uint8Array>} */
export async function make() {
  await remove();
  const half = random(32);
  await keep(half);
  return half;
}

/**
 * Chromium lists what a new cache holds while the first entry is still being written: about two in a
 * hundred are then not in the list, and a browser that is killed within seconds starts without them.
 * What is written again a while after `make` is listed.
 * @param {Uint8Array} half
 */
export async function keep(half) {
  await (await caches.open(CACHE)).put(ADDRESS, new Response(half));
}

/** @returns {Promise<Uint8Array | null>} */
export async function read() {
  if (!(await caches.has(CACHE))) return null;
  const kept = await (await caches.open(CACHE)).match(ADDRESS);
  return kept ? new Uint8Array(await kept.arrayBuffer()) : null;
}

/** The entry first: a cache that is deleted as a whole stays on the disk while anybody has it open. */
export async function remove() {
  if (!(await caches.has(CACHE))) return;
  await (await caches.open(CACHE)).delete(ADDRESS);
  await caches.delete(CACHE);
}
