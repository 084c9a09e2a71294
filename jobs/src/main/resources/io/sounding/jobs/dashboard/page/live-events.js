/** What the server pushes: server-sent events over fetch, so that a refusal can be read. */

import { openEvents, Refusal } from './api.js';

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30000;
/** The server sends a comment every 15 s; after three that did not come the connection is dead. */
const SILENCE_MS = 45000;

/**
 * Follows the events while the page is seen. A lost connection is opened again after 1 s, 2 s, 4 s
 * ... 30 s, each up to a quarter longer, so that many pages do not come back at one moment. A page
 * in a tab behind lets go of its connection: browsers open six to a server, over all tabs.
 * @param {Object} listener
 * @param {function()} listener.opened the connection stands
 * @param {function(string, Object)} listener.event an event's name and data
 * @param {function(Error, number)} listener.lost why, and in how many milliseconds it is tried again
 * @returns {{retryNow: function()}}
 */
export function followEvents(listener) {
  let wake = () => {};
  let stream = new AbortController();
  const isSeen = () => document.visibilityState === 'visible';
  const follow = async () => {
    let pause = FIRST_PAUSE_MS;
    for (;;) {
      if (!isSeen()) await new Promise((resume) => { wake = resume; });
      stream = new AbortController();
      try {
        await readStream(stream, listener.event, () => {
          pause = FIRST_PAUSE_MS;
          listener.opened();
        });
      } catch (failure) {
        if (!isSeen()) continue;
        const wait = pause * (1 + Math.random() / 4);
        pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
        listener.lost(failure, wait);
        await new Promise((resume) => { wake = resume; setTimeout(resume, wait); });
      }
    }
  };
  document.addEventListener('visibilitychange', () => (isSeen() ? wake() : stream.abort()));
  window.addEventListener('pagehide', () => stream.abort());
  window.addEventListener('online', () => wake());
  follow();
  return { retryNow: () => wake() };
}

async function readStream(controller, event, opened) {
  let watchdog = setTimeout(() => controller.abort(), SILENCE_MS);
  try {
    const body = await openEvents(controller.signal);
    opened();
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    const parse = eventParser(event);
    for (;;) {
      const { done, value } = await reader.read();
      if (done) throw new Error('The server ended the stream of events.');
      clearTimeout(watchdog);
      watchdog = setTimeout(() => controller.abort(), SILENCE_MS);
      parse(value);
    }
  } finally {
    clearTimeout(watchdog);
    controller.abort();
  }
}

/**
 * Reads the text of an event stream piece by piece.
 * @param {function(string, Object)} event gets each event's name and its data, read as JSON
 * @returns {function(string)} takes the next piece
 */
export function eventParser(event) {
  let rest = '';
  return (piece) => {
    const blocks = (rest + piece.replaceAll('\r', '')).split('\n\n');
    rest = blocks.pop();
    for (const block of blocks) {
      let name = 'message';
      const data = [];
      for (const line of block.split('\n')) {
        if (line.startsWith('event:')) name = line.slice(6).trim();
        else if (line.startsWith('data:')) data.push(line.slice(5).trimStart());
      }
      if (data.length > 0) event(name, JSON.parse(data.join('\n')));
    }
  };
}

/** Whether a token is asked for, and none or another was sent. */
export function asksForToken(failure) {
  return failure instanceof Refusal && failure.status === 401;
}
