/**
 * The device's clock is never trusted for an order. What the server said is used for words on the
 * screen, and for when the key ends; a clock that is put back does not make a key live longer.
 */

const LONDON = { timeZone: "Europe/London" };
const TIME = new Intl.DateTimeFormat("en-GB", { ...LONDON, hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { ...LONDON, weekday: "long", day: "numeric", month: "long" });
const DATE = new Intl.DateTimeFormat("en-CA", LONDON);

let offset = 0;
let latest = 0;

/** @param {string} serverNow */
export function hear(serverNow) {
  const theirs = Date.parse(serverNow);
  if (Number.isNaN(theirs)) return;
  offset = theirs - Date.now();
  latest = theirs;
}

/** @param {{offset: number, latest: number}} kept */
export function resume(kept) {
  offset = kept.offset;
  latest = kept.latest;
}

/** Milliseconds, as the server counts them. */
export function now() {
  latest = Math.max(latest, Date.now() + offset);
  return latest;
}

export const kept = () => ({ offset, latest: now() });

/** What the device itself takes the time for; the server corrects it. */
export const deviceNow = () => new Date().toISOString();

/** @param {string | number} instant */
export const time = (instant) => TIME.format(new Date(instant));

/** @param {string | number} instant “today at 21:40” or “Tuesday 3 March at 21:40” */
export function inWords(instant) {
  const at = new Date(instant);
  const day = DATE.format(at) === DATE.format(now()) ? "today" : DAY.format(at);
  return `${day} at ${TIME.format(at)}`;
}

/** @param {string} date such as 2026-03-03 */
export const dayInWords = (date) => (/^\d{4}-\d\d-\d\d$/.test(date) ? DAY.format(new Date(`${date}T12:00:00Z`)) : date);
