/** The table of correlations with downstream scores. */

import { byId, element, showIn, svg } from './dom.js';
import { hundredths, whole } from './format.js';
import { showPaging } from './paging.js';

/** With fewer pairs the best order there is comes up by luck too often to mean anything. */
const FEWEST_PAIRS = 6;

const CORRELATIONS_A_PAGE = 100;
let page = 0;

const COLUMNS = [
  { name: 'task', title: 'Task', of: (one) => one.task },
  { name: 'scope', title: 'Compared', of: (one) => (one.scope === 'ALONG_RUN' ? `along ${one.run}` : `across runs at ${whole(one.step)}`) },
  { name: 'metric', title: 'Metric', of: (one, titles) => titles.get(one.metric) ?? one.metric },
  { name: 'layer', title: 'Layer', of: (one) => one.layer, numeric: true },
  { name: 'pairs', title: 'Pairs', of: (one) => one.pairs, numeric: true },
  { name: 'spearman', title: 'Spearman', of: (one) => one.spearman, numeric: true, bySize: true },
  { name: 'interval', title: '95 % interval', of: (one) => (one.spearmanLow === null ? null : one.spearmanHigh - one.spearmanLow) },
  { name: 'given', title: 'Given step', of: (one) => one.spearmanGivenStep, numeric: true, bySize: true },
  { name: 'pearson', title: 'Pearson', of: (one) => one.pearson, numeric: true, bySize: true },
  { name: 'kendall', title: 'Kendall', of: (one) => one.kendall, numeric: true, bySize: true },
  { name: 'from', title: 'From step', of: (one) => one.fromStep, numeric: true },
];

/**
 * @param {Object} answer the API's CorrelationsAnswer
 * @param {Object[]} metrics as the overview describes them
 * @param {string} sort a column's name
 * @param {boolean} descending
 * @param {function(string, boolean)} resort gets the column and direction that were asked for
 */
export function showCorrelations(answer, metrics, sort, descending, resort) {
  const titles = new Map([['trainingLoss', 'training loss'], ['logStep', 'the step itself'], ...metrics.map(({ name, title }) => [name, title])]);
  const by = COLUMNS.find((column) => column.name === sort) ?? COLUMNS[5];
  byId('correlation-table').hidden = answer.correlations.length === 0;
  byId('correlation-paging').hidden = answer.correlations.length === 0;
  byId('correlations-empty').hidden = answer.correlations.length > 0;
  showIn(byId('correlation-head'), [by.name, descending], () => COLUMNS.map((column) => heading(column, by, descending, resort)));
  page = Math.min(page, Math.max(0, Math.ceil(answer.correlations.length / CORRELATIONS_A_PAGE) - 1));
  showIn(byId('correlation-rows'), [answer, by.name, descending, page], () =>
    sorted(answer.correlations, by, descending, titles)
      .slice(page * CORRELATIONS_A_PAGE, (page + 1) * CORRELATIONS_A_PAGE)
      .map((one) => row(one, titles)));
  const at = { page, size: CORRELATIONS_A_PAGE, total: answer.correlations.length, noun: 'correlations' };
  showPaging(byId('correlation-paging'), at, (to) => {
    page = to;
    showCorrelations(answer, metrics, sort, descending, resort);
  });
  byId('correlation-count').textContent = answer.total > answer.correlations.length
    ? `The ${whole(answer.correlations.length)} strongest of ${whole(answer.total)} correlations.` : '';
}

function heading(column, by, descending, resort) {
  const isSorted = column === by;
  const next = isSorted ? !descending : column.numeric === true;
  return element('th', {
    scope: 'col', class: column.numeric ? 'number' : null, 'aria-sort': isSorted ? (descending ? 'descending' : 'ascending') : null,
  },
  element('button', {
    type: 'button', class: 'sort', 'data-sort': column.name,
    onclick: () => {
      page = 0;
      resort(column.name, next);
      document.querySelector(`#correlation-head [data-sort="${column.name}"]`)?.focus();
    },
  }, column.title, element('span', { class: 'arrow', 'aria-hidden': 'true' }, isSorted ? (descending ? '▼' : '▲') : '')));
}

function sorted(correlations, by, descending, titles) {
  const key = (one) => {
    const value = by.of(one, titles);
    return by.bySize && value !== null ? Math.abs(value) : value;
  };
  const order = (a, b) => (typeof a === 'string' ? a.localeCompare(b, 'en', { numeric: true }) : a - b);
  return [...correlations].sort((one, other) => {
    const [a, b] = [key(one), key(other)];
    if (a === null || b === null) return (a === null) - (b === null);
    return descending ? order(b, a) : order(a, b);
  });
}

function row(one, titles) {
  const luck = one.pairs < FEWEST_PAIRS || one.spearmanLow === null || (one.spearmanLow <= 0 && one.spearmanHigh >= 0);
  const cell = (value) => element('td', { class: 'number' }, hundredths(value));
  return element('tr', { class: luck ? 'may-be-luck' : null },
    element('th', { scope: 'row', class: 'name' }, one.task),
    element('td', { class: 'name' }, COLUMNS[1].of(one)),
    element('td', { class: 'name' }, COLUMNS[2].of(one, titles)),
    element('td', { class: 'number' }, one.layer ?? '–'),
    element('td', { class: 'number' }, whole(one.pairs)),
    element('td', { class: 'number strong' }, hundredths(one.spearman)),
    element('td', { class: 'interval' }, ...interval(one)),
    cell(one.spearmanGivenStep), cell(one.pearson), cell(one.kendall),
    element('td', { class: 'number' }, whole(one.fromStep)));
}

/** From -1 to 1: the interval as a line, the correlation as a dot, and both in figures. */
function interval(one) {
  const x = (value) => 3 + (value + 1) * 29;
  const drawing = svg('svg', { class: 'whisker', viewBox: '0 0 64 14', width: 64, height: 14, 'aria-hidden': 'true' },
    svg('line', { class: 'zero', x1: x(0), x2: x(0), y1: 1, y2: 13 }),
    one.spearmanLow === null ? null : svg('line', { class: 'range', x1: x(one.spearmanLow), x2: x(one.spearmanHigh), y1: 7, y2: 7 }),
    one.spearman === null ? null : svg('circle', { cx: x(one.spearman), cy: 7, r: 3 }));
  return [drawing, element('span', {}, one.spearmanLow === null ? '–' : `${hundredths(one.spearmanLow)} to ${hundredths(one.spearmanHigh)}`)];
}
