/** Services that fit a child: to read before one is offered, and to choose from without signal. */
import { html, nothing } from "./view.js";
import { counted } from "./words.js";

/**
 * @typedef {{id: string, name: string, organisation?: string, help?: string, ages?: string,
 *   referral?: string, phones?: string[], far?: string, full?: boolean, before?: boolean,
 *   unsaid?: string[]}} Service
 */

/** All that fit, closed until somebody wants to read them. @param {string} child @param {Service[]} services */
export const drawFits = (child, services) =>
  services.length
    ? html`<details class="fits">
        <summary>What fits ${child}: ${counted(services.length, "service")}</summary>
        <p class="muted">The nearest first, as it was when the list was fetched. What an entry does not say rules nothing out.</p>
        <ul class="thread">${services.map((each) => html`<li><strong>${each.name}</strong>${drawService(each)}</li>`)}</ul>
      </details>`
    : html`<p class="muted">No service that fits ${child} was on the list when it was fetched.</p>`;

/** @param {Service} it */
export function drawService(it) {
  const said = [
    ["Run by", it.organisation],
    ["What for", it.help],
    ["Ages", it.ages],
    ["How to refer", it.referral],
  ].filter(([, words]) => words);
  return html`
    <p class="fits__far">${capital(it.far ?? "")}${it.far ? "." : nothing}${it.full ? html` <strong>It takes nobody now.</strong>` : nothing}${it.before ? " Offered before: the child said not now." : nothing}</p>
    <dl class="fits__said">${said.map(([label, words]) => html`<div><dt>${label}</dt> <dd>${words}</dd></div>`)}
      ${it.phones?.length ? html`<div><dt>Telephone</dt> <dd>${it.phones.map((each) => html`<a class="tel" href="tel:${each.replace(/[^0-9+]/g, "")}">${each}</a> `)}</dd></div>` : nothing}
    </dl>
    ${it.unsaid?.length ? html`<p class="muted">The entry does not say ${listed(it.unsaid)}: ask.</p>` : nothing}`;
}

/** @param {string[]} words */
const listed = (words) => (words.length > 1 ? `${words.slice(0, -1).join(", ")} or ${words.at(-1)}` : words[0]);
/** @param {string} words */
const capital = (words) => words.slice(0, 1).toUpperCase() + words.slice(1);

/** By what a list has a service: its identifier, or its name if it was typed. */
export const keyOf = (value) => (value ? (value.id ?? `=${value.name}`) : undefined);

/**
 * What there is to choose from. What was chosen before stays, also when it fits no more.
 * @param {Service[]} services @param {{id?: string, name: string} | undefined} value @returns {[string, string][]}
 */
export function optionsFor(services, value) {
  const options = services.map((each) => [each.id, each.name]);
  const chosen = keyOf(value);
  if (chosen && !options.some(([key]) => key === chosen)) options.push([chosen, value.name]);
  return options;
}

/** @param {Service[]} services @param {string} key @param {{id?: string, name: string} | undefined} before */
export function chosenService(services, key, before) {
  const it = services.find((each) => each.id === key);
  return it ? { id: it.id, name: it.name } : before;
}
