/** What a view means for the runs that there are. */

/** As many runs are shown where none was chosen: those with open alarms, and the newest. */
export const NEWEST_RUNS = 8;
/** As many runs are shown at most. */
export const MOST_RUNS = 64;

/**
 * @typedef {Object} Selection
 * @property {?string} corpus
 * @property {string[]} runs those shown, by name
 * @property {Object[]} all all runs on the corpus, by name: {name, openAlarms, on}
 * @property {number[]} layers indices that the shown runs have
 * @property {?Object} metric as the overview describes it
 */

/**
 * Resolves a view.
 * @param {import('./view-state.js').View} view
 * @param {Object} overview the API's
 * @returns {Selection}
 */
export function select(view, overview) {
  const corpus = view.corpus ?? newestCorpus(overview);
  const all = overview.runs
    .map(({ name, openAlarms, on }) => ({ name, openAlarms, on: on.find((one) => one.corpus === corpus) }))
    .filter((run) => run.on !== undefined);
  const runs = view.runs === null ? newest(all, NEWEST_RUNS) : view.runs.slice(0, MOST_RUNS);
  const shown = new Set(runs);
  const layers = new Set(all.filter((run) => shown.has(run.name)).flatMap((run) => run.on.layers));
  return {
    corpus,
    runs: [...runs].sort(byName),
    all,
    layers: [...layers].sort((a, b) => a - b),
    metric: overview.metrics.find((metric) => metric.name === view.metric) ?? null,
  };
}

/** The names of the runs with the newest events; those with open alarms go first. */
function newest(runs, count) {
  const alarmed = (run) => (run.openAlarms > 0 ? 1 : 0);
  return [...runs].sort((a, b) => alarmed(b) - alarmed(a) || b.on.lastAt.localeCompare(a.on.lastAt)).slice(0, count).map((run) => run.name);
}

/** Order of names in which run2 comes before run10. */
export function byName(a, b) {
  return ORDER.compare(a, b);
}

const ORDER = new Intl.Collator('en', { numeric: true });

function newestCorpus(overview) {
  const on = overview.runs.flatMap((run) => run.on);
  return on.reduce((newer, one) => (newer === null || one.lastAt > newer.lastAt ? one : newer), null)?.corpus
    ?? overview.corpora[0] ?? null;
}
