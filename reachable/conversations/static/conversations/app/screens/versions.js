/** Two versions of one conversation, part by part, and one on top of both. */
import { html } from "../view.js";
import * as clock from "../clock.js";
import { clean, isEmpty, together } from "../content.js";
import * as day from "../day.js";
import * as drafts from "../drafts.js";
import * as router from "../router.js";
import { drawValues } from "./check.js";

export const versions = {
  title: "Two versions",
  draw: ({ id, conversation: key }) => {
    const it = day.moment(id);
    const conversation = it?.conversations.find((each) => each.conversation_id === key);
    if (!conversation) return html`<h1>No longer on your list</h1>`;
    const heads = [...conversation.heads].sort((one, other) => (one.written_at < other.written_at ? -1 : 1));
    const parts = day.partsOf(conversation.guide);
    const same = (part) => new Set(heads.map((head) => JSON.stringify(head.content[part.key] ?? {}))).size === 1;
    const write = () => {
      const content = Object.fromEntries(parts.map((part) => [part.key, together(part.fields, heads.map((head) => head.content[part.key]))]));
      const based_on = heads.map((head) => head.version_id);
      const from = { conversation_id: key, began_at: conversation.began_at, based_on, content };
      const draft = drafts.begin(it, conversation.guide, from);
      drafts.touch(draft);
      router.replace("check", { id: draft.version_id });
    };
    return html`
      <h1>Two versions of one conversation</h1>
      <p>They were written on two devices. Both are kept as they are. Write one on top of both: it begins with everything that is in either.</p>
      ${parts.filter((part) => heads.some((head) => !isEmpty(head.content[part.key]))).map(
        (part) => html`<section class="both"><h2>${part.title}</h2>
          ${same(part)
            ? html`<p class="muted">The same in both</p>${drawValues(part.fields, clean(part.fields, heads[0].content[part.key]), it.colleagues)}`
            : heads.map((head) => drawHead(part, head, it.colleagues))}
        </section>`,
      )}
      <div class="bar"><button type="button" class="first" @click=${write}>Write one of both</button></div>
    `;
  },
};

function drawHead(part, head, colleagues) {
  const values = clean(part.fields, head.content[part.key]);
  return html`<div class="version">
    <h3>${head.by}, ${clock.inWords(head.written_at)}</h3>
    ${isEmpty(values) ? html`<p class="muted">Left out</p>` : drawValues(part.fields, values, colleagues)}
  </div>`;
}

