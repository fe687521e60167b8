/** What stands on every screen: back, what is not sent yet, hide, and sentences. */
import { html, nothing, render } from "./view.js";
import * as drafts from "./drafts.js";
import { notices, unsay } from "./notices.js";
import * as router from "./router.js";
import { hasSignal } from "./sending.js";

/** @param {() => void} hide @returns {() => void} draws the frame */
export function frame(hide) {
  const top = document.getElementById("top");
  const said = document.getElementById("notices");
  return () => {
    if (top) render(drawTop(hide), top);
    if (said) render(router.isBare() ? nothing : notices().map(drawNotice), said);
  };
}

export function unsentInWords() {
  const count = drafts.unsent().length;
  return count ? `${count} not sent yet` : "All sent";
}

/** @param {() => void} hide */
function drawTop(hide) {
  const words = unsentInWords();
  const covered = router.isCovered();
  const signal = hasSignal() ? nothing : html`<span class="top__signal">No signal</span>`;
  // What the child looks at says nothing of what is on this phone.
  if (router.isBare()) {
    return html`<div class="top__row">
      <button type="button" class="top__back" @click=${() => router.back()}><span class="visually-hidden">Back</span></button>
      <button type="button" class="top__hide" @click=${hide}>Hide</button>
    </div>`;
  }
  return html`<div class="top__row">
      ${router.canGoBack()
        ? html`<button type="button" class="top__back" @click=${() => router.back()}><span class="visually-hidden">Back</span></button>`
        : html`<span class="top__name">Reachable</span>`}
      ${covered
        ? html`<span class="top__sent">${drafts.unsent().length ? words : nothing} ${signal}</span>`
        : html`<button type="button" class="top__sent" aria-current=${router.name() === "unsent" ? "page" : nothing}
            @click=${() => router.name() === "unsent" || router.go("unsent")}><span class="top__words">${words}</span> ${signal}</button>`}
      ${covered ? nothing : html`<button type="button" class="top__hide" @click=${hide}>Hide</button>`}
    </div>
    <p class="visually-hidden" role="status">${words}${hasSignal() ? "" : ", no signal"}</p>`;
}

function drawNotice([key, { text, kind, link }]) {
  return html`<div class="notice notice--${kind}">
    <p>${text}</p>
    ${link && !router.isCovered() ? html`<button type="button" class="second" @click=${() => router.go(link.to)}>${link.text}</button>` : nothing}
    ${key === "full"
      ? nothing
      : html`<button type="button" class="link" @click=${() => unsay(key)}>Close<span class="visually-hidden"> this message</span></button>`}
  </div>`;
}
