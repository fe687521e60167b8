/** Words that several screens share, and what the app takes: words only. */
import { say } from "./notices.js";

const ONLY_WORDS =
  "Pictures, sound and files cannot be put here, and nothing was added. A picture of a child or of their things would be evidence, and others may have to see it. Write down what you saw.";

/** @param {DataTransfer | null} data */
function isOnlyFiles(data) {
  const items = [...(data?.items ?? [])];
  // A word processor gives a picture of the text beside the text.
  return items.some((item) => item.kind === "file") && !items.some((item) => item.type === "text/plain");
}

/** Refuse whatever is pasted or dropped that is not words. */
export function watchForFiles() {
  const refuse = (event, data) => {
    if (!isOnlyFiles(data)) return;
    event.preventDefault();
    if (event.type !== "dragover") say("passing", ONLY_WORDS, "wrong");
  };
  document.addEventListener("paste", (event) => refuse(event, event.clipboardData));
  for (const kind of ["dragover", "drop"]) {
    document.addEventListener(kind, (event) => refuse(event, event.dataTransfer));
  }
  document.addEventListener("beforeinput", (event) => refuse(event, event.dataTransfer));
}

/** @param {number} count @param {string} one @param {string} [many] */
export const counted = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

/** @param {{reached?: boolean, due: string}} moment */
export const dueInWords = (moment) => (moment.reached ? "Reached" : `To be reached by ${moment.due}`);

/** “Tamsin Orrell, 14” @param {{name: string, age: number | null}} moment */
export const nameAndAge = (moment) => (moment.age === null ? moment.name : `${moment.name}, ${moment.age}`);
