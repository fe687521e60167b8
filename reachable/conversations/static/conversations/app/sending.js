/**
 * Sends what is sealed to the server, once, whenever there is signal. It needs neither the key nor
 * a session, so it goes on while the app is locked and after sign-out.
 */
import { authorised, call, NoSignal } from "./api.js";
import { changed } from "./bus.js";
import * as clock from "./clock.js";
import { sessionEnded } from "./day.js";
import * as drafts from "./drafts.js";
import { say, unsay } from "./notices.js";
import * as store from "./store.js";
import * as vault from "./vault.js";

const MOST = 400_000; // characters in one request; the server takes 1 MB
const MOST_ITEMS = 50;
const BEAT = 60_000; // milliseconds between asking whether the phone was wiped
const AGAIN = 10_000; // milliseconds until what is not sent is tried again

/** @typedef {{id: string, device: string, state: string, envelope: object, size: number, number?: number}} Item */

const SEND = "reachable-send";

let timer = 0;
let signal = true;
/** @type {Map<string, number>} */
const sentAt = new Map();
/** @type {(how: "emptying" | "wiped" | "signed out") => void} */
let onGone = () => undefined;
/** @type {(moments: string[]) => Promise<void>} */
let onOver = async () => undefined;
/** Moments that the server says are not this worker's any more. @type {Set<string>} */
const over = new Set();

export const hasSignal = () => signal;
/** @param {string} id when the server got it, while this window was open */
export const whenSent = (id) => sentAt.get(id);

/** @param {(how: "emptying" | "wiped" | "signed out") => void} gone
 * @param {(moments: string[]) => Promise<void>} ended what goes from this phone, and nothing else */
export function start(gone, ended) {
  onGone = gone;
  onOver = ended;
  window.addEventListener("online", () => void sendNow());
  document.addEventListener("visibilitychange", () => document.hidden || void sendNow());
  // The app’s own worker sent something while no window was open, or beside this one.
  navigator.serviceWorker?.addEventListener("message", ({ data }) => data === SEND && void sendNow());
  return sendNow();
}

/** Send everything that is ready. Two windows do not send at once. */
export async function sendNow() {
  clearTimeout(timer);
  if (drafts.unsent().some(([, state]) => state === "ready")) void sendWhenClosed();
  try {
    const gone = await navigator.locks.request(SEND, () => sendAll());
    setSignal(true);
    // Nothing is opened again that was just removed.
    if (gone) return;
  } catch (error) {
    if (!(error instanceof NoSignal)) throw error;
    setSignal(false);
  }
  await letGo();
  await drafts.count();
  const waiting =
    drafts.unsent().some(([, state]) => state === "ready") ||
    (await store.all("device")).some((each) => each.ending);
  timer = setTimeout(() => void sendNow(), waiting ? AGAIN : BEAT);
}

/** Not while anything is being sent: what was written of them is made ready first. */
async function letGo() {
  const moments = [...over];
  over.clear();
  if (moments.length) await onOver(moments);
}

/** Where the browser can, what is ready is sent when signal returns, though the app was closed. */
async function sendWhenClosed() {
  const registration = await navigator.serviceWorker?.getRegistration("/app/").catch(() => undefined);
  await registration?.sync?.register(SEND).catch(() => undefined);
}

/** Do it while nothing is being sent. @param {() => Promise<void>} work */
export const alone = (work) => navigator.locks.request(SEND, work);

/** @param {boolean} there */
function setSignal(there) {
  if (signal === there) return;
  signal = there;
  changed();
}

/** @returns {Promise<boolean>} is nothing left on this phone? */
async function sendAll() {
  const devices = await store.all("device");
  for (const device of devices) {
    if (await sendOf(device)) {
      await wipe(device);
      return true;
    }
    if (device.ending) await signOut(device);
  }
  const left = (await store.all("device")).length + (await store.all("outbox")).length;
  if (!devices.length || left) return false;
  await store.removeDatabase();
  drafts.nothingLeft();
  unsay("session");
  onGone("signed out");
  return true;
}

/** @param {any} device @returns {Promise<boolean>} was this phone wiped? */
async function sendOf(device) {
  let wiped = false;
  for (const items of portions(await ready(device.id))) {
    const answer = await post(device, items);
    wiped ||= answer.wipe === true;
    if (answer.refused) return wiped;
  }
  return wiped;
}

/** In the order in which it was written: a version after the one that it was written on. What the
 * server has, and said something about while nobody could read it, is asked for once more.
 * @param {string} id */
const ready = async (id) =>
  (await store.all("outbox"))
    .filter((item) => item.device === id && (item.state === "ready" || (item.state === "told" && vault.isOpen())))
    .sort((one, other) => (one.number ?? 0) - (other.number ?? 0));

/** Divide them by size; there is always one, if an empty one: it asks whether to wipe.
 * @param {Item[]} items */
function portions(items) {
  const made = [[]];
  let size = 0;
  for (const item of items) {
    if (size && (size + item.size > MOST || made.at(-1).length === MOST_ITEMS)) {
      made.push([]);
      size = 0;
    }
    made.at(-1).push(item);
    size += item.size;
  }
  return made;
}

/** @param {any} device @param {Item[]} items @param {boolean} [wiped] is this phone empty now? */
async function post(device, items, wiped = false) {
  const { status, json } = await call("/app/send/", {
    headers: authorised(device),
    body: {
      device_now: clock.deviceNow(),
      items: items.map((item) => ({ id: item.id, envelope: item.envelope })),
      ...(wiped ? { wiped } : !device.ending && { holds: await vault.moments() }),
    },
  });
  if (status === 413 && items.length === 1) {
    await refuse(device, items[0], "It is too long to be sent. Your words are kept on this phone: share them between two conversations.");
    return { refused: true };
  }
  if (status >= 500 || status === 413 || status === 429) throw new NoSignal();
  if (json.unknown === true) {
    say("send", `The server does not know this phone: it may have been brought back from a copy. What you wrote stays on this phone. Ring whoever looks after Reachable and read them this number: ${device.id}`, "wrong");
    return { refused: true };
  }
  if (json.wipe === true && (status === 401 || status === 403)) return { wipe: true };
  if (status >= 300) {
    say("send", json.detail ?? "The server did not take what this phone sent. It is kept here, and tried again.", "wrong");
    return { refused: true };
  }
  unsay("send");
  clock.hear(json.server_now);
  if (!device.ending) json.session === "ended" ? sessionEnded() : unsay("session");
  for (const id of json.gone ?? []) over.add(id);
  for (const result of json.results ?? []) await settle(device, items, result);
  return json;
}

/** @param {any} device @param {Item[]} items @param {any} result */
async function settle(device, items, result) {
  const item = items.find((each) => each.id === result.id);
  if (!item) return;
  if (result.state === "refused") {
    await refuse(device, item, result.sentence);
    return;
  }
  const said = [...(result.said ?? [])];
  if (result.beside) said.push("Another version stands beside yours. Both are kept: open the moment to put them together.");
  const waits = said.length && !vault.isOpen() && !device.ending;
  await store.write(waits ? { in: "outbox", put: { ...item, state: "told" } } : { in: "outbox", remove: item.id });
  sentAt.set(item.id, clock.now());
  if (said.length && vault.isOpen()) say(`said-${item.id}`, said.join(" "), "note");
}

/**
 * What the server will never keep stays here while there is a key to read it with. Its sentence
 * may say something of a child, so it lies under the key too.
 * @param {any} device @param {Item} item @param {string} sentence
 */
async function refuse(device, item, sentence) {
  if (device.ending || item.left) {
    await store.write({ in: "outbox", remove: item.id });
    return;
  }
  await store.write({ in: "outbox", put: { ...item, state: "refused" } });
  await drafts.note(item.id, sentence);
  if (vault.isOpen()) say("refused", `Something could not be sent and is kept on this phone. ${sentence}`, "wrong");
}

/** Ask once more, for one who can read the answer now. */
export async function askAgain() {
  const refused = (await store.all("outbox")).filter((item) => item.state === "refused");
  if (refused.length) {
    await store.write(...refused.map((item) => ({ in: "outbox", put: { ...item, state: "ready" } })));
  }
  await sendNow();
}

/** The server asked for it: what was typed leaves first, then everything goes. @param {any} device */
async function wipe(device) {
  await drafts.flush();
  onGone("emptying");
  await vault.end();
  const ending = { ...device, ending: true };
  for (const items of portions(await ready(device.id))) {
    const answer = await post(ending, items);
    if (answer.refused) throw new NoSignal();
    // The server knows this phone no more: nothing it holds can ever be sent or opened.
    if (!("results" in answer)) break;
  }
  // The web session of this browser ends too, or whoever has the phone would be let in anew.
  await call("/app/sign-out/", { headers: authorised(device), body: {}, credentials: "same-origin" });
  await post(ending, [], true);
  await store.removeAll();
  drafts.nothingLeft();
  unsay("session");
  onGone("wiped");
}

/** End the device on the server once nothing of it is left here. @param {any} device */
async function signOut(device) {
  const left = (await store.all("outbox")).some((item) => item.device === device.id);
  if (left) return;
  const { status } = await call("/app/sign-out/", { headers: authorised(device), body: {}, credentials: "same-origin" });
  if (status >= 500) throw new NoSignal();
  await store.write({ in: "device", remove: device.id });
}
