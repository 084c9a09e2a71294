/** What is chosen above the chart: corpus, metric, layers, axes. */

import { byId, element, showIn } from './dom.js';
import { metricNote } from './metric-notes.js';

/**
 * Connects the controls with the view.
 * @param {import('./view-state.js').ViewState} state
 * @param {function(): import('./selection.js').Selection} selection the one shown
 */
export function connectControls(state, selection) {
  const on = (id, change) => byId(id).addEventListener('change', (event) => change(event.target));
  on('corpus', (select) => state.update({ corpus: select.value, heat: null, page: 0, from: null, to: null }));
  on('metric', (select) => state.update({ metric: select.value }));
  on('layer-choice', (radio) => {
    if (radio.name !== 'layer-mode') return;
    const { layers } = selection();
    state.update({ layers: radio.value === 'some' ? [String(layers[layers.length - 1] ?? 0)] : [radio.value] });
  });
  on('layer-numbers', () => {
    const chosen = [...byId('layer-numbers').querySelectorAll('input:checked')].map((box) => box.value);
    state.update({ layers: chosen.length === 0 ? ['last'] : chosen });
  });
  on('x-choice', (radio) => state.update({ x: radio.value }));
  on('y-choice', (radio) => state.update({ y: radio.value }));
  on('loss', (box) => state.update({ loss: box.checked }));
  on('bands', (box) => state.update({ bands: box.checked }));
  const steps = () => state.update({ from: stepIn('from'), to: stepIn('to') }, true);
  on('from', steps);
  on('to', steps);
  byId('zoom-reset').addEventListener('click', () => state.update({ from: null, to: null }, true));
}

/**
 * Shows what is chosen.
 * @param {import('./view-state.js').View} view
 * @param {import('./selection.js').Selection} selection
 * @param {Object} overview the API's
 */
export function showControls(view, selection, overview) {
  const corpora = [...new Set([...overview.corpora, ...(selection.corpus === null ? [] : [selection.corpus])])];
  showIn(byId('corpus'), corpora, () => corpora.map((corpus) => element('option', { value: corpus }, corpus)));
  byId('corpus').value = selection.corpus ?? '';
  showIn(byId('metric'), overview.metrics, () => ['rank', 'clusters'].map((family) =>
    element('optgroup', { label: family === 'rank' ? 'Rank: while evaluating and final' : 'Clusters: final only' },
      ...overview.metrics.filter((metric) => metric.family === family).map(({ name, title }) => element('option', { value: name }, title)))));
  byId('metric').value = selection.metric?.name ?? '';
  showLayers(view, selection);
  check('y-choice', view.y);
  byId('loss').checked = selection.loss;
  byId('bands').checked = view.bands;
  byId('bands').disabled = selection.metric?.hasInterval === false;
  showStep('from', view.from);
  showStep('to', view.to);
  byId('zoom-reset').hidden = view.from === null && view.to === null;
  byId('metric-note').textContent = selection.metric === null ? '' : metricNote(selection.metric.name);
  byId('metric-definition').textContent = selection.metric?.definition ?? '';
}

/** Shows which axis of steps is in force. @param {'linear'|'log'} kind */
export function showStepAxis(kind) {
  check('x-choice', kind);
}

function showLayers(view, selection) {
  const mode = ['last', 'all'].includes(view.layers[0]) && view.layers.length === 1 ? view.layers[0] : 'some';
  check('layer-choice', mode);
  const numbers = byId('layer-numbers');
  numbers.hidden = mode !== 'some';
  showIn(numbers, selection.layers, () => selection.layers.map((layer) =>
    element('label', { class: 'chip' }, element('input', { type: 'checkbox', value: String(layer), 'aria-label': `Layer ${layer}` }), String(layer))));
  for (const box of numbers.querySelectorAll('input')) box.checked = view.layers.includes(box.value);
}

function check(group, value) {
  for (const radio of byId(group).querySelectorAll('input[type=radio]')) radio.checked = radio.value === value;
}

function stepIn(id) {
  const text = byId(id).value.trim();
  return /^[0-9]{1,15}$/.test(text) ? Number(text) : null;
}

function showStep(id, step) {
  if (document.activeElement !== byId(id)) byId(id).value = step ?? '';
}
