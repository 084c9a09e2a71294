/** Asks again for what is shown, seldom enough that neither the server nor the reader is pressed. */

/** At most about twice a second. */
const SHORTEST_GAP_MS = 500;

/**
 * Parts of the page that load by themselves, each at most once at a time. Slow answers stretch the
 * gap to twice their duration.
 */
export class Refresher {
  #parts = new Map();
  #failed;

  /**
   * @param {Object<string, function(AbortSignal): Promise<void>>} loads what loads and shows a part
   * @param {function(string, ?Error)} failed gets the part and why it failed, or null when it loaded
   */
  constructor(loads, failed) {
    this.#failed = failed;
    for (const [name, load] of Object.entries(loads)) {
      this.#parts.set(name, { load, running: null, stale: false, timer: null, earliest: 0 });
    }
  }

  /** Loads now; an answer that is still under way to an earlier question is dropped. */
  now(...names) {
    for (const name of names) {
      const part = this.#parts.get(name);
      part.running?.abort();
      clearTimeout(part.timer);
      part.timer = null;
      this.#run(name, part);
    }
  }

  /** Loads when the gap since the last time allows. */
  soon(...names) {
    for (const name of names) {
      const part = this.#parts.get(name);
      part.stale = true;
      if (part.running === null && part.timer === null) this.#schedule(name, part);
    }
  }

  #schedule(name, part) {
    part.timer = setTimeout(() => {
      part.timer = null;
      this.#run(name, part);
    }, Math.max(0, part.earliest - performance.now()));
  }

  async #run(name, part) {
    const controller = new AbortController();
    const begun = performance.now();
    part.running = controller;
    part.stale = false;
    try {
      await part.load(controller.signal);
      if (!controller.signal.aborted) this.#failed(name, null);
    } catch (failure) {
      if (!controller.signal.aborted) this.#failed(name, failure);
    }
    if (part.running !== controller) return;
    const ended = performance.now();
    part.running = null;
    part.earliest = ended + Math.max(SHORTEST_GAP_MS, 2 * (ended - begun));
    if (part.stale && part.timer === null) this.#schedule(name, part);
  }
}
