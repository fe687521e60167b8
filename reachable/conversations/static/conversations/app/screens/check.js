/** Everything that was written, to look over, change and finish; and what became of it. */
import { html, nothing } from "../view.js";
import * as clock from "../clock.js";
import { clean, inWords, isEmpty, lacks, tooLong } from "../content.js";
import { asText, copy } from "../copying.js";
import * as day from "../day.js";
import * as drafts from "../drafts.js";
import * as router from "../router.js";
import { hasSignal, sendNow, whenSent } from "../sending.js";

export const check = {
  title: "All parts",
  draw: (args) => {
    const draft = drafts.get(args.id);
    if (!draft) return html`<h1>This conversation is not on this phone any more</h1><p>It was sent. Open the moment to read it.</p>`;
    const state = drafts.state(draft);
    const parts = day.partsOf(draft.guide);
    return html`
      <h1>${draft.child}: ${day.guide(draft.guide)?.title ?? "conversation"}</h1>
      <p class="muted">Begun ${clock.inWords(draft.began_at)}</p>
      ${standing(draft, state)}
      ${args.wrong ? html`<div class="warning" role="alert">${args.wrong.map((each) => html`<p>${each}</p>`)}</div>` : nothing}
      <ol class="parts">${parts.map((it, at) => drawPart(draft, it, at, state === "writing"))}</ol>
      ${drawEnd(draft, state, parts, args)}
    `;
  },
};

function drawEnd(draft, state, parts, args) {
  const home = html`<button type="button" class="first" @click=${() => router.home()}>Your moments</button>`;
  if (state !== "writing") {
    return html`${state === "refused" ? drawCopy(draft, parts, args) : nothing}<div class="bar"><button type="button" class="second" @click=${() => void change(draft)}>Change or add</button>${home}</div>`;
  }
  const empty = isEmpty(draft.content);
  if (!empty && !drafts.isWritten(draft)) return html`<div class="bar">${home}</div>`;
  return html`
    <p>${empty ? "Nothing is written yet." : "Finish it when nothing more comes. You can add to it later."}</p>
    <div class="bar"><button type="button" class="first" @click=${() => void finish(draft, parts, args)}>Finish</button></div>`;
}

/** What cannot be sent as it is can be put somewhere else. */
function drawCopy(draft, parts, args) {
  const text = asText(parts, draft.content, day.colleagues(draft.moment_id));
  const take = async () => {
    args.copied = (await copy(text)) ? "" : text;
    router.redraw();
  };
  return html`<button type="button" class="second wide" @click=${() => void take()}>Copy the words</button>
    ${args.copied
      ? html`<div class="field"><label for="copied">This phone does not let an app copy. Mark the words here, and copy them.</label>
          <textarea id="copied" readonly rows="9" .value=${args.copied}></textarea></div>`
      : nothing}`;
}

function standing(draft, state) {
  if (state === "writing") return nothing;
  const words = {
    waiting: hasSignal()
      ? "Finished and kept on this phone. Not sent yet: it is being sent."
      : "Finished and kept on this phone. Not sent yet: it will be sent when there is signal.",
    refused: `Not sent. ${draft.refused_because ?? "The server could not keep it."} Your words are kept on this phone: change them and finish again.`,
    sent: whenSent(draft.version_id) ? `Sent at ${clock.time(whenSent(draft.version_id))}. The server has it.` : "Sent. The server has it.",
  };
  return html`<p class="state state--${state}">${words[state]}</p>`;
}

function drawPart(draft, it, at, writing) {
  const values = clean(it.fields, draft.content[it.key]);
  const change = () => router.replace("part", { id: draft.version_id, at });
  const empty = isEmpty(values);
  if (empty && !writing) return nothing;
  return html`<li>
    <div class="parts__head">
      <h2>${it.title}</h2>
      ${writing
        ? html`<button type="button" class="link" @click=${change}>${empty ? "Write" : "Change"}<span class="visually-hidden"> ${it.title}</span></button>`
        : nothing}
    </div>
    ${empty ? nothing : drawValues(it.fields, values, day.colleagues(draft.moment_id))}
  </li>`;
}

/** @param {import("../content.js").Field[]} fields */
export const drawValues = (fields, values, colleagues) => html`<dl>${fields
  .filter((field) => !isEmpty(values[field.key]))
  .map(
    (field) => html`<dt>${field.label}</dt>
      ${field.kind === "rows"
        ? values[field.key].map((row) => html`<dd class="row">${drawValues(field.fields ?? [], row, colleagues)}</dd>`)
        : html`<dd class="multi">${inWords(field, values[field.key], colleagues)}</dd>`}`,
  )}</dl>`;

async function finish(draft, parts, args) {
  args.wrong = parts.flatMap((it) => tooLong(it.fields, draft.content[it.key]).map((each) => `${it.title}: ${each}`));
  if (args.wrong.length) args.wrong.push("Nothing was cut. Shorten it, or put some of it into another part.");
  args.wrong.push(...lacks(draft.content).map((each) => `${parts[0].title} ${each}`));
  if (args.wrong.length) {
    args.wrong.push("Everything is kept on this phone. Change that, then finish.");
    return router.redraw();
  }
  args.wrong = null;
  for (const it of parts) draft.content[it.key] = clean(it.fields, draft.content[it.key]);
  for (const it of parts) if (isEmpty(draft.content[it.key])) delete draft.content[it.key];
  if (isEmpty(draft.content)) {
    args.wrong = ["Nothing is written yet, so there is nothing to send. Write at least whether the talk was offered, and what the child said to that."];
    return router.redraw();
  }
  if (await drafts.finish(draft)) void sendNow();
  router.replace("check", { id: draft.version_id });
}

async function change(draft) {
  const next = await drafts.reopen(draft);
  router.replace("check", { id: next.version_id });
}
