/** The lone-worker note: where somebody is, when they are expected back, who is told if they are not. */
import * as clock from "./clock.js";
import { envelope } from "./crypto.js";
import * as device from "./device.js";
import * as drafts from "./drafts.js";
import * as store from "./store.js";
import * as vault from "./vault.js";

const LONE = "lone";

/** @typedef {{note_id: string, id: string, moment_id: string | null, where: string, expected_back: string, tell: string, tell_name: string, written_at: string, back: boolean}} Note */

/** @type {Note | null} */
let note = null;

export const current = () => (note && !note.back ? note : null);
export const last = () => note;

/** @param {Map<string, any>} records */
export function take(records) {
  note = records.get(LONE) ?? null;
}

export function forget() {
  note = null;
}

/** Keep it and put it into what is to be sent. @param {Partial<Note>} said */
export async function tell(said) {
  const mine = device.current();
  if (!mine) return;
  const next = {
    note_id: crypto.randomUUID(),
    moment_id: null,
    back: false,
    ...said,
    id: crypto.randomUUID(),
    written_at: clock.deviceNow(),
  };
  const { tell_name, ...sent } = next;
  const closed = await envelope(mine.seal, mine.id, next.id, { kind: "lone_worker", ...sent });
  // What the server refused of the note before is said once more with this one.
  const before = note && (await store.get("outbox", note.id));
  const refused = before?.state === "refused" ? [{ in: "outbox", remove: before.id }] : [];
  await store.write(...refused, await vault.sealed(LONE, next), {
    in: "outbox",
    put: { id: next.id, device: mine.id, state: "ready", envelope: closed, size: closed.ct.length },
  });
  note = next;
  await drafts.count();
}

export const isBack = () => note && tell({ ...note, back: true });

/** What became of the last note: on the server, still here, or refused.
 * @param {[string, string][]} unsent */
export const state = (unsent) => unsent.find(([id]) => id === note?.id)?.[1] ?? "sent";
