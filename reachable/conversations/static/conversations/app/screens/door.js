/** Nobody is signed in on this phone: say why, sign in, choose a PIN. */
import { html, nothing } from "../view.js";
import { NoSignal } from "../api.js";
import * as device from "../device.js";
import * as drafts from "../drafts.js";
import * as router from "../router.js";
import { sendNow } from "../sending.js";
import * as store from "../store.js";
import * as vault from "../vault.js";
import { counted } from "../words.js";

const WHY = {
  over: "Your day on this phone has ended. The list on it has been removed.",
  pins: `The PIN was wrong ${vault.TRIES} times. The list on this phone has been removed.`,
  "signed out": "You are signed out. The list on this phone has been removed.",
  forgotten: "The list on this phone has been removed. Sign in to fetch it again and to choose a new PIN.",
  wiped: "This app was emptied from the office. Nothing of a child is left on this phone.",
};

/** @param {(args: any) => void} onOpen what happens when the PIN is chosen */
export const door = (onOpen) => ({
  title: "Sign in",
  enter: (args) => void ask(args),
  draw: (args) => html`
    <h1>${args.phase === "pin" ? "Choose a PIN" : "Reachable conversations"}</h1>
    ${args.why ? html`<p class="inset">${WHY[args.why]}</p>` : nothing}
    ${drafts.unsent().length ? html`<p class="inset">${waiting()}</p>` : nothing}
    ${phases[args.phase ?? "asking"](args, onOpen)}
  `,
});

const waiting = () =>
  `${counted(drafts.unsent().length, "thing is", "things are")} not sent yet. What was written is locked and will be sent from this phone as soon as there is signal. Nobody has to sign in for that: open this app where there is signal.`;

/** @param {any} there who is signed in, by what the server says */
function phaseFor(there) {
  if (!there.signed_in) return "sign in";
  if (!there.may) return "may not";
  return there.confirm ? "confirm" : "pin";
}

/** @param {any} args */
async function ask(args) {
  const phase = (to, more = {}) => {
    Object.assign(args, { phase: to, ...more });
    if (router.name() === "door") router.coverWith("door", args);
  };
  if (args.phase && args.phase !== "asking") return;
  try {
    // Whoever opens the app after a lost PIN must not find the old sign-in still open.
    if ((await store.all("device")).some((each) => each.ending)) await sendNow();
    if ((await store.all("device")).some((each) => each.ending)) return phase("no signal");
    const there = await device.whoIsThere();
    phase(phaseFor(there), { there });
  } catch (error) {
    if (!(error instanceof NoSignal)) throw error;
    phase("no signal");
  }
}

const again = (args) => {
  args.phase = "asking";
  router.coverWith("door", args);
};

const phases = {
  leaving: () => html`<p>Removing the list from this phone …</p>`,
  asking: () => html`<p>Looking for signal …</p>`,
  "no signal": (args) => html`
    <p>There is no signal here. To begin, sign in once where there is signal; after that the app works without.</p>
    <div class="bar"><button type="button" class="first" @click=${() => again(args)}>Try again</button></div>`,
  "sign in": (args) => html`
    <p>Your moments of the day on this phone, for a talk where there is no signal. Sign in once; then a PIN opens it.</p>
    <div class="bar"><a class="first" href=${args.there.sign_in}>Sign in</a></div>`,
  confirm: (args) => html`
    <p>Signed in as <strong>${args.there.user.name}</strong>, but some time ago. Before your day is fetched to this phone, show once more that it is you. Nothing was kept on it yet.</p>
    <div class="bar"><a class="first" href=${args.there.confirm}>Show that it is you</a></div>`,
  "may not": (args) => html`
    <p>${args.there.user.name}, your account looks after no moments, so there is nothing to fetch, and nothing was kept on this phone. Ask your supervisor if that is wrong.</p>
    <p><a href="/">Go to Reachable</a></p>`,
  pin: (args, onOpen) => html`
    <form autocomplete="off" @submit=${(event) => void choose(event, args, onOpen)}>
      <p>Signed in as <strong>${args.there.user.name}</strong>. The PIN locks what is on this phone. You need it each time, with or without signal. Choosing it signs you out of the pages in this browser: then only the PIN opens what is here.</p>
      ${args.wrong ? html`<p class="over" id="pin-wrong" role="alert">${args.wrong}</p>` : nothing}
      ${secret("pin", "PIN", "At least 6 figures or letters. Not the code that opens the phone.", args.wrong)}
      ${secret("again", "The same PIN again", "", args.wrong)}
      <div class="bar"><button class="first" ?disabled=${args.busy}>${args.busy ? "Fetching your day …" : "Fetch my day"}</button></div>
    </form>`,
};

/** Not a password box: the browser would offer to remember it, and whoever has the phone would have it. */
export const secret = (name, label, hint, wrong) => html`<div class="field">
  <label for=${name}>${label}</label>
  ${hint ? html`<p class="hint" id="${name}-hint">${hint}</p>` : nothing}
  <input id=${name} name=${name} class="secret" type="text" autocomplete="off" autocapitalize="none" autocorrect="off"
    spellcheck="false" aria-invalid=${wrong ? "true" : nothing}
    aria-describedby=${[hint && `${name}-hint`, wrong && "pin-wrong"].filter(Boolean).join(" ") || nothing} />
</div>`;

/** @param {SubmitEvent} event @param {any} args @param {(args: any) => void} onOpen */
async function choose(event, args, onOpen) {
  event.preventDefault();
  const form = /** @type {any} */ (event.target);
  const [pin, same] = [form.elements.pin.value, form.elements.again.value];
  const say = (wrong) => {
    Object.assign(args, { wrong, busy: false });
    router.redraw();
    form.elements.pin.focus();
  };
  if ([...pin].length < vault.SHORTEST_PIN) return say(`The PIN is too short: it needs at least ${vault.SHORTEST_PIN} figures or letters.`);
  if (/^(.)\1*$/u.test(pin)) return say("The PIN is the same figure each time. Choose one that is harder to guess.");
  if (pin !== same) return say("The two PINs are not the same. Type the PIN again in both boxes.");
  Object.assign(args, { busy: true, wrong: "" });
  router.redraw();
  try {
    const { status, json } = await device.register(args.there.csrf);
    if (status === 401 || json.confirm) return again(args);
    if (status >= 300) return say("The server could not set up this phone. Nothing was kept on it. Try again.");
    await vault.make(pin, json.valid_until, json.read_secret);
    await device.keep(json);
    await store.persist();
    onOpen({});
  } catch (error) {
    if (error instanceof NoSignal) return say("The signal went before your day was fetched. Nothing was kept on this phone. Try again where there is signal.");
    if (error instanceof store.StorageFull) return say("This phone is full. Nothing was kept on it. Delete photos or downloads and try again.");
    throw error;
  }
}
