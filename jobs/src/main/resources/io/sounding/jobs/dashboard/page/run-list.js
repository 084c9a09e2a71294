/** The list of runs to choose from. */

import { byId, element, showIn } from './dom.js';
import { counted, shortStep, whole } from './format.js';
import { styleOf } from './run-styles.js';
import { MOST_RUNS, NEWEST_RUNS, byName } from './selection.js';
import { runSwatch } from './swatch.js';

/** More rows than this are not searched by eye. */
const MOST_ROWS = 200;

/** Keeps the list in step with the runs that there are, without touching what has the focus. */
export class RunList {
  #rows = new Map();
  #selection = null;
  #choose;

  /** @param {function(?string[])} choose gets the runs chosen; null: the newest */
  constructor(choose) {
    this.#choose = choose;
    byId('run-search').addEventListener('input', () => this.#arrange());
    byId('run-filter').addEventListener('change', () => this.#arrange());
    byId('runs-newest').addEventListener('click', () => choose(null));
    byId('runs-none').addEventListener('click', () => choose([]));
    byId('runs-matching').addEventListener('click', () =>
      choose(this.#matching().slice(0, MOST_RUNS).map((run) => run.name)));
    byId('runs-newest').textContent = `Newest ${NEWEST_RUNS}`;
    byId('runs-newest').title = 'Those with open alarms, and the newest';
  }

  /** @param {import('./selection.js').Selection} selection */
  show(selection) {
    this.#selection = selection;
    const shown = new Set(selection.runs);
    for (const run of selection.all) {
      if (!this.#rows.has(run.name)) this.#rows.set(run.name, this.#newRow(run.name));
      fill(this.#rows.get(run.name), run, shown, selection.runs.length >= MOST_RUNS);
    }
    byId('runs-count').textContent = `${whole(selection.all.filter((run) => shown.has(run.name)).length)} of ${whole(selection.all.length)} shown`;
    this.#arrange();
  }

  /** Draws the swatches anew, in the colours of the theme. */
  recolour() {
    if (this.#selection !== null) this.show(this.#selection);
  }

  #arrange() {
    const matching = this.#matching();
    const rows = matching.slice(0, MOST_ROWS).map((run) => this.#rows.get(run.name).item);
    const list = byId('run-rows');
    if (rows.length !== list.children.length || rows.some((row, i) => row !== list.children[i])) list.replaceChildren(...rows);
    byId('runs-rest').textContent = matching.length === 0 ? 'No run matches.'
      : matching.length > MOST_ROWS ? `${whole(matching.length - MOST_ROWS)} more: narrow the search.` : '';
  }

  #matching() {
    if (this.#selection === null) return [];
    const words = byId('run-search').value.toLowerCase().split(/\s+/).filter((word) => word !== '');
    const filter = byId('run-filter').value;
    const shown = new Set(this.#selection.runs);
    return this.#selection.all
      .filter((run) => words.every((word) => run.name.toLowerCase().includes(word)))
      .filter((run) => filter === 'all' || (filter === 'shown' ? shown.has(run.name) : run.openAlarms > 0))
      .sort((a, b) => byName(a.name, b.name));
  }

  #newRow(name) {
    const box = element('input', { type: 'checkbox', onchange: () => this.#toggle(name, box.checked) });
    const swatch = element('span', { class: 'swatch' });
    const facts = element('span', { class: 'faint' });
    const badge = element('span', { class: 'badge alarm', hidden: true });
    const item = element('li', { 'data-run': name },
      element('label', {}, box, swatch, element('span', { class: 'run-name' }, name), badge, facts));
    return { item, box, swatch, facts, badge };
  }

  #toggle(name, isOn) {
    const others = this.#selection.runs.filter((run) => run !== name);
    this.#choose(isOn ? [...others, name] : others);
  }
}

function fill(row, run, shown, isFull) {
  const isShown = shown.has(run.name);
  showIn(row.swatch, isShown ? [styleOf(run.name), document.documentElement.dataset.theme] : null, () => (isShown ? [runSwatch(run.name)] : []));
  row.box.checked = isShown;
  row.box.disabled = isFull && !row.box.checked;
  row.item.title = row.box.disabled ? `At most ${MOST_RUNS} runs are shown at once.` : '';
  row.badge.hidden = run.openAlarms === 0;
  row.badge.textContent = counted(run.openAlarms, 'alarm');
  const parts = [`${counted(run.on.checkpoints, 'checkpoint')}, to step ${shortStep(run.on.lastStep)}`];
  if (run.on.evaluating > 0) parts.push(`${run.on.evaluating} evaluating`);
  if (run.on.failed > 0) parts.push(`${run.on.failed} failed`);
  row.facts.textContent = ` ${parts.join(', ')}`;
}
