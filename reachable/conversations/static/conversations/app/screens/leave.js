/** Sign out, also with words that are not sent yet. */
import { html, nothing } from "../view.js";
import * as drafts from "../drafts.js";
import * as router from "../router.js";
import { counted } from "../words.js";

/** @param {() => Promise<void>} signOut */
export const leave = (signOut) => ({
  title: "Sign out",
  draw: () => {
    const waiting = drafts.unsent();
    const refused = waiting.filter(([, state]) => state === "refused").length;
    return html`
      <h1>Sign out of this phone?</h1>
      <p>The list and everything that can be read is removed from this phone. To begin again you need signal.</p>
      ${waiting.length
        ? html`<p class="inset">${counted(waiting.length, "thing is", "things are")} not sent yet. What you wrote stays here, locked, until there is signal; then it is sent, the unfinished too, as it is.</p>`
        : nothing}
      ${refused ? html`<p class="warning">${counted(refused, "thing", "things")} could not be sent. After you sign out nobody can read it on this phone. Change it first, so that it can be sent.</p>` : nothing}
      <div class="bar">
        <button type="button" class="second" @click=${() => router.back()}>Stay signed in</button>
        <button type="button" class="first" @click=${() => void signOut()}>Sign out</button>
      </div>
    `;
  },
});
