/**
 * What is being written. Each pause saves it twice: under the PIN's key, to go on with, and sealed
 * to the server, so that nothing is lost though the key ends.
 */
import { changed } from "./bus.js";
import { isEmpty } from "./content.js";
import * as clock from "./clock.js";
import { envelope } from "./crypto.js";
import * as device from "./device.js";
import { say, unsay } from "./notices.js";
import * as store from "./store.js";
import * as vault from "./vault.js";

const PAUSE = 300; // milliseconds without a letter
const AGAIN = 5_000; // milliseconds until a failed save is tried again
const FULL =
  "This phone is full, so the last words are on the screen only. Keep this screen open and delete photos or downloads: it tries again by itself.";

const BESIDE =
  "This conversation was gone on with in another window. Both are kept, each as it is: put them together when they are sent.";

/**
 * @typedef {Record<string, Record<string, any>>} Content
 * @typedef {{version_id: string, conversation_id: string, based_on: string[], moment_id: string,
 *   child: string, guide: string, began_at: string, written_at: string, finished: boolean,
 *   content: Content, part: number, refused_because?: string}} Draft
 */

/** @type {Map<string, Draft>} */
let drafts = new Map();
/** @type {Map<string, "draft" | "ready" | "refused">} */
let outbox = new Map();
/** Those that are newer on the screen than on the disk. @type {Set<string>} */
const unsaved = new Set();
/** The start of the envelope that this window wrote or read last: with another one there, another
 * window wrote. @type {Map<string, string>} */
const known = new Map();
/** Those that go on as a version beside another, under a number of their own. @type {Map<string, string>} */
const aside = new Map();
/** The highest number of what waits here: what was written later has a higher one, and goes after. */
let highest = 0;
let timer = 0;
/** @type {Promise<void>} */
let saving = Promise.resolve();

/** What is newer on the screen than on the disk stays as it is. @param {Map<string, any>} records */
export function take(records) {
  const newer = [...unsaved].map((id) => [id, drafts.get(id)]).filter(([, draft]) => draft);
  const read = [...records.values()].filter((each) => each.version_id);
  drafts = new Map([...read.map((each) => [each.version_id, each]), ...newer]);
}

export function forget() {
  drafts = new Map();
}

/** What is still on this device, as far as it can be told without a key; what was told of is sent. */
export async function count() {
  const items = await store.all("outbox");
  outbox = new Map(items.filter((item) => item.state !== "told").map((item) => [item.id, item.state]));
  highest = Math.max(highest, ...items.map((item) => item.number ?? 0));
  changed();
}

/** Take what lies on the disk for what this window goes on from. */
export async function learn() {
  for (const item of await store.all("outbox")) {
    if (!unsaved.has(item.id)) known.set(item.id, item.envelope.iv);
  }
  await count();
}

/** Another window goes on with these: what is newer here becomes a version beside what is there. */
export function putAside() {
  for (const id of [...unsaved]) putOneAside(id);
}

/** @param {string} id */
function putOneAside(id) {
  const draft = drafts.get(id);
  unsaved.delete(id);
  if (!draft) return null;
  const beside = { ...draft, version_id: crypto.randomUUID() };
  drafts.delete(id);
  drafts.set(beside.version_id, beside);
  aside.set(id, beside.version_id);
  unsaved.add(beside.version_id);
  return beside.version_id;
}

/** All of it was removed, and is not opened again to be counted. */
export function nothingLeft() {
  outbox = new Map();
  changed();
}

export const get = (id) => drafts.get(aside.get(id) ?? id) ?? null;
/** Was anything written in it yet? What was only opened for reading is nothing. @param {Draft} draft */
export const isWritten = (draft) =>
  draft.finished || outbox.has(draft.version_id) || unsaved.has(draft.version_id);
export const everything = () => [...drafts.values()].filter(isWritten);
export const ofMoment = (id) => everything().filter((each) => each.moment_id === id);
export const ofConversation = (id) => everything().filter((each) => each.conversation_id === id);
export const unsent = () => [...outbox.entries()];
/** @param {Draft} draft @returns {"writing" | "waiting" | "refused" | "sent"} */
export function state(draft) {
  const there = outbox.get(draft.version_id);
  if (there === "refused") return "refused";
  if (!draft.finished) return "writing";
  return there ? "waiting" : "sent";
}

/** @param {{id: string, name: string}} moment @param {string} guide @param {Partial<Draft>} [from] */
export function begin(moment, guide, from = {}) {
  const at = new Date(clock.now()).toISOString();
  const draft = {
    version_id: crypto.randomUUID(),
    conversation_id: crypto.randomUUID(),
    based_on: [],
    moment_id: moment.id,
    child: moment.name,
    guide,
    began_at: at,
    content: {},
    part: 0,
    ...structuredClone(from),
    written_at: clock.deviceNow(),
    finished: false,
  };
  drafts.set(draft.version_id, draft);
  return draft;
}

/** Go on with what was finished or refused: a new version on top of it. @param {Draft} draft */
export async function reopen(draft) {
  const { version_id: before, conversation_id, began_at, content, based_on, guide } = draft;
  const refused = state(draft) === "refused";
  const from = { conversation_id, began_at, content, based_on: refused ? based_on : [before] };
  const next = begin({ id: draft.moment_id, name: draft.child }, guide, from);
  if (refused) {
    await save(next.version_id);
    drafts.delete(before);
    await store.write({ in: "outbox", remove: before }, { in: "sealed", remove: before });
    await count();
  }
  return next;
}

/** Something was typed or chosen. @param {Draft} draft */
export function touch(draft) {
  unsaved.add(draft.version_id);
  clearTimeout(timer);
  timer = setTimeout(() => void flush(), PAUSE);
}

/** Save whatever is not saved. @returns {Promise<boolean>} is everything on the disk? */
export async function flush() {
  clearTimeout(timer);
  for (const id of [...unsaved]) await save(id);
  await saving;
  return unsaved.size === 0;
}

/** What was written of a moment goes from here with it. @param {Draft} draft */
const locked = (draft) => vault.sealed(draft.version_id, draft, { of: vault.momentKey(draft.moment_id) });

/** One after the other: an older text must not be written over a newer one. @param {string} id */
function save(id) {
  saving = saving.then(() => write(id));
  return saving;
}

/** @param {string} id */
async function write(id) {
  const draft = drafts.get(id);
  const mine = device.current();
  if (!draft || !mine || !vault.isOpen()) return;
  unsaved.delete(id);
  const start = performance.now();
  draft.written_at = clock.deviceNow();
  const plain = structuredClone(draft);
  try {
    // Where another window ended the key, nothing here opens it any more: it is sent as it is.
    const ended = !(await vault.isThere());
    const changes = ended ? [{ in: "device", put: { ...mine, ending: true } }] : [await locked(plain)];
    const { part, child, refused_because, ...sent } = plain;
    const closed = await envelope(mine.seal, mine.id, id, { kind: "conversation", ...sent });
    const state = plain.finished || ended ? "ready" : "draft";
    highest += 1;
    const item = { id, device: mine.id, state, envelope: closed, size: closed.ct.length, number: highest };
    // What was typed and taken out again is nothing to be sent.
    const nothing = isEmpty(plain.content);
    const after = known.get(id) ?? "";
    changes.push(nothing ? { in: "outbox", remove: id, after } : { in: "outbox", put: item, after });
    await store.write(...changes);
    known.set(id, nothing ? "" : closed.iv);
    performance.measure("saved", { start });
    unsay("full");
  } catch (error) {
    if (error instanceof store.WrittenElsewhere) {
      const beside = putOneAside(id);
      say("beside", BESIDE, "note");
      if (beside) await write(beside);
      return;
    }
    unsaved.add(id);
    say("full", error instanceof store.StorageFull ? FULL : "The last words could not be saved on this phone, and are on the screen only. Keep this screen open: it tries again by itself.", "wrong");
    timer = setTimeout(() => void flush(), AGAIN);
  }
  await count().catch(() => undefined);
}

/** @param {Draft} draft @returns {Promise<boolean>} is it kept on this phone? */
export async function finish(draft) {
  draft.finished = true;
  unsaved.add(draft.version_id);
  const kept = await flush();
  if (!kept) draft.finished = false;
  return kept;
}

/** Why the server would not keep it. @param {string} id @param {string} sentence */
export async function note(id, sentence) {
  const draft = drafts.get(id);
  if (!draft || !vault.isOpen()) return;
  draft.refused_because = sentence;
  await store.write(await locked(draft));
}

/** Those that were sent before `ids` was fetched are in the day now. @param {string[]} ids */
export async function letGo(ids) {
  for (const id of ids) drafts.delete(id);
  if (ids.length) await store.write(...ids.map((id) => ({ in: "sealed", remove: id })));
}

/** Those of moments that went from this phone are not here any more. @param {string[]} momentIds
 * @returns {string[]} which */
export function drop(momentIds) {
  const gone = [...drafts.values()].filter((each) => momentIds.includes(each.moment_id)).map((each) => each.version_id);
  for (const id of gone) {
    drafts.delete(id);
    unsaved.delete(id);
  }
  return gone;
}

export const sent = () => [...drafts.values()].filter((each) => state(each) === "sent").map((each) => each.version_id);
