/** One child, before the talk: how to talk with them, how to reach them safely, what was before. */
import { html, nothing } from "../view.js";
import * as clock from "../clock.js";
import * as day from "../day.js";
import * as drafts from "../drafts.js";
import * as router from "../router.js";
import { drawFits } from "../services.js";
import { dueInWords, nameAndAge } from "../words.js";
import { STATES } from "./list.js";

export const moment = {
  title: "Moment",
  draw: ({ id }) => {
    const it = day.moment(id);
    if (!it) return gone();
    const begun = drafts.ofMoment(id);
    return html`
      <h1>${nameAndAge(it)}</h1>
      <p>${it.kind}${it.address_hint ? html`, ${it.address_hint}` : nothing}<br /><strong>${dueInWords(it)}</strong></p>
      ${Date.parse(it.until) < Date.parse(day.current().valid_until) ? html`<p class="inset">You may see this until ${clock.inWords(it.until)}. Then it goes from this phone by itself.</p>` : nothing}
      <h2>Talking with ${it.name}</h2>
      ${it.communication_needs.length
        ? html`<ul class="needs">${it.communication_needs.map((need) => html`<li>${need}</li>`)}</ul>`
        : html`<p>Nothing is recorded. Ask how they like to talk, and write it down.</p>`}
      <h2>Making contact safely</h2>
      ${it.safe_contact ? safeContact(it.safe_contact) : html`<p>Nothing is recorded. Do not leave a message or a letter before you have asked.</p>`}
      ${it.tasks?.length ? html`<h2>Tasks</h2><ul class="needs">${it.tasks.map(drawTask)}</ul>` : nothing}
      ${drawFits(it.name, day.services(id))}
      ${begun.length ? html`<h2>On this phone</h2><ul class="cards">${begun.map(drawDraft)}</ul>` : nothing}
      ${it.conversations.map((each) => drawConversation(it, each))}
      ${it.thread.length ? html`<h2>Before now</h2><ol class="thread">${it.thread.map(drawBefore)}</ol>` : nothing}
      <div class="bar"><button type="button" class="first" @click=${() => router.go("guides", { id })}>Start a conversation</button></div>
    `;
  },
};

const gone = () => html`<h1>No longer on your list</h1>
  <p>This moment is not on your list any more: it was closed, or somebody else has it. What you wrote is kept and is sent.</p>
  <div class="bar"><button type="button" class="first" @click=${() => router.home()}>Back to your moments</button></div>`;

const safeContact = ({ how, when, avoid }) => html`
  ${how ? html`<p class="multi">${how}</p>` : nothing}
  ${when ? html`<p class="multi">${when}</p>` : nothing}
  ${avoid ? html`<p class="warning multi"><strong>Not so:</strong> ${avoid}</p>` : nothing}`;

/** Read only: a task is ended where the moment's own page is, with signal. */
const drawTask = (task) => html`<li>${task.text}<br /><span class="muted">${task.for_whom}, by ${clock.dayInWords(task.due_on)}</span></li>`;

function drawDraft(draft) {
  const state = drafts.state(draft);
  return html`<li><button type="button" class="card" @click=${() => router.go("check", { id: draft.version_id })}>
    <strong>${day.guide(draft.guide)?.title ?? "Conversation"}</strong>
    <span class="muted">Begun ${clock.inWords(draft.began_at)}</span>
    <span class="tag tag--${state}">${STATES[state]}</span>
  </button></li>`;
}

/** What the server has, unless this phone already goes on with it. */
function drawConversation(it, conversation) {
  const mine = drafts.ofConversation(conversation.conversation_id);
  const seen = new Set(mine.flatMap((each) => [each.version_id, ...each.based_on]));
  const heads = conversation.heads.filter((each) => !seen.has(each.version_id));
  if (!heads.length) return nothing;
  const many = heads.length > 1;
  const [head] = heads;
  const open = many
    ? () => router.go("versions", { id: it.id, conversation: conversation.conversation_id })
    : () => router.go("check", { id: fromHead(it, conversation, head).version_id });
  return html`<h2>${day.guide(conversation.guide)?.title ?? "Conversation"}, ${clock.inWords(conversation.began_at)}</h2>
    ${many
      ? html`<p class="warning">Two versions of this conversation stand side by side. Nothing of either is lost.</p>`
      : html`<p>${head.finished ? "Finished" : "Not finished"}: ${head.by}, ${clock.inWords(head.written_at)}.</p>`}
    <button type="button" class="second" @click=${open}>${many ? "See both and put them together" : head.finished ? "Read it, or add to it" : "Go on with it"}</button>`;
}

/** Go on with what the server has: a version on top of it. */
const fromHead = (it, conversation, head) =>
  drafts.begin(it, conversation.guide, {
    conversation_id: conversation.conversation_id,
    began_at: conversation.began_at,
    based_on: [head.version_id],
    content: head.content,
  });

const drawBefore = (each) => html`<li>
  <strong>${clock.inWords(each.at)}</strong>, ${each.who}<br />
  ${each.guide}${each.said ? html`: ${each.said}` : nothing}
</li>`;
