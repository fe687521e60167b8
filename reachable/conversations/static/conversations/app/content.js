/** What was written, as plain values: which fields count, whether a part is empty, in words. */
import { dayInWords } from "./clock.js";

/**
 * @typedef {{key: string, label: string, hint: string, kind: string, options?: [string, string][],
 *   fields?: Field[], shown_if?: {field: string, is: string[]}, most?: number}} Field
 * @typedef {Record<string, any>} Values
 */

/** @param {unknown} value */
export const isEmpty = (value) =>
  value === undefined ||
  value === null ||
  value === "" ||
  (Array.isArray(value) && value.every(isEmpty)) ||
  (typeof value === "object" && !Array.isArray(value) && Object.values(value).every(isEmpty));

/** @param {Field} field @param {Values} values */
export function isShown(field, values) {
  if (!field.shown_if) return true;
  const value = values[field.shown_if.field];
  return (Array.isArray(value) ? value : [value]).some((each) => field.shown_if.is.includes(each));
}

/** What is empty, or hidden by another answer, is left out. @param {Field[]} fields @param {Values} values */
export function clean(fields, values = {}) {
  /** @type {Values} */
  const kept = {};
  for (const field of fields) {
    const value = values[field.key];
    if (!isShown(field, values) || isEmpty(value)) continue;
    kept[field.key] =
      field.kind === "rows"
        ? value.map((row) => clean(field.fields ?? [], row)).filter((row) => !isEmpty(row))
        : value;
  }
  return kept;
}

/** @param {Field} field @param {any} value @param {{id: string, name: string}[]} colleagues */
export function inWords(field, value, colleagues) {
  const chosen = (one) => field.options?.find(([key]) => key === one)?.[1] ?? one;
  if (field.kind === "choice") return chosen(value);
  if (field.kind === "many") return [].concat(value).map(chosen).join("; ");
  if (field.kind === "day") return dayInWords(value);
  if (field.kind === "service") return value.name;
  if (field.kind === "colleague") return colleagues.find((each) => each.id === value)?.name ?? "A colleague";
  return String(value);
}

const ASKED_AGAIN = ["not_now", "declined"];

/** A no is never the end: who asks again, and when, is the one thing that may not be left out.
 * @param {Record<string, Values>} content @returns {string[]} */
export function lacks(content) {
  const { answer, again_on, again_by } = content.invitation ?? {};
  if (!ASKED_AGAIN.includes(answer)) return [];
  return [
    !again_on && "Choose the day on which the child is asked again.",
    !again_by && "Choose who asks again.",
  ].filter(Boolean);
}

/** Was the child asked, and said no? @param {Values} values */
export const saidNo = (values) => ASKED_AGAIN.includes(values.answer);

/** Sentences for what is longer than the server takes.
 * @param {Field[]} fields @param {Values} values @returns {string[]} */
export const tooLong = (fields, values = {}) =>
  fields.flatMap((field) => {
    const value = values[field.key];
    if (field.kind === "rows") return (value ?? []).flatMap((row) => tooLong(field.fields ?? [], row));
    return overBy(field, value) > 0 ? [`“${field.label}” is too long by ${overBy(field, value)} letters.`] : [];
  });

/** @param {Field} field @param {any} value */
export const overBy = (field, value) =>
  field.most && typeof value === "string" ? value.length - field.most : 0;

/**
 * Two versions of a part become one that loses nothing: words stand under each other, what was
 * ticked in either is ticked, and of a single answer the later one stays.
 * @param {Field[]} fields @param {Values[]} versions the latest last
 */
export function together(fields, versions) {
  /** @type {Values} */
  const made = {};
  for (const field of fields) {
    const values = versions.map((each) => each?.[field.key]).filter((value) => !isEmpty(value));
    const different = [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
    if (!different.length) continue;
    if (field.kind === "many") made[field.key] = [...new Set(different.flat())];
    else if (field.kind === "rows") made[field.key] = unlike(different.flat());
    else if (["text", "long", "words"].includes(field.kind)) made[field.key] = different.join("\n\n");
    else made[field.key] = values.at(-1);
  }
  return made;
}

/** @param {Values[]} rows */
const unlike = (rows) => [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
