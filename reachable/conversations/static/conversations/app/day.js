/** The worker's moments of the day: fetched with signal, kept encrypted, shown without. */
import { authorised, call, NoSignal } from "./api.js";
import { changed } from "./bus.js";
import * as clock from "./clock.js";
import * as device from "./device.js";
import { say, unsay } from "./notices.js";
import * as store from "./store.js";
import * as vault from "./vault.js";

const DAY = "day";

/** @type {any} */
let day = null;

export const current = () => day;
export const moment = (id) => day?.moments.find((each) => each.id === id) ?? null;
export const guide = (key) => day?.guides.find((each) => each.key === key) ?? null;
/** What a child is told, in the languages that are here. */
export const words = () => day?.words;
export const partsOf = (key) =>
  (guide(key)?.parts ?? []).map((part) => day.parts.find((each) => each.key === part)).filter(Boolean);
/** Whoever may ask a child again or meet them. @param {string} momentId */
export const colleagues = (momentId) => moment(momentId)?.colleagues ?? day?.colleagues ?? [];
/** What fits the child of a moment, as it was when the day was fetched. @param {string} momentId
 * @returns {import("./services.js").Service[]} */
export const services = (momentId) =>
  (moment(momentId)?.services ?? []).map(({ n, unsaid, ...here }) => ({
    ...day.services[n],
    ...here,
    unsaid: (unsaid ?? []).map((key) => day.unsaid[key]),
  }));
/** Whoever may be told of the worker. */
export const others = () => (day?.colleagues ?? []).filter((each) => each.id !== day.user.id);

/** @param {Map<string, any>} records */
export function take(records) {
  const held = records.get(DAY);
  if (!held) return void (day = null);
  // A day of the app before this one holds its moments itself.
  const moments = held.moments.map((each) => records.get(vault.momentKey(each)) ?? each).filter(stays);
  day = { ...held, moments };
}

/** What lies open beside it may have been changed; what is sealed in it was not. */
const stays = (moment) => Boolean(moment?.id) && !(Date.parse(moment.until) <= clock.now());

/** Those whose end has come were removed. @param {string[]} keys under which they lay
 * @returns {string[]} the moments */
export function drop(keys) {
  const gone = (day?.moments ?? []).filter((each) => keys.includes(vault.momentKey(each.id)));
  if (day) day = { ...day, moments: day.moments.filter((each) => !gone.includes(each)) };
  return gone.map((each) => each.id);
}

/** Each moment lies by itself, so that one can go before the others. One that is here no more goes
 * with what was written of it, once that is on its way. @param {any} json */
async function keep(json) {
  const ids = json.moments.map((each) => each.id);
  const put = await Promise.all([
    vault.sealed(DAY, { ...json, moments: ids }),
    ...json.moments.map((each) => vault.sealed(vault.momentKey(each.id), each, { until: Date.parse(each.until) })),
  ]);
  await store.write(...put);
}

export function forget() {
  day = null;
}

export function sessionEnded() {
  say(
    "session",
    "The server has ended your sign-in on this phone. What you write is kept, and still sent. To fetch the day again, sign in again.",
    "wrong",
    { to: "leave", text: "Sign in again" },
  );
}

/** Fetch the day; without signal keep what is there. @returns {Promise<boolean>} was it fetched? */
export async function fetchDay() {
  const mine = device.current();
  if (!mine || !vault.isOpen()) return false;
  try {
    const secret = await vault.readSecret();
    const { status, json } = await call("/app/day/", { headers: authorised({ id: mine.id, secret }) });
    if (status === 401) sessionEnded();
    if (status >= 300 || !vault.isOpen()) return false;
    clock.hear(json.server_now);
    const fetched = { ...json, fetched_at: json.server_now };
    await keep(fetched);
    await vault.extend(json.valid_until);
    day = fetched;
    unsay("session");
    unsay("day");
    changed();
    return true;
  } catch (error) {
    if (error instanceof store.StorageFull) {
      say("day", "This phone is full, so the newest list could not be kept. The one from before is still here. Delete photos or downloads.", "wrong");
    } else if (!(error instanceof NoSignal)) throw error;
    return false;
  }
}
