// Reads aloud what a child is shown, with a voice of its language that needs no signal; where the
// browser has none, it says so. Nothing else on the page needs it.
import { isSpeaking, onSpeech, speak, stop, voiceFor, whyNot } from "./app/speech.js";

for (const button of document.querySelectorAll("[data-reads]")) {
  const spoken = document.getElementById(button.dataset.reads);
  const said = document.querySelector(`[data-no-voice="${button.dataset.reads}"]`);
  const lines = [...spoken.querySelectorAll("[data-line]")]
    .map((each) => ({ text: each.textContent.trim(), tag: each.closest("[lang]").lang }))
    .filter(({ text }) => text);
  const draw = () => {
    const there = lines.every(({ tag }) => voiceFor(tag) !== null);
    button.hidden = !there;
    button.textContent = isSpeaking() ? "Stop reading" : "Read aloud";
    said.textContent = there ? "" : whyNot(button.dataset.languageName);
  };
  button.addEventListener("click", () => (isSpeaking() ? stop() : speak(lines)));
  onSpeech(draw);
  draw();
}
