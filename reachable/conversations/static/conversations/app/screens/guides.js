/** Which kind of talk, and what to say in it. */
import { html, nothing } from "../view.js";
import * as day from "../day.js";
import * as drafts from "../drafts.js";
import * as router from "../router.js";

export const guides = {
  title: "Which conversation",
  draw: ({ id }) => {
    const it = day.moment(id);
    if (!it) return html`<h1>No longer on your list</h1>`;
    const first = day.guide(it.guide);
    const others = day.current().guides.filter((each) => each !== first);
    return html`
      <h1>Where do you talk with ${it.name}?</h1>
      <ul class="cards">${[first, ...others].filter(Boolean).map(
        (each) => html`<li><button type="button" class="card" @click=${() => router.go("guide", { id, guide: each.key })}>
          <strong>${each.title}</strong>
          ${each === first ? html`<span class="tag">Fits this moment</span>` : nothing}
        </button></li>`,
      )}</ul>
    `;
  },
};

export const guide = {
  title: "What to say",
  draw: ({ id, guide: key }) => {
    const it = day.guide(key);
    const child = day.moment(id);
    if (!it || !child) return html`<h1>No longer on your list</h1>`;
    const start = () => router.replace("part", { id: drafts.begin(child, key).version_id, at: 0 });
    return html`
      <h1>${it.title}</h1>
      <p>${it.lead}</p>
      <p>Ten minutes at most. Every part can be left out, and you can write afterwards.</p>
      ${words("You could say", it.say, "say")}
      ${words("Do", it.do, "do")}
      ${words("Do not", it.do_not, "do-not")}
      <details>
        <summary>Where this comes from</summary>
        <p>${[it.basis, it.source, it.certainty].filter(Boolean).join(". ")}</p>
      </details>
      <div class="bar"><button type="button" class="first" @click=${start}>Start</button></div>
    `;
  },
};

const words = (title, sentences, kind) =>
  sentences?.length
    ? html`<h2>${title}</h2><ul class=${kind}>${sentences.map((each) => html`<li>${each}</li>`)}</ul>`
    : nothing;
