/**
 * What the page shows, as it stands behind the "#" of its address: a link reproduces the view, and
 * the back button returns to the one before. What is at its default is left out.
 */

/** Tabs under the curves, in their order. */
export const TABS = ['layers', 'checkpoints', 'alarms', 'correlations', 'values'];

const STATUSES = ['EVALUATING', 'FINAL', 'FAILED'];

/**
 * @typedef {Object} View
 * @property {?string[]} runs runs chosen; null: the newest, as Usual has them
 * @property {?string} corpus null: the one with the newest event
 * @property {string} metric field name
 * @property {string[]} layers "last", "all", or indices
 * @property {'auto'|'linear'|'log'} x axis of steps
 * @property {'linear'|'log'} y axis of values
 * @property {?boolean} loss whether the training loss is drawn; null: where few runs are shown
 * @property {boolean} bands whether intervals are drawn
 * @property {?number} from first step shown; null: all
 * @property {?number} to last step shown; null: all
 * @property {string} tab one of TABS
 * @property {?string} heat run of the heat map; null: the first that is shown
 * @property {?string} status only checkpoints of this status
 * @property {number} page of the table of checkpoints, from 0
 * @property {string} sort column of the table of correlations
 * @property {boolean} descending
 * @property {?string} task only correlations with this task
 * @property {?('light'|'dark')} theme null: as the reader chose before, or as the system has it
 */

/** The view of an address without a "#". @returns {View} */
export function defaultView() {
  return {
    runs: null, corpus: null, metric: 'rankMe', layers: ['last'], x: 'auto', y: 'linear', loss: null, bands: true,
    from: null, to: null, tab: 'layers', heat: null, status: null, page: 0, sort: 'spearman', descending: true,
    task: null, theme: null,
  };
}

/**
 * Reads a view; what cannot be read is at its default.
 * @param {string} hash with or without "#"
 * @returns {View}
 */
export function parseView(hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const view = defaultView();
  const oneOf = (name, allowed, otherwise) => (allowed.includes(given.get(name)) ? given.get(name) : otherwise);
  if (given.has('run')) view.runs = [...new Set(given.getAll('run'))].filter((run) => run !== '');
  view.corpus = given.get('corpus') || null;
  view.metric = given.get('metric') || view.metric;
  view.layers = layersOf(given.getAll('layer')) ?? view.layers;
  view.x = oneOf('x', ['linear', 'log'], view.x);
  view.y = oneOf('y', ['linear', 'log'], view.y);
  view.loss = { on: true, off: false }[given.get('loss')] ?? null;
  view.bands = given.get('bands') !== 'off';
  view.from = stepOf(given.get('from'));
  view.to = stepOf(given.get('to'));
  view.tab = oneOf('tab', TABS, view.tab);
  view.heat = given.get('heat') || null;
  view.status = oneOf('status', STATUSES, null);
  view.page = stepOf(given.get('page')) ?? 0;
  view.sort = given.get('sort') || view.sort;
  view.descending = given.get('order') !== 'ascending';
  view.task = given.get('task') || null;
  view.theme = oneOf('theme', ['light', 'dark'], null);
  return view;
}

/**
 * Writes a view.
 * @param {View} view
 * @returns {string} with "#"
 */
export function formatView(view) {
  const usual = defaultView();
  const pairs = [];
  const add = (name, value, otherwise) => {
    if (value !== otherwise && value !== null) pairs.push([name, String(value)]);
  };
  if (view.runs !== null) (view.runs.length === 0 ? [''] : view.runs).forEach((run) => pairs.push(['run', run]));
  add('corpus', view.corpus, usual.corpus);
  add('metric', view.metric, usual.metric);
  if (view.layers.join() !== usual.layers.join()) view.layers.forEach((layer) => pairs.push(['layer', layer]));
  add('x', view.x, usual.x);
  add('y', view.y, usual.y);
  if (view.loss !== null) add('loss', view.loss ? 'on' : 'off', null);
  add('bands', view.bands ? 'on' : 'off', 'on');
  add('from', view.from, null);
  add('to', view.to, null);
  add('tab', view.tab, usual.tab);
  add('heat', view.heat, null);
  add('status', view.status, null);
  add('page', view.page, 0);
  add('sort', view.sort, usual.sort);
  add('order', view.descending ? 'descending' : 'ascending', 'descending');
  add('task', view.task, null);
  add('theme', view.theme, null);
  return `#${new URLSearchParams(pairs)}`;
}

/** The view of this address, kept in step with it. */
export class ViewState {
  #changed;

  /** @param {function(View, View)} changed gets the new view and the one before */
  constructor(changed) {
    this.#changed = changed;
    this.view = parseView(location.hash);
    window.addEventListener('popstate', () => this.#become(parseView(location.hash)));
  }

  /**
   * Changes a part of the view.
   * @param {Partial<View>} part
   * @param {boolean} [passing] true: no step for the back button, as while zooming
   * @returns {boolean} whether it is another view than before
   */
  update(part, passing = false) {
    const next = { ...this.view, ...part };
    const hash = formatView(next);
    if (hash === formatView(this.view)) return false;
    const address = hash === '#' ? location.pathname + location.search : hash;
    history[passing ? 'replaceState' : 'pushState'](null, '', address);
    this.#become(next);
    return true;
  }

  #become(next) {
    const before = this.view;
    this.view = next;
    this.#changed(next, before);
  }
}

function layersOf(given) {
  if (given.includes('all')) return ['all'];
  const layers = [...new Set(given.filter((layer) => /^(last|[0-9]{1,4})$/.test(layer)))];
  return layers.length === 0 ? null : layers;
}

function stepOf(text) {
  return text !== null && /^[0-9]{1,15}$/.test(text) ? Number(text) : null;
}
