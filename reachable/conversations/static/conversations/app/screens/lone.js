/** Where I am going, when I am back, who is told if I am not. */
import { html, nothing } from "../view.js";
import * as clock from "../clock.js";
import * as day from "../day.js";
import * as drafts from "../drafts.js";
import { drawFields } from "../fields.js";
import * as lone from "../lone.js";
import * as router from "../router.js";
import { sendNow } from "../sending.js";

const MINUTE = 60_000;
const FIELDS = [
  { key: "where", label: "Where are you going?", hint: "A place that others would find.", kind: "text", most: 200 },
  {
    key: "back",
    label: "When do you expect to be back?",
    hint: "",
    kind: "choice",
    options: [["30", "In half an hour"], ["60", "In an hour"], ["120", "In two hours"], ["180", "In three hours"]],
  },
  { key: "tell", label: "Who is told if you are not?", hint: "", kind: "colleague" },
];

export const loneScreen = {
  title: "Where I am going",
  draw: (args) => {
    args.values ??= {};
    const context = { colleagues: day.others(), changed: () => router.redraw() };
    const minutes = Number(args.values.back);
    return html`
      <h1>Where are you going?</h1>
      ${args.wrong ? html`<p class="warning" role="alert">${args.wrong}</p>` : nothing}
      ${context.colleagues.length ? nothing : html`<p class="warning">Your list names no colleague, so nobody can be told. Ring somebody before you go.</p>`}
      ${drawFields(FIELDS, args.values, "lone", context)}
      ${minutes ? html`<p><strong>Back by ${clock.time(clock.now() + minutes * MINUTE)}.</strong></p>` : nothing}
      <div class="bar"><button type="button" class="first" @click=${() => void send(args, context)}>Leave the note</button></div>
    `;
  },
};

async function send(args, { colleagues }) {
  const { where = "", back, tell } = args.values;
  const missing = [!where.trim() && "where you are going", !back && "when you expect to be back", !tell && "who is told"].filter(Boolean);
  if (missing.length) {
    args.wrong = `The note is not left yet. Say ${missing.join(", and ")}.`;
    return router.redraw();
  }
  await lone.tell({
    where: where.trim(),
    expected_back: new Date(clock.now() + Number(back) * MINUTE).toISOString(),
    tell,
    tell_name: colleagues.find((each) => each.id === tell)?.name ?? "your colleague",
  });
  void sendNow();
  return router.home();
}

/** Stands on the list while somebody is out. */
export function drawLone() {
  const note = lone.current();
  if (!note) return nothing;
  const state = lone.state(drafts.unsent());
  const late = Date.parse(note.expected_back) < clock.now();
  const back = async () => {
    await lone.isBack();
    await sendNow();
  };
  return html`<section class="lone" aria-label="Where you are">
    <p><strong>${note.where}</strong>, ${late ? "you were to be back" : "back"} by ${clock.time(note.expected_back)}. ${note.tell_name} is told if you are not.</p>
    ${state === "refused" ? html`<p class="warning">The server could not keep this note, so nobody was told. Ring somebody, and leave another note.</p>` : nothing}
    ${state === "ready" ? html`<p class="warning">Not sent yet: nobody can see this before there is signal. Ring ${note.tell_name} if they need to know now.</p>` : nothing}
    <button type="button" class="first" @click=${() => void back()}>I am back</button>
    ${state === "refused" ? html`<button type="button" class="second" @click=${() => router.go("lone")}>Leave another note</button>` : nothing}
  </section>`;
}
