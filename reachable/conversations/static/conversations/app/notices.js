/** Sentences that stand above every screen until they are no longer true. */
import { changed } from "./bus.js";

/** @type {Map<string, {text: string, kind: "good" | "note" | "wrong", link?: {to: string, text: string}}>} */
const standing = new Map();

/** @param {string} key @param {string} text @param {"good" | "note" | "wrong"} [kind]
 * @param {{to: string, text: string}} [link] the screen where something can be done about it */
export function say(key, text, kind = "note", link) {
  if (standing.get(key)?.text === text) return;
  standing.set(key, { text, kind, link });
  changed();
}

/** @param {string} key */
export function unsay(key) {
  if (standing.delete(key)) changed();
}

/** What was said of one screen goes with it. */
export function unsayPassing() {
  standing.delete("passing");
}

/** What may say something of a child goes when the app is locked. */
export function unsayPrivate() {
  for (const key of [...standing.keys()]) if (!["session", "full", "day", "send", "newer"].includes(key)) standing.delete(key);
}

export const notices = () => [...standing.entries()];
