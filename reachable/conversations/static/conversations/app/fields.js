/**
 * Draws one field of a part: plain boxes, no masks, so that a keyboard that listens can fill them.
 * Everything typed goes into `values` at once, and `changed` is called.
 */
import { html, nothing } from "./view.js";
import { isShown, overBy } from "./content.js";
import { chosenService, drawService, keyOf, optionsFor } from "./services.js";

/**
 * @typedef {import("./content.js").Field} Field
 * @typedef {{colleagues: {id: string, name: string}[], services: import("./services.js").Service[],
 *   changed: () => void}} Context
 */

/** @param {Field[]} fields @param {Record<string, any>} values @param {string} path @param {Context} context */
export const drawFields = (fields, values, path, context) =>
  fields
    .filter((field) => isShown(field, values))
    .map((field) => drawField(field, values, `${path}-${field.key}`, context));

/** @param {Field} field @param {Record<string, any>} values @param {string} id @param {Context} context */
function drawField(field, values, id, context) {
  const put = (value) => {
    values[field.key] = value;
    context.changed();
  };
  const value = values[field.key];
  if (field.kind === "rows") return rows(field, values, id, context);
  if (field.kind === "choice") return choice(field, value, id, field.options ?? [], put);
  if (field.kind === "many") return many(field, value ?? [], id, put);
  if (field.kind === "colleague") {
    return choice(field, value, id, context.colleagues.map((each) => [each.id, each.name]), put);
  }
  if (field.kind === "service") return service(field, value, id, context.services, put);
  return box(field, value ?? "", id, put);
}

/** Which service: a list of those on this phone, with what is known of the one that is chosen. */
function service(field, value, id, services, put) {
  const options = optionsFor(services, value);
  const known = services.find((each) => each.id === value?.id);
  return html`${list(field, keyOf(value), id, options, (key) => put(key && chosenService(services, key, value)))}
    ${known ? html`<div class="inset">${drawService(known)}</div>` : nothing}`;
}

const hint = (field, id) => (field.hint ? html`<p class="hint" id="${id}-hint">${field.hint}</p>` : nothing);
const described = (field, id, ...more) =>
  [field.hint && `${id}-hint`, ...more].filter(Boolean).join(" ") || nothing;

/** A box for words. Nothing is cut off: what is too long is said. */
function box(field, value, id, put) {
  const over = overBy(field, value);
  const describes = described(field, id, over > 0 && `${id}-over`);
  const typed = (event) => put(event.target.value);
  return html`<div class="field">
    <label for=${id}>${field.label}</label>
    ${hint(field, id)}
    ${over > 0
      ? html`<p class="over" id="${id}-over">Too long by ${over} letters. Nothing was cut: shorten it, or go on in another part.</p>`
      : nothing}
    ${field.kind === "long" || field.kind === "words"
      ? html`<textarea id=${id} class=${field.kind} rows=${field.kind === "words" ? 9 : 4} autocomplete="off"
          autocapitalize="sentences" spellcheck="false" aria-describedby=${describes} .value=${value} @input=${typed}></textarea>`
      : html`<input id=${id} type=${field.kind === "day" ? "date" : "text"} autocomplete="off"
          autocapitalize="sentences" spellcheck="false" aria-describedby=${describes} .value=${value} @input=${typed} />`}
  </div>`;
}

/** More than these would have to be scrolled through; the phone's own list is for a thumb. */
const MOST_RADIOS = 6;

function choice(field, value, id, options, put) {
  if (options.length > MOST_RADIOS) return list(field, value ?? "", id, options, put);
  const takeBack = () => {
    put(undefined);
    // The button goes with the answer; whoever works by keyboard stays at the question.
    document.getElementById(id)?.focus();
  };
  return html`<fieldset class="field" id=${id} tabindex="-1" aria-describedby=${described(field, id)}>
    <legend>${field.label}</legend>
    ${hint(field, id)}
    ${options.map(
      ([key, label]) => html`<label class="tick">
        <input type="radio" name=${id} autocomplete="off" .checked=${value === key} @change=${() => put(key)} />
        <span>${label}</span>
      </label>`,
    )}
    ${value
      ? html`<button type="button" class="link" @click=${takeBack}>Take this answer back<span class="visually-hidden"> ${field.label}</span></button>`
      : nothing}
  </fieldset>`;
}

function list(field, value, id, options, put) {
  return html`<div class="field">
    <label for=${id}>${field.label}</label>
    ${hint(field, id)}
    <select id=${id} autocomplete="off" aria-describedby=${described(field, id)}
      @change=${(event) => put(event.target.value || undefined)}>
      <option value="" .selected=${!value}></option>
      ${options.map(([key, label]) => html`<option value=${key} .selected=${value === key}>${label}</option>`)}
    </select>
  </div>`;
}

function many(field, value, id, put) {
  const turn = (key, on) => put(on ? [...value, key] : value.filter((each) => each !== key));
  return html`<fieldset class="field" aria-describedby=${described(field, id)}>
    <legend>${field.label}</legend>
    ${hint(field, id)}
    ${(field.options ?? []).map(
      ([key, label]) => html`<label class="tick">
        <input type="checkbox" autocomplete="off" .checked=${value.includes(key)}
          @change=${(event) => turn(key, event.target.checked)} />
        <span>${label}</span>
      </label>`,
    )}
  </fieldset>`;
}

/** Several of a kind. One empty row stands ready; empty ones are left out by themselves. */
function rows(field, values, id, context) {
  const there = values[field.key]?.length ? values[field.key] : [{}];
  const inUse = { ...context, changed: () => put(there) };
  const put = (next) => {
    values[field.key] = next;
    context.changed();
  };
  const add = () => {
    put([...there, {}]);
    document.getElementById(`${id}-${there.length}`)?.focus();
  };
  const remove = (at) => {
    put(there.filter((_, index) => index !== at));
    document.getElementById(`${id}-add`)?.focus();
  };
  return html`<fieldset class="field rows" aria-describedby=${described(field, id)}>
    <legend>${field.label}</legend>
    ${hint(field, id)}
    ${there.map(
      (row, at) => html`<div class="row" role="group" tabindex="-1" id="${id}-${at}"
        aria-label="${field.label}, ${at + 1} of ${there.length}">
        ${drawFields(field.fields ?? [], row, `${id}-${at}`, inUse)}
        ${there.length > 1
          ? html`<button type="button" class="link" @click=${() => remove(at)}>Take out number ${at + 1}</button>`
          : nothing}
      </div>`,
    )}
    ${there.length < field.most
      ? html`<button type="button" class="second" id="${id}-add" @click=${add}>Add another</button>`
      : html`<p class="hint">These are ${field.most}, the most that one conversation holds. Write the rest in another one.</p>`}
  </fieldset>`;
}
