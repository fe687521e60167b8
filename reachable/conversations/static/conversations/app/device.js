/** This phone as the server knows it. Its record holds no name. */
import { call } from "./api.js";
import * as clock from "./clock.js";
import * as store from "./store.js";

/** @typedef {{id: string, secret: string, seal: {kid: string, public: string}, idleSeconds: number, ending: boolean}} Device */

/** @type {Device | null} */
let device = null;

export const current = () => device;

export async function load() {
  device = (await store.all("device")).find((each) => !each.ending) ?? null;
  return device;
}

export function forget() {
  device = null;
}

/** Who is signed in on the server? */
export async function whoIsThere() {
  const { json } = await call("/app/device/");
  if (json.server_now) clock.hear(json.server_now);
  return json;
}

/** A name by which a person finds this phone in a list, to have it wiped. */
async function label() {
  const said = navigator.userAgentData;
  const found = await said?.getHighEntropyValues?.(["model", "platform"]).catch(() => null);
  const named = [found?.model, found?.platform].filter(Boolean).join(", ");
  return (named || navigator.platform || "A phone").slice(0, 60);
}

/** @param {string} csrf @returns {Promise<{status: number, json: any}>} */
export async function register(csrf) {
  const answer = await call("/app/device/", {
    body: { label: await label() },
    headers: { "X-CSRFToken": csrf },
  });
  if (answer.status < 300) clock.hear(answer.json.server_now);
  return answer;
}

/** @param {any} said */
export async function keep(said) {
  device = {
    id: said.device_id,
    secret: said.device_secret,
    seal: said.seal,
    idleSeconds: said.idle_seconds,
    ending: false,
  };
  await store.write({ in: "device", put: device });
}
