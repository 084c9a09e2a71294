/** What a view means for the runs that there are. */

/** As many runs are shown where none was chosen: those with open alarms, and the newest. */
export const NEWEST_RUNS = 8;
/** With as many runs the training loss is drawn unless it was switched off: it may fall while a rank collapses. */
const MOST_WITH_LOSS = 2;
/** As many runs are shown at most. */
export const MOST_RUNS = 64;

/**
 * @typedef {Object} Selection
 * @property {?string} corpus
 * @property {string[]} runs those shown, by name
 * @property {Object[]} all all runs on the corpus, by name: {name, openAlarms, on}
 * @property {number[]} layers indices that the shown runs have
 * @property {?Object} metric as the overview describes it
 * @property {boolean} loss whether the training loss is drawn
 */

/**
 * Resolves a view.
 * @param {import('./view-state.js').View} view
 * @param {Object} overview the API's
 * @param {Usual} usual what is shown where nothing was chosen
 * @returns {Selection}
 */
export function select(view, overview, usual) {
  const corpus = view.corpus ?? usual.corpus(overview);
  const all = overview.runs
    .map(({ name, openAlarms, on }) => ({ name, openAlarms, on: on.find((one) => one.corpus === corpus) }))
    .filter((run) => run.on !== undefined);
  const runs = view.runs === null ? usual.runs(corpus, all, overview.feed) : view.runs.slice(0, MOST_RUNS);
  const shown = new Set(runs);
  const layers = new Set(all.filter((run) => shown.has(run.name)).flatMap((run) => run.on.layers));
  return {
    corpus,
    runs: [...runs].sort(byName),
    all,
    layers: [...layers].sort((a, b) => a - b),
    metric: overview.metrics.find((metric) => metric.name === view.metric) ?? null,
    loss: view.loss ?? runs.length <= MOST_WITH_LOSS,
  };
}

/**
 * What is shown where nothing was chosen: the corpus with the newest event, and the newest runs on it.
 * Once all is read it stays, though events come now of this run or corpus and then of that; a run
 * that was not there before comes in, and one with an open alarm.
 */
export class Usual {
  #corpus = null;
  #places = new Map();

  /** The name of the corpus; null: there is none. */
  corpus(overview) {
    if (overview.corpora.includes(this.#corpus)) return this.#corpus;
    const newest = newestCorpus(overview);
    if (isRead(overview.feed)) this.#corpus = newest;
    return newest;
  }

  /** The names of the runs: those with open alarms first, then those that came last. */
  runs(corpus, all, feed) {
    const places = new Map(this.#places.get(corpus));
    const arrival = places.size;
    for (const run of all) if (!places.has(run.name)) places.set(run.name, { arrival, lastAt: run.on.lastAt });
    if (isRead(feed)) this.#places.set(corpus, places);
    const isAlarmed = (run) => (run.openAlarms > 0 ? 1 : 0);
    const place = (run) => places.get(run.name);
    return [...all]
      .sort((a, b) => isAlarmed(b) - isAlarmed(a) || place(b).arrival - place(a).arrival || place(b).lastAt.localeCompare(place(a).lastAt))
      .slice(0, NEWEST_RUNS)
      .map((run) => run.name);
  }

  /** Has the runs that are newest now be shown. */
  renew() {
    this.#places.clear();
  }
}

function isRead(feed) {
  return feed.state === 'live';
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
