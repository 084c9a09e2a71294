/** Leafing through a table. */

import { element, showIn } from './dom.js';
import { whole } from './format.js';

/**
 * Shows which rows are seen of how many, with buttons to leaf, which keep the focus.
 * @param {HTMLElement} host
 * @param {Object} at
 * @param {number} at.page from 0
 * @param {number} at.size rows a page
 * @param {number} at.total rows in all
 * @param {string} at.noun what a row is, several of them
 * @param {function(number)} turn gets the page to show
 */
export function showPaging(host, at, turn) {
  const focused = host.contains(document.activeElement) ? document.activeElement.textContent : null;
  TURNS.set(host, turn);
  const from = at.page * at.size;
  const to = Math.min(at.total, from + at.size);
  showIn(host, at, () => {
    const leaf = (label, page, possible) => element('button', {
      type: 'button', class: 'button', disabled: !possible, onclick: () => TURNS.get(host)(page),
    }, label);
    return [
      element('span', { class: 'faint' }, at.total === 0 ? `No ${at.noun}` : `${whole(Math.min(from + 1, at.total))} to ${whole(to)} of ${whole(at.total)} ${at.noun}`),
      ...(at.total > at.size || at.page > 0
        ? [leaf('Previous', at.page - 1, at.page > 0), leaf('Next', at.page + 1, to < at.total)]
        : []),
    ];
  });
  if (focused === null || host.contains(document.activeElement)) return;
  const buttons = [...host.querySelectorAll('button:not(:disabled)')];
  (buttons.find((button) => button.textContent === focused) ?? buttons[0])?.focus();
}

/** What turns a page now: the buttons stay where only what lies behind them has changed. */
const TURNS = new WeakMap();
