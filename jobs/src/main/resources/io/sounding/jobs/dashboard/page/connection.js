/** Where the numbers come from, and whether they still come: the mark in the head, and the banners. */

import { byId } from './dom.js';
import { percent, whole } from './format.js';

const MARKS = {
  connecting: ['waiting', 'connecting'],
  waiting: ['waiting', 'waiting for data'],
  loading: ['waiting', 'loading'],
  live: ['live', 'live'],
  unreachable: ['broken', 'Kafka unreachable'],
};

/**
 * Shows the state of the feed.
 * @param {Object} feed the API's Feed
 */
export function showFeed(feed) {
  const [kind, words] = MARKS[feed.state];
  showMark(kind, words);
  document.documentElement.dataset.feed = feed.state;
  byId('feed-mark').title = feed.sentence;
  byId('kafka-banner').hidden = !['unreachable', 'connecting'].includes(feed.state);
  showText(byId('kafka-sentence'), feed.sentence);
  const loading = byId('loading');
  loading.hidden = feed.state !== 'loading';
  const share = feed.recordsToRead > 0 ? Math.min(1, feed.recordsRead / feed.recordsToRead) : 0;
  byId('loading-bar').value = share;
  byId('loading-words').textContent =
    `Reading what is recorded: ${whole(feed.recordsRead)} of ${whole(feed.recordsToRead)} records, ${percent(share)}. Curves appear as they come.`;
}

/** The connection to the server stands again. */
export function showServerBack() {
  byId('server-banner').hidden = true;
}

/**
 * The server does not answer, or refuses to push.
 * @param {string} sentence what happened
 * @param {number} waitMs until it is tried again
 */
export function showServerLost(sentence, waitMs) {
  showMark('broken', 'disconnected');
  byId('server-banner').hidden = false;
  showText(byId('server-sentence'), sentence);
  byId('server-retry').textContent = `It is tried again in ${Math.max(1, Math.round(waitMs / 1000))} s. What is shown stays.`;
}

/** A token is asked for. */
export function showLocked() {
  showMark('broken', 'locked');
}

function showMark(kind, words) {
  const mark = byId('feed-mark');
  mark.dataset.kind = kind;
  showText(byId('feed-words'), words);
}

/** Screen readers say a text again that is set again. */
function showText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
