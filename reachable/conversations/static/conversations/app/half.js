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
  await (await caches.open(CACHE)).put(ADDRESS, new Response(half));
  return half;
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
