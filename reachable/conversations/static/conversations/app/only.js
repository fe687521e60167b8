/**
 * One window of this phone has the app open at a time: two would write over each other. The window
 * that is opened last gets it, and the one before saves its words and locks.
 */
const NAME = "reachable-open";
const GIVE_UP = "give up";
const PATIENCE = 4_000; // milliseconds in which a window that is awake has saved and given up

const channel = new BroadcastChannel(NAME);
/** Ends our hold. @type {(() => void) | null} */
let release = null;
/** @type {() => void} */
let onLost = () => undefined;

/** @param {() => void} giveUp when another window asks @param {() => void} lost when it did not wait */
export function watch(giveUp, lost) {
  onLost = lost;
  channel.addEventListener("message", ({ data }) => data === GIVE_UP && release && giveUp());
}

export async function isElsewhere() {
  if (release) return false;
  const { held = [] } = await navigator.locks.query();
  return held.some((each) => each.name === NAME);
}

/** Be the window that has it; one that sleeps, and answers nothing, is not waited for. */
export async function take() {
  if (release) return;
  if (await isElsewhere()) channel.postMessage(GIVE_UP);
  try {
    await hold({ signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    await hold({ steal: true });
  }
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
  release?.();
  release = null;
}
