/**
 * Reading aloud, with a voice of the language that is on this device: what a child is told goes to
 * no service that speaks for others, and is heard where there is no signal.
 */
const engine = globalThis.speechSynthesis;
const SLOWER = 0.9;

const target = new EventTarget();
/** They are held here: some browsers forget one that nobody holds, and then never say that it ended.
 * @type {SpeechSynthesisUtterance[]} */
let saying = [];

const said = () => target.dispatchEvent(new Event("speech"));

/** @param {() => void} listener when a voice comes, when reading begins or ends */
export const onSpeech = (listener) => target.addEventListener("speech", listener);
export const isSpeaking = () => saying.length > 0;

/** @param {string} tag such as pl-PL, or pl_PL as some phones write it */
const language = (tag) => tag.toLowerCase().split(/[-_]/)[0];

/** @param {string} tag @returns {SpeechSynthesisVoice | null} */
export function voiceFor(tag) {
  const there = engine?.getVoices().filter((each) => each.localService && language(each.lang) === language(tag)) ?? [];
  return there.find((each) => /^en[-_]gb/i.test(each.lang)) ?? there[0] ?? null;
}

/** @param {string} name of the language */
export const whyNot = (name) =>
  `It cannot be read aloud here: this device has no voice for ${name} that works without signal. Read it out yourself, or with somebody who speaks it.`;

/** @typedef {{text: string, tag: string}} Line what is said, and the tag of its language */

/** @param {Line[]} lines */
export function speak(lines) {
  stop();
  saying = lines.flatMap(({ text, tag }) => {
    const voice = voiceFor(tag);
    if (!voice) return [];
    const one = new SpeechSynthesisUtterance(text);
    Object.assign(one, { voice, lang: voice.lang, rate: SLOWER });
    one.onend = one.onerror = () => ended(one);
    return [one];
  });
  for (const one of saying) engine.speak(one);
  said();
}

/** @param {SpeechSynthesisUtterance} one */
function ended(one) {
  if (saying.at(-1) !== one) return;
  saying = [];
  said();
}

export function stop() {
  if (!saying.length) return;
  saying = [];
  engine.cancel();
  said();
}

engine?.addEventListener?.("voiceschanged", said);
// Nothing goes on speaking from a pocket.
document.addEventListener("visibilitychange", () => document.hidden && stop());
addEventListener("pagehide", stop);
