/** Tells the screen that something it shows has changed: sent, fetched, refused. */

const target = new EventTarget();

export const changed = () => target.dispatchEvent(new Event("changed"));

/** @param {() => void} listener */
export const onChange = (listener) => target.addEventListener("changed", listener);
