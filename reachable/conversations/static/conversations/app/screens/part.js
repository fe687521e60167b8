/** One part of a conversation on one screen. Saved while it is typed; everything may be left out. */
import { html, nothing } from "../view.js";
import { saidNo } from "../content.js";
import * as day from "../day.js";
import * as drafts from "../drafts.js";
import { drawFields } from "../fields.js";
import * as router from "../router.js";
import { drawFits } from "../services.js";
import { drawForChild } from "./show.js";

export const part = {
  title: "Conversation",
  leave: () => void drafts.flush(),
  draw: ({ id, at }) => {
    const draft = drafts.get(id);
    const parts = draft ? day.partsOf(draft.guide) : [];
    const it = parts[at];
    if (!draft || !it) return html`<h1>This conversation is not on this phone</h1>`;
    const values = (draft.content[it.key] ??= {});
    const context = {
      colleagues: day.colleagues(draft.moment_id),
      services: day.services(draft.moment_id),
      changed: () => {
        draft.part = at;
        drafts.touch(draft);
        router.redraw();
      },
    };
    const last = at === parts.length - 1;
    const next = () => (last ? router.replace("check", { id }) : router.replace("part", { id, at: at + 1 }));
    return html`
      <p class="progress">Part ${at + 1} of ${parts.length}. Leave out what does not fit.</p>
      <h1>${it.title}</h1>
      ${it.lead ? html`<p>${it.lead}</p>` : nothing}
      ${it.audience ? html`<p class="only">Only those whom the child was told about will read this part.</p>` : nothing}
      ${it.key === "offered" ? drawFits(draft.child, context.services) : nothing}
      ${drawFields(it.fields, values, it.key, context)}
      ${it.key === "told" ? drawForChild(draft) : nothing}
      ${saidNo(values)
        ? html`<div class="inset"><p>That is an answer, and it is respected. You can stop here, or write down what else is worth knowing.</p>
            <button type="button" class="second" @click=${() => router.replace("check", { id })}>Stop here and finish</button></div>`
        : nothing}
      <div class="bar">
        ${at ? html`<button type="button" class="second" @click=${() => router.replace("part", { id, at: at - 1 })}>Part before</button>` : nothing}
        <button type="button" class="second" @click=${() => router.replace("check", { id })}>All parts</button>
        <button type="button" class="first" @click=${next}>${last ? "To the end" : "Next"}</button>
      </div>
    `;
  },
};

