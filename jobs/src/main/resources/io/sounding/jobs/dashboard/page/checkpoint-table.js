/** The table of checkpoints: status, why one failed, what it cost. */

import { age, byId, element, showIn } from './dom.js';
import { duration, number, percent, whole } from './format.js';
import { showPaging } from './paging.js';
import { styleOf } from './run-styles.js';
import { runSwatch } from './swatch.js';

/** Rows a page. */
export const CHECKPOINTS_A_PAGE = 50;

const WORDS = { EVALUATING: 'evaluating', FINAL: 'final', FAILED: 'failed' };

/**
 * @param {Object} answer the API's CheckpointsAnswer
 * @param {number} page from 0
 * @param {function(number)} turn gets the page to show
 */
export function showCheckpoints(answer, page, turn) {
  showIn(byId('checkpoint-rows'), [answer.checkpoints, answer.checkpoints.map(({ run }) => styleOf(run)), document.documentElement.dataset.theme], () => answer.checkpoints.flatMap(rows));
  byId('checkpoint-table').hidden = answer.checkpoints.length === 0;
  showPaging(byId('checkpoint-paging'), { page, size: CHECKPOINTS_A_PAGE, total: answer.total, noun: 'checkpoints' }, turn);
}

function rows(checkpoint) {
  const cell = (text, kind = 'number') => element('td', { class: kind }, text);
  const row = element('tr', { 'data-status': checkpoint.status },
    element('th', { scope: 'row', class: 'name' }, runSwatch(checkpoint.run), ` ${checkpoint.run}`),
    cell(whole(checkpoint.step)),
    cell(checkpoint.checkpoint + (checkpoint.attempt > 0 ? ` (attempt ${checkpoint.attempt + 1})` : ''), 'name'),
    element('td', {}, element('span', { class: `badge ${checkpoint.status.toLowerCase()}` },
      WORDS[checkpoint.status] + (checkpoint.status === 'EVALUATING' ? ` ${percent(checkpoint.progress)}` : ''))),
    cell(checkpoint.layers === null ? '–' : `${checkpoint.layersFinal} of ${checkpoint.layers}`),
    cell(typeof checkpoint.trainingLoss === 'string' ? checkpoint.trainingLoss : number(checkpoint.trainingLoss)),
    cell(duration(checkpoint.audioSeconds)),
    cell(duration(checkpoint.embedSeconds)),
    cell(duration(checkpoint.foldSeconds)),
    cell(duration(checkpoint.loadSeconds)),
    cell(checkpoint.audioSecondsPerSecond === null ? '–' : `${number(checkpoint.audioSecondsPerSecond)} ×`),
    cell(checkpoint.device ?? '–', ''),
    element('td', {}, age(checkpoint.emittedAt)));
  if (checkpoint.failureReason === null) return [row];
  row.classList.add('explained');
  return [row, element('tr', { class: 'explanation' }, element('td', { colspan: 13 }, checkpoint.failureReason))];
}
