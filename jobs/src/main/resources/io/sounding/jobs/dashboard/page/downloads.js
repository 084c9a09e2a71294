/** What is shown, as files. */

const COLUMNS = ['run', 'corpus', 'layer', 'metric', 'step', 'checkpoint', 'value', 'low', 'high', 'status', 'progress', 'training_loss'];

/**
 * The curves as CSV (RFC 4180): a line a value, numbers in full, nothing where there is none.
 * @param {import('./curve-model.js').CurveModel} model
 * @returns {string}
 */
export function csvOf(model) {
  const losses = new Map(model.losses.map((one) => [one.run, new Map(one.steps.map((step, i) => [step, one.values[i]]))]));
  const lines = model.curves.flatMap((curve) => curve.points.map((point) => [
    curve.run, model.corpus, curve.layer, model.metric.name, point.step, point.checkpoint, point.value, point.low, point.high,
    point.final ? 'FINAL' : 'PARTIAL', point.progress, losses.get(curve.run)?.get(point.step),
  ]));
  return [COLUMNS, ...lines].map((line) => line.map(csvField).join(',')).join('\r\n') + '\r\n';
}

/**
 * Hands a text to the browser to be saved.
 * @param {string} text
 * @param {string} name the file's
 */
export function saveText(text, name) {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  save(address, name);
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

/** Hands a picture to the browser to be saved. */
export function savePicture(dataUrl, name) {
  save(dataUrl, name);
}

/** A file name of words, without what file systems do not like. */
export function fileName(words, ending) {
  return `${words.join('-').replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 120)}.${ending}`;
}

function save(address, name) {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
}

function csvField(value) {
  if (value === null || value === undefined) return '';
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
