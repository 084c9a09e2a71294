/** Under the chart: each curve's latest value, and how far it is from its peak and its beginning. */

import { byId, element, showIn } from './dom.js';
import { changeSinceFirst, drawdown } from './curve-model.js';
import { number, percent, whole } from './format.js';
import { styleOf } from './run-styles.js';
import { runSwatch } from './swatch.js';

const MOST_ROWS = 64;

/**
 * @param {import('./curve-model.js').CurveModel} model
 * @param {Set<string>} alarmed names of runs with an open alarm
 */
export function showLegend(model, alarmed) {
  const curves = model.curves.filter((curve) => curve.last !== null).slice(0, MOST_ROWS);
  const rows = curves.map((curve) => ({
    run: curve.run, label: curve.label, last: curve.last, fall: drawdown(curve), change: changeSinceFirst(curve), peak: curve.peak,
    alarmed: alarmed.has(curve.run), style: styleOf(curve.run),
  }));
  byId('legend').hidden = rows.length === 0;
  showIn(byId('legend-rows'), [rows, document.documentElement.dataset.theme], () => rows.map(row));
  const more = model.curves.length - curves.length;
  byId('legend-more').textContent = more > 0 ? `${more} more curves are drawn; the tab Values and the CSV hold all.` : '';
}

function row({ run, label, last, fall, change, peak, alarmed }) {
  return element('tr', {},
    element('th', { scope: 'row', class: 'name' }, runSwatch(run), ` ${label}`,
      alarmed ? element('span', { class: 'badge alarm' }, 'alarm') : null),
    element('td', { class: 'number strong' }, number(last.value)),
    element('td', { class: 'number optional' }, whole(last.step)),
    element('td', { class: 'optional' }, element('span', { class: `badge ${last.final ? 'final' : 'evaluating'}` }, last.final ? 'final' : `partial ${percent(last.progress)}`)),
    element('td', { class: 'number' }, percent(change, true)),
    element('td', { class: 'fall' }, fallBar(fall), element('span', {}, fall === null ? '–' : percent(fall))),
    element('td', { class: 'number faint optional' }, peak === null ? '–' : `${number(peak.value)} at ${whole(peak.step)}`));
}

function fallBar(fall) {
  const bar = element('span', { class: 'bar', 'aria-hidden': 'true' }, element('span', {}));
  bar.firstChild.style.width = `${Math.max(0, Math.min(1, fall ?? 0)) * 100}%`;
  return bar;
}
