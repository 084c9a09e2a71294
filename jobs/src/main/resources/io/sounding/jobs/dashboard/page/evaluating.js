/** What is being evaluated now. */

import { byId, element } from './dom.js';
import { duration, percent, whole } from './format.js';

/** As many are asked for and shown. */
export const MOST_EVALUATING = 6;

const ROWS = new Map();

/** @param {Object} answer the API's CheckpointsAnswer of those that are EVALUATING */
export function showEvaluating(answer) {
  const ids = new Set();
  const items = [...answer.checkpoints]
    .sort((a, b) => b.progress - a.progress)
    .map((checkpoint) => {
      const id = JSON.stringify([checkpoint.run, checkpoint.checkpoint, checkpoint.corpus]);
      ids.add(id);
      if (!ROWS.has(id)) ROWS.set(id, newRow(checkpoint));
      fill(ROWS.get(id), checkpoint);
      return ROWS.get(id).item;
    });
  for (const id of [...ROWS.keys()]) if (!ids.has(id)) ROWS.delete(id);
  byId('evaluating').hidden = items.length === 0;
  const list = byId('evaluating-rows');
  if (items.length !== list.children.length || items.some((item, i) => item !== list.children[i])) list.replaceChildren(...items);
  const more = answer.total - items.length;
  byId('evaluating-more').textContent = more > 0 ? `and ${whole(more)} more` : '';
}

function newRow(checkpoint) {
  const bar = element('progress', { max: 1, 'aria-label': `Evaluation of ${checkpoint.run}, step ${checkpoint.step}` });
  const facts = element('span', { class: 'faint' });
  const item = element('li', {},
    element('span', { class: 'run-name' }, checkpoint.run), element('span', {}, `step ${whole(checkpoint.step)}`), bar, facts);
  return { item, bar, facts };
}

function fill(row, checkpoint) {
  row.bar.value = checkpoint.progress;
  const of = checkpoint.corpusAudioSeconds > 0 ? ` of ${duration(checkpoint.corpusAudioSeconds)}` : '';
  row.facts.textContent = `${percent(checkpoint.progress)}: ${duration(checkpoint.audioSeconds)}${of} of audio`
    + (checkpoint.layers > 1 ? `, ${checkpoint.layersFinal} of ${checkpoint.layers} layers final` : '');
}
