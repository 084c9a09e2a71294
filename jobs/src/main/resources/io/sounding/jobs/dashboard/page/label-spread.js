/** Names at the ends of curves, moved apart where they would cover each other. */

const ROUNDS = 60;

/**
 * Moves labels up and down until none covers another, each as little as it can.
 * @param {{x: number, y: number, width: number}[]} labels left ends and middles, pixels
 * @param {number} height of a label, pixels
 * @param {number} lowest where a middle may be: the axis, below which stand the steps
 * @returns {number[]} how far each is moved down, pixels
 */
export function spread(labels, height, lowest) {
  const places = labels.map((label) => Math.min(label.y, lowest));
  const order = labels.map((_, i) => i).sort((a, b) => labels[a].y - labels[b].y || a - b);
  for (let round = 0; round < ROUNDS; round += 1) {
    let moved = false;
    for (let upper = 0; upper < order.length; upper += 1) {
      for (let lower = upper + 1; lower < order.length; lower += 1) {
        const [a, b] = [order[upper], order[lower]];
        if (!besides(labels[a], labels[b])) continue;
        const missing = height - (places[b] - places[a]);
        if (missing <= 0.5) continue;
        const down = Math.min(missing / 2, lowest - places[b]);
        places[a] -= missing - down;
        places[b] += down;
        moved = true;
      }
    }
    if (!moved) break;
  }
  return places.map((place, i) => place - labels[i].y);
}

/** A name short enough to stand beside a curve: the middle is left out, since names differ at their ends. */
export function shortName(name, length) {
  const characters = [...name]; // not halves of one
  if (characters.length <= length) return name;
  const head = Math.floor((length - 1) * 0.35);
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - (length - 1 - head)).join('')}`;
}

function besides(a, b) {
  return a.x < b.x + b.width && b.x < a.x + a.width;
}
