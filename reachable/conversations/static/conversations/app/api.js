/** Asks the server. Whatever is not an answer of ours counts as no signal. */

const PATIENCE = 20_000; // milliseconds

/** There is no signal, or something else than our server answered. */
export class NoSignal extends Error {}

/**
 * What shows a phone's secret needs no cookie: asked every half minute, it would keep a sign-in of
 * the same browser going.
 * @param {string} path
 * @param {{body?: object, headers?: Record<string, string>, credentials?: RequestCredentials}} [how]
 * @returns {Promise<{status: number, json: any}>}
 */
export async function call(path, { body, headers = {}, credentials = headers.Authorization ? "omit" : "same-origin" } = {}) {
  let response;
  try {
    response = await fetch(path, {
      method: body ? "POST" : "GET",
      headers: { Accept: "application/json", ...(body && { "Content-Type": "application/json" }), ...headers },
      body: body && JSON.stringify(body),
      cache: "no-store",
      credentials,
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE),
    });
    // The network of a café or a train answers for every site with a page of its own, which must
    // neither wipe the phone nor take a word for sent.
    if (!response.headers.get("Content-Type")?.includes("application/json")) throw new NoSignal();
    return { status: response.status, json: await response.json() };
  } catch {
    throw new NoSignal();
  }
}

/** @param {{id: string, secret: string}} device */
export const authorised = (device) => ({ Authorization: `Device ${device.id}:${device.secret}` });
