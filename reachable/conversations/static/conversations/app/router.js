/**
 * Which screen is shown. The address never changes and the title names nobody: both are kept in
 * the browser's history.
 */
import { render } from "./view.js";
import { unsayPassing } from "./notices.js";

/**
 * @typedef {{title: string, bare?: boolean, draw: (args: any) => unknown, enter?: (args: any) => void, leave?: (args: any) => void}} Screen
 * @typedef {{name: string, args: any}} Place
 */

/** @type {Map<string, Screen>} */
const screens = new Map();
/** @type {Place[]} */
let stack = [];
/** What stands in front of the stack: the lock, or the door. @type {Place | null} */
let cover = null;
/** @type {HTMLElement | null} */
let host = null;
/** @type {() => void} */
let drawFrame = () => undefined;

/** @param {Record<string, Screen>} all @param {HTMLElement} main @param {() => void} frame */
export function start(all, main, frame) {
  for (const [name, screen] of Object.entries(all)) screens.set(name, screen);
  host = main;
  drawFrame = frame;
  window.addEventListener("popstate", (event) => {
    const depth = event.state?.depth ?? 1;
    if (depth < stack.length) leaving();
    stack = stack.slice(0, Math.max(depth, 1));
    show();
  });
}

const here = () => cover ?? stack.at(-1) ?? null;
export const isCovered = () => cover !== null;
export const name = () => here()?.name ?? "";
export const args = () => here()?.args ?? {};
/** Is this a screen for somebody else's eyes, with nothing around it? */
export const isBare = () => screens.get(name())?.bare === true;
export const canGoBack = () => !cover && stack.length > 1;

function leaving() {
  const place = here();
  if (place) screens.get(place.name)?.leave?.(place.args);
  unsayPassing();
}

/** @param {string} to @param {any} [args] */
export function go(to, args = {}) {
  leaving();
  stack.push({ name: to, args });
  history.pushState({ depth: stack.length }, "");
  show();
}

/** @param {string} to @param {any} [args] */
export function replace(to, args = {}) {
  leaving();
  stack[Math.max(stack.length - 1, 0)] = { name: to, args };
  show();
}

export function back() {
  if (canGoBack()) history.back();
}

/** @param {string} [to] */
export function home(to = "list") {
  leaving();
  stack = [{ name: to, args: {} }];
  history.replaceState({ depth: 1 }, "");
  show();
}

/** Put a screen in front of everything. @param {string} to @param {any} [args] */
export function coverWith(to, args = {}) {
  if (!cover) leaving();
  cover = { name: to, args };
  show();
}

export function uncover() {
  cover = null;
  if (!stack.length) {
    stack = [{ name: "list", args: {} }];
    // Whatever was gone through before a reload is not there to go back to.
    history.replaceState({ depth: 1 }, "");
  }
  show();
}

export function forget() {
  stack = [];
}

/** Each screen has elements of its own, so that no text of one stays in a box of the next. */
function show() {
  const place = here();
  const screen = place && screens.get(place.name);
  if (!host || !screen) return;
  const fresh = document.createElement("div");
  fresh.className = `screen screen--${place.name}`;
  host.replaceChildren(fresh);
  document.title = `${screen.title} – Reachable`;
  drawFrame();
  render(screen.draw(place.args), fresh);
  window.scrollTo(0, 0);
  performance.mark("shown");
  const heading = fresh.querySelector("h1");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus({ preventScroll: true });
  screen.enter?.(place.args);
}

/** Draw the screen that is shown once more, in its own elements. */
export function redraw() {
  const place = here();
  const screen = place && screens.get(place.name);
  drawFrame();
  if (screen && host?.firstElementChild) render(screen.draw(place.args), host.firstElementChild);
}

