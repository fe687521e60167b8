/** Words that the server will not keep, taken out to where they can be kept. */
import { clean, inWords, isEmpty } from "./content.js";
import { say } from "./notices.js";

/**
 * What was written, as plain text.
 * @param {{title: string, key: string, fields: import("./content.js").Field[]}[]} parts
 * @param {Record<string, any>} content @param {{id: string, name: string}[]} colleagues
 */
export function asText(parts, content, colleagues) {
  const lines = (fields, values) =>
    fields
      .filter((field) => !isEmpty(values[field.key]))
      .flatMap((field) =>
        field.kind === "rows"
          ? [field.label, ...values[field.key].flatMap((row) => lines(field.fields ?? [], row).map((each) => `  ${each}`))]
          : [`${field.label} ${inWords(field, values[field.key], colleagues)}`],
      );
  return parts
    .map((part) => [part.title, lines(part.fields, clean(part.fields, content[part.key]))])
    .filter(([, said]) => said.length)
    .map(([title, said]) => [title, ...said].join("\n"))
    .join("\n\n");
}

/** @param {string} text @returns {Promise<boolean>} is it in the phone’s own memory now? */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    return false;
  }
  say("passing", "The words are copied, and every app on this phone can read them now. Put them where they belong, then copy something else.", "note");
  return true;
}
