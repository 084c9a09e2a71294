/** The curves as a table: what the chart shows, for those who read rather than see. */

import { byId, element, showIn } from './dom.js';
import { number, percent, whole } from './format.js';
import { showPaging } from './paging.js';

const VALUES_A_PAGE = 100;
let page = 0;

/**
 * Shows the values, newest steps first.
 * @param {import('./curve-model.js').CurveModel} model
 */
export function showValues(model) {
  const rows = model.curves
    .flatMap((curve) => curve.points.filter((point) => point.value !== null).map((point) => ({ curve, point })))
    .sort((a, b) => b.point.step - a.point.step);
  page = Math.min(page, Math.max(0, Math.ceil(rows.length / VALUES_A_PAGE) - 1));
  const shown = rows.slice(page * VALUES_A_PAGE, (page + 1) * VALUES_A_PAGE)
    .map(({ curve, point }) => [curve.run, curve.layer, point]);
  byId('value-title').textContent = `${model.metric.title} on corpus ${model.corpus}`;
  showIn(byId('value-rows'), shown, () => shown.map(row));
  showPaging(byId('value-paging'), { page, size: VALUES_A_PAGE, total: rows.length, noun: 'values' }, (to) => {
    page = to;
    showValues(model);
  });
}

function row([run, layer, point]) {
  const cell = (text) => element('td', { class: 'number' }, text);
  return element('tr', {},
    element('th', { scope: 'row', class: 'name' }, run), cell(layer), cell(whole(point.step)), element('td', { class: 'number strong' }, number(point.value)),
    cell(point.low === null ? '–' : `${number(point.low)} to ${number(point.high)}`),
    element('td', {}, element('span', { class: `badge ${point.final ? 'final' : 'evaluating'}` }, point.final ? 'final' : `partial ${percent(point.progress)}`)),
    element('td', { class: 'name' }, point.checkpoint));
}
