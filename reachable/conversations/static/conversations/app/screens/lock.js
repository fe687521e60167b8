/** The neutral screen: nothing of a child, and a box for the PIN. */
import { html, nothing } from "../view.js";
import * as only from "../only.js";
import * as router from "../router.js";
import * as vault from "../vault.js";
import { counted } from "../words.js";
import { secret } from "./door.js";

/** @param {{opened: () => Promise<void>, ended: (why: string) => Promise<void>}} on */
export const lock = (on) => ({
  title: "Locked",
  enter: () => void only.look(),
  draw: (args) => html`
    <form autocomplete="off" @submit=${(event) => void tryIt(event, args, on)}>
      <h1>Locked</h1>
      ${only.isElsewhere() ? html`<p class="inset">Reachable is open in another window of this phone. Open it here, and that one is locked; what was written there is kept, and stands here.</p>` : nothing}
      ${args.wrong ? html`<p class="over" id="pin-wrong" role="alert">${args.wrong}</p>` : nothing}
      ${secret("pin", "PIN", "", args.wrong)}
      <div class="bar"><button class="first" ?disabled=${args.busy}>${args.busy ? "Opening …" : "Open"}</button></div>
    </form>
    <details>
      <summary>I have forgotten the PIN</summary>
      <p>The list on this phone is then removed, and you sign in again where there is signal. What you wrote is not lost: it is locked for the server and will be sent.</p>
      <button type="button" class="second" @click=${() => void on.ended("forgotten")}>Remove the list and sign in again</button>
    </details>
  `,
});

async function tryIt(event, args, on) {
  event.preventDefault();
  const box = event.target.elements.pin;
  const pin = box.value;
  if (!pin) return;
  Object.assign(args, { busy: true, wrong: "" });
  router.redraw();
  const { open, left } = await vault.open(pin);
  box.value = "";
  args.busy = false;
  if (open) return on.opened();
  if (left <= 0) return on.ended("pins");
  args.wrong = `That is not the PIN. ${counted(left, "try is", "tries are")} left; then the list on this phone is removed. What you wrote is sent all the same.`;
  router.redraw();
  box.focus();
}
