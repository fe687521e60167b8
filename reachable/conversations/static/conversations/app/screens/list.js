/** The day: whom the worker is there for, and what was begun. */
import { html, nothing } from "../view.js";
import * as clock from "../clock.js";
import * as day from "../day.js";
import * as drafts from "../drafts.js";
import * as lone from "../lone.js";
import * as router from "../router.js";
import { counted, dueInWords, nameAndAge } from "../words.js";
import { drawLone } from "./lone.js";

const STATES = {
  writing: "Begun, not finished",
  waiting: "Finished, not sent yet",
  refused: "Could not be sent",
  sent: "Sent",
};

/** @param {() => Promise<void>} refresh */
export const list = (refresh) => ({
  title: "The day",
  draw: () => {
    const today = day.current();
    return html`
      <h1>Your moments</h1>
      ${lone.current() ? drawLone() : nothing}
      ${today ? drawMoments(today.moments) : html`<p>The list has not been fetched yet.</p>`}
      ${drawOthers(today)}
      <p class="muted">${today ? `Fetched ${clock.inWords(today.fetched_at)}. ` : ""}It is here until ${today ? clock.inWords(today.valid_until) : "you sign out"}, also without signal.</p>
      <ul class="links">
        ${lone.current() ? nothing : html`<li><button type="button" class="second" @click=${() => router.go("lone")}>Say where I am going</button></li>`}
        <li><button type="button" class="second" @click=${() => void refresh()}>Fetch the list again</button></li>
        <li><button type="button" class="second" @click=${() => router.go("leave")}>Sign out</button></li>
      </ul>
    `;
  },
});

const drawMoments = (moments) =>
  moments.length
    ? html`<ul class="cards">${moments.map(drawMoment)}</ul>`
    : html`<p>You have no open moment now. When you take one, fetch the list again.</p>`;

const drawMoment = (moment) => html`<li>
  <button type="button" class="card" @click=${() => router.go("moment", { id: moment.id })}>
    <strong>${nameAndAge(moment)}</strong>
    <span>${moment.kind}</span>
    <span class="muted">${dueInWords(moment)}</span>
    ${drafts.ofMoment(moment.id).map((draft) => html`<span class="tag tag--${drafts.state(draft)}">${STATES[drafts.state(draft)]}</span>`)}
    ${moment.conversations.some((each) => each.heads.length > 1) ? html`<span class="tag tag--refused">Two versions to put together</span>` : nothing}
  </button>
</li>`;

/** A moment may have gone to somebody else while words about it were still here. */
function drawOthers(today) {
  const known = new Set((today?.moments ?? []).map((each) => each.id));
  const left = drafts.everything().filter((each) => !known.has(each.moment_id));
  return left.length
    ? html`<h2>No longer on your list</h2>
        <p>${counted(left.length, "conversation", "conversations")} of yours about somebody who is no longer on your list.</p>
        <ul class="cards">${left.map(
          (draft) => html`<li><button type="button" class="card" @click=${() => router.go("check", { id: draft.version_id })}>
            <strong>${draft.child}</strong><span class="tag tag--${drafts.state(draft)}">${STATES[drafts.state(draft)]}</span>
          </button></li>`,
        )}</ul>`
    : nothing;
}

export { STATES };
