/**
 * One window of this phone has the app open at a time: two would write over each other. The window
 * that is opened last gets it, and the one before saves its words and locks.
 */
import { changed } from "./bus.js";

const NAME = "reachable-open";
const GIVE_UP = "give up";
const MOVED = "moved";
const PATIENCE = 4_000; // milliseconds in which a window that is awake has saved and given up

const channel = new BroadcastChannel(NAME);
/** Ends our hold. @type {(() => void) | null} */
let release = null;
/** @type {() => void} */
let onLost = () => undefined;
let other = false;

/** @param {() => void} giveUp when another window asks @param {() => void} lost when it did not wait */
export function watch(giveUp, lost) {
  onLost = lost;
  channel.addEventListener("message", ({ data }) => {
    if (data === GIVE_UP && release) giveUp();
    if (data === MOVED) void look();
  });
}

/** Is it open in another window, as far as this one has heard? */
export const isElsewhere = () => other;

/** Find out whether it is, and draw the screen anew where that has changed. */
export async function look() {
  const { held = [] } = await navigator.locks.query();
  const found = !release && held.some((each) => each.name === NAME);
  if (found === other) return;
  other = found;
  changed();
}

/** Be the window that has it; one that sleeps, and answers nothing, is not waited for. */
export async function take() {
  if (release) return;
  await look();
  if (other) channel.postMessage(GIVE_UP);
  try {
    await hold({ signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    await hold({ steal: true });
  }
  other = false;
  channel.postMessage(MOVED);
}

/** @param {LockOptions} how */
const hold = (how) =>
  new Promise((resolve, reject) => {
    const held = () =>
      new Promise((end) => {
        release = () => end(undefined);
        resolve(undefined);
      });
    navigator.locks.request(NAME, how, held).catch((error) => {
      if (release) {
        release = null;
        onLost();
      }
      reject(error);
    });
  });

export function letGo() {
  if (!release) return;
  release();
  release = null;
  channel.postMessage(MOVED);
}
