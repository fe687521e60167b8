/** A newer version of the app: it waits until whoever works with this one chooses it. */
import * as drafts from "./drafts.js";
import { say, unsay } from "./notices.js";

const LOOK = 3_600_000; // milliseconds between asking whether there is one

/** @type {ServiceWorkerRegistration | undefined} */
let registration;
let asked = false;

const LINK = { to: "newer", text: "See what to do" };

export async function watch() {
  if (!navigator.serviceWorker) return;
  const first = !navigator.serviceWorker.controller;
  let claimed = first;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (asked) location.reload();
    else if (claimed) claimed = false;
    else say("newer", "A newer version of this app was loaded in another window. Load it here too when it suits you.", "note", LINK);
  });
  registration = await navigator.serviceWorker.register("/app/sw.js", { scope: "/app/", updateViaCache: "none" });
  registration.addEventListener("updatefound", () => registration?.installing?.addEventListener("statechange", look));
  look();
  setInterval(() => void registration?.update().catch(() => undefined), LOOK);
}

function look() {
  if (!registration?.waiting || !navigator.serviceWorker.controller) return;
  say("newer", "A newer version of this app is here. Go on with your work: you choose when it is loaded.", "note", LINK);
}

/** @returns {Promise<boolean>} is it being loaded? Not before every word is on the disk. */
export async function load() {
  if (!(await drafts.flush())) return false;
  unsay("newer");
  asked = true;
  if (registration?.waiting) registration.waiting.postMessage("take over");
  else location.reload();
  return true;
}
