/** Locks the app when nobody touches it, and covers it while another app is in front. */
import * as device from "./device.js";

const LOOK = 2_000; // milliseconds
const TOUCHES = ["pointerdown", "keydown", "input", "scroll"];

let touched = { wall: Date.now(), running: performance.now() };

const touch = () => {
  touched = { wall: Date.now(), running: performance.now() };
};

/** The longer of two clocks: one may be put back, the other may stand still while a phone sleeps. */
const idleSeconds = () =>
  Math.max(Date.now() - touched.wall, performance.now() - touched.running) / 1000;

/** @param {() => void} lock @param {() => boolean} isOpen */
export function watch(lock, isOpen) {
  for (const kind of TOUCHES) document.addEventListener(kind, touch, { capture: true, passive: true });
  const look = () => {
    const most = device.current()?.idleSeconds ?? 300;
    if (isOpen() && idleSeconds() >= most) lock();
  };
  setInterval(look, LOOK);
  document.addEventListener("visibilitychange", () => {
    // The list of open apps shows a picture of each: a child's words must not be in it.
    document.documentElement.classList.toggle("covered", document.hidden);
    look();
  });
  touch();
}
