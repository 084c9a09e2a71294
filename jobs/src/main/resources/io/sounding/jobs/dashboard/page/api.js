/** The server's JSON API, as openapi.json describes it. */

/** The server answered that it cannot do what was asked, with a sentence that says why. */
export class Refusal extends Error {
  /**
   * @param {number} status HTTP status
   * @param {string} sentence what is wrong and what to do
   */
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

/** The server did not answer at all. */
export class Unreachable extends Error {}

/**
 * Asks the API.
 * @param {string} path such as "series"
 * @param {Object<string, string|number|string[]|null>} [parameters] arrays are repeated, null and
 *     empty ones left out
 * @param {AbortSignal} [signal]
 * @returns {Promise<Object>} the answer
 * @throws {Refusal|Unreachable|DOMException} the last when aborted
 */
export async function ask(path, parameters = {}, signal = undefined) {
  const response = await request(`api/${path}${query(parameters)}`, { signal });
  return response.json();
}

/**
 * Opens the stream of server-sent events.
 * @param {AbortSignal} signal ends it
 * @returns {Promise<ReadableStream<Uint8Array>>}
 */
export async function openEvents(signal) {
  const response = await request('api/events', { signal, headers: { Accept: 'text/event-stream' } });
  return response.body;
}

/**
 * Changes the token for a cookie, which later requests carry by themselves.
 * @param {string} token
 */
export async function openSession(token) {
  await request('api/session', { method: 'POST', headers: { Authorization: `Bearer ${token}` } });
}

async function request(address, options) {
  let response;
  try {
    response = await fetch(address, { cache: 'no-store', ...options });
  } catch (failure) {
    if (failure.name === 'AbortError') throw failure;
    throw new Unreachable('The dashboard\'s server does not answer.', { cause: failure });
  }
  if (!response.ok) throw new Refusal(response.status, await sentence(response));
  return response;
}

async function sentence(response) {
  const fallback = `The server answered with status ${response.status}.`;
  try {
    return (await response.json()).error ?? fallback;
  } catch {
    return fallback;
  }
}

function query(parameters) {
  const pairs = Object.entries(parameters).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((item) => item !== null && item !== undefined && item !== '')
      .map((item) => [name, String(item)]));
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`;
}
