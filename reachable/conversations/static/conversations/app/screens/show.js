/**
 * What the child is shown, one thing at a time: a large picture and a few words. Nothing else stands
 * on it: not who the child is, what it is about, or what is not sent yet.
 */
import { html, nothing } from "../view.js";
import * as day from "../day.js";
import * as drafts from "../drafts.js";
import * as router from "../router.js";
import { isSpeaking, onSpeech, speak, stop, voiceFor, whyNot } from "../speech.js";
import { ENGLISH, forChild, inLanguage, languageNamed } from "../told.js";

const PICTURES = new URL("../pictures.svg", import.meta.url).pathname;

/** The sentences to say, and the way to the screen for the child. @param {any} draft */
export function drawForChild(draft) {
  const sentences = forChild(day.words(), draft.content.told?.who ?? []);
  if (!sentences.length) return nothing;
  return html`
    <details><summary>You could say</summary>
      <ul class="say">${sentences.map((each) => html`<li>${each.say}</li>`)}</ul></details>
    <button type="button" class="second wide" @click=${() => router.go("show", { id: draft.version_id, at: 0 })}>Show to the child</button>`;
}

onSpeech(() => router.name() === "show" && router.redraw());

export const show = {
  title: "For you",
  bare: true,
  leave: stop,
  draw: (args) => {
    const words = day.words();
    const draft = drafts.get(args.id);
    const sentences = draft ? forChild(words, draft.content.told?.who ?? []) : [];
    const sentence = sentences[args.at];
    if (!sentence) return html`<h1>There is nothing to show</h1><p>Fetch the list again where there is signal.</p>`;
    args.language ??= languageNamed(words, draft.content.communication?.language ?? "");
    const { language, lines } = inLanguage(words, sentence, args.language);
    const turn = (by) => router.replace("show", { ...args, at: args.at + by });
    const last = args.at === sentences.length - 1;
    const voice = voiceFor(language.key);
    const read = () => (isSpeaking() ? stop() : speak(lines.map((text) => ({ text, tag: language.key }))));
    return html`
      ${args.at || words.languages.length < 2 ? nothing : chooseLanguage(words, args)}
      ${language.key === args.language ? nothing : html`<p class="muted">Not in ${nameOf(words, args.language)} yet: this is English.</p>`}
      <div class="shown" lang=${language.key} dir=${language.dir}>
        <svg class="shown__picture" role=${language === ENGLISH ? "img" : nothing} aria-label=${language === ENGLISH ? sentence.shows : nothing}
          aria-hidden=${language === ENGLISH ? nothing : "true"} focusable="false"><use href="${PICTURES}#${sentence.picture}"></use></svg>
        <h1 class="shown__words">${lines.map((line) => html`<span>${line} </span>`)}</h1>
      </div>
      <p class="muted shown__count">${args.at + 1} of ${sentences.length}</p>
      ${voice ? nothing : html`<p class="muted">${whyNot(language.name)}</p>`}
      <div class="bar">
        ${args.at ? html`<button type="button" class="second" @click=${() => turn(-1)}>Before</button>` : nothing}
        ${voice ? html`<button type="button" class="second" @click=${read}>${isSpeaking() ? "Stop reading" : "Read aloud"}</button>` : nothing}
        <button type="button" class="first" @click=${() => (last ? router.back() : turn(1))}>${last ? "Done" : "Next"}</button>
      </div>
    `;
  },
};

const nameOf = (words, key) => words.languages.find((each) => each.key === key)?.name ?? key;

function chooseLanguage(words, args) {
  const choose = (event) => {
    stop();
    args.language = event.target.value;
    router.redraw();
  };
  return html`<div class="field">
    <label for="shown-language">Language</label>
    <select id="shown-language" autocomplete="off" @change=${choose}>
      ${words.languages.map(
        (each) => html`<option value=${each.key} lang=${each.key} .selected=${each.key === args.language}>${each.own}</option>`,
      )}
    </select>
  </div>`;
}
