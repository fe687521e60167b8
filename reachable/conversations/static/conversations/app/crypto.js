/**
 * Two locks. One opens on this device with a PIN; the other only on the server.
 * Only WebCrypto is used, and no key leaves it in the clear.
 */

export const ROUNDS = 600_000;

const utf8 = new TextEncoder();
const AES = { name: "AES-GCM", length: 256 };
const CURVE = { name: "ECDH", namedCurve: "P-256" };

/** @param {number} size @returns {Uint8Array} */
export const random = (size) => crypto.getRandomValues(new Uint8Array(size));

/** @param {ArrayBuffer | Uint8Array} buffer */
export function toBase64url(buffer) {
  let text = "";
  // By the byte, because a long conversation is more than one call takes as arguments.
  for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @param {string} text */
export function fromBase64url(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/** The key that a PIN and the other half make: slow on purpose, so that guessing is slow.
 * @param {string} pin @param {Uint8Array} half @param {Uint8Array} salt @param {number} rounds */
async function pinKey(pin, half, salt, rounds) {
  const base = await crypto.subtle.importKey("raw", utf8.encode(pin.normalize("NFKC")), "PBKDF2", false, [
    "deriveKey",
  ]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: new Uint8Array([...salt, ...half]), iterations: rounds };
  return crypto.subtle.deriveKey(how, base, AES, false, ["wrapKey", "unwrapKey"]);
}

/** @typedef {{salt: Uint8Array, iv: Uint8Array, wrapped: ArrayBuffer, rounds: number}} Wrapped */

/** Make a new key and wrap it under a PIN and the other half.
 * @param {string} pin @param {Uint8Array} half @returns {Promise<Wrapped>} */
export async function wrapNewKey(pin, half) {
  const [salt, iv] = [random(16), random(12)];
  const under = await pinKey(pin, half, salt, ROUNDS);
  const key = await crypto.subtle.generateKey(AES, true, ["encrypt", "decrypt"]);
  const wrapped = await crypto.subtle.wrapKey("raw", key, under, { name: "AES-GCM", iv });
  return { salt, iv, wrapped, rounds: ROUNDS };
}

/** The key itself, which no script can read out, or null when the PIN is another.
 * @param {string} pin @param {Uint8Array} half @param {Wrapped} kept
 * @returns {Promise<CryptoKey | null>} */
export async function unwrapKey(pin, half, kept) {
  const under = await pinKey(pin, half, kept.salt, kept.rounds);
  const how = { name: "AES-GCM", iv: kept.iv };
  try {
    return await crypto.subtle.unwrapKey("raw", kept.wrapped, under, how, AES, false, ["encrypt", "decrypt"]);
  } catch {
    return null;
  }
}

/** Encrypt a record for this device. Its id is bound to it: records cannot change places.
 * @param {CryptoKey} key @param {string} id @param {unknown} value */
export async function seal(key, id, value) {
  const iv = random(12);
  const how = { name: "AES-GCM", iv, additionalData: utf8.encode(id) };
  const ct = await crypto.subtle.encrypt(how, key, utf8.encode(JSON.stringify(value)));
  return { id, iv, ct };
}

/** @param {CryptoKey} key @param {{id: string, iv: Uint8Array, ct: ArrayBuffer}} record */
export async function unseal(key, record) {
  const how = { name: "AES-GCM", iv: record.iv, additionalData: utf8.encode(record.id) };
  return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how, key, record.ct)));
}

/** Encrypt for the server alone: the private half of the key pair is forgotten with this call.
 * @param {{kid: string, public: string}} to @param {string} deviceId @param {string} itemId
 * @param {unknown} plain */
export async function envelope(to, deviceId, itemId, plain) {
  const theirs = await crypto.subtle.importKey("raw", fromBase64url(to.public), CURVE, false, []);
  const ours = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, ours.privateKey, 256);
  const base = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const info = utf8.encode(`reachable conversation v1|${to.kid}`);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info };
  const key = await crypto.subtle.deriveKey(how, base, AES, false, ["encrypt"]);
  const iv = random(12);
  const bound = { name: "AES-GCM", iv, additionalData: utf8.encode(`${itemId}|${deviceId}`) };
  const ct = await crypto.subtle.encrypt(bound, key, utf8.encode(JSON.stringify(plain)));
  const epk = await crypto.subtle.exportKey("raw", ours.publicKey);
  return { v: 1, kid: to.kid, epk: toBase64url(epk), iv: toBase64url(iv), ct: toBase64url(ct) };
}
