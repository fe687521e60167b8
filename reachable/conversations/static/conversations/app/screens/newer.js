/** A newer version of the app is here: now, or later. */
import { html, nothing } from "../view.js";
import * as newer from "../newer.js";
import * as router from "../router.js";

export const newerScreen = {
  title: "A newer version",
  draw: (args) => html`
    <h1>A newer version of this app</h1>
    <p>Everything that you wrote is on this phone, locked, and stays. When the newer version is loaded, it asks for your PIN, and you go on where you were in your list.</p>
    <p>You can also go on now: it is loaded by itself when you next close the app.</p>
    ${args.wrong ? html`<p class="warning" role="alert">It was not loaded: the last words are on the screen only, because this phone is full. Delete photos or downloads first.</p>` : nothing}
    <div class="bar">
      <button type="button" class="second" @click=${() => router.back()}>Later</button>
      <button type="button" class="first" @click=${() => void load(args)}>Load it now</button>
    </div>
  `,
};

async function load(args) {
  args.wrong = !(await newer.load());
  if (args.wrong) router.redraw();
}
