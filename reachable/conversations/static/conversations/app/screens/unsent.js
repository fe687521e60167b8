/** What is on this phone only, and why. */
import { html, nothing } from "../view.js";
import * as clock from "../clock.js";
import * as day from "../day.js";
import * as drafts from "../drafts.js";
import * as lone from "../lone.js";
import * as router from "../router.js";
import { hasSignal, sendNow } from "../sending.js";

const WHY = {
  draft: "Not finished. It stays on this phone until you finish it; if you sign out, it is sent as it is.",
  ready: "Finished. It is sent as soon as there is signal.",
  refused: "The server could not keep it. Your words are here.",
};

const NOTE = {
  ready: "Nobody can see it before there is signal. Ring somebody if you need them to know now.",
  refused: "The server could not keep it, so nobody was told. Ring somebody, and leave the note again.",
};

export const unsent = {
  title: "Not sent yet",
  draw: () => {
    const waiting = drafts.unsent();
    return html`
      <h1>${waiting.length ? "Not sent yet" : "All sent"}</h1>
      ${waiting.length
        ? html`<p>${hasSignal() ? "There is signal." : "There is no signal now. Nothing is lost: it is kept on this phone, locked, and sent once when there is signal."}</p>
            <ul class="cards">${waiting.map(drawOne)}</ul>
            <div class="bar"><button type="button" class="first" @click=${() => void sendNow()}>Try to send now</button></div>`
        : html`<p>Everything you wrote is on the server.</p>`}
    `;
  },
};

function drawOne([id, state]) {
  const draft = drafts.get(id);
  if (draft) {
    return html`<li><button type="button" class="card" @click=${() => router.go("check", { id })}>
      <strong>${draft.child}</strong>
      <span>${day.guide(draft.guide)?.title ?? "Conversation"}, begun ${clock.inWords(draft.began_at)}</span>
      <span class="muted">${WHY[state]}${state === "refused" && draft.refused_because ? html` ${draft.refused_because}` : nothing}</span>
    </button></li>`;
  }
  const note = lone.last()?.id === id;
  return html`<li class="card"><strong>${note ? "Where you are" : "Something written before"}</strong>
    <span class="muted">${note ? NOTE[state] : WHY[state]}</span></li>`;
}
