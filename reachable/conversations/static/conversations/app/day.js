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
  day = records.get(DAY) ?? null;
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
    await store.write(await vault.sealed(DAY, { ...json, fetched_at: json.server_now }));
    await vault.extend(json.valid_until);
    day = { ...json, fetched_at: json.server_now };
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
