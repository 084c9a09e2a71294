/** Numbers and times as people read them. */

const SUPERSCRIPT = { '-': '⁻', 0: '⁰', 1: '¹', 2: '²', 3: '³', 4: '⁴', 5: '⁵', 6: '⁶', 7: '⁷', 8: '⁸', 9: '⁹' };
const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/**
 * A value with four significant digits; very small and very large ones as powers of ten.
 * @param {?number} value
 * @returns {string} "–" where there is none
 */
export function number(value, digits = 4) {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-3) {
    const [mantissa, exponent] = value.toExponential((digits > 4 ? digits : Math.min(digits, 3)) - 1).split('e');
    const power = '10' + [...String(Number(exponent))].map((c) => SUPERSCRIPT[c]).join('');
    return minus(Number(mantissa) === 1 ? power : `${Number(mantissa)} × ${power}`);
  }
  const rounded = Number(value.toPrecision(digits));
  return minus(size >= 1e4 ? rounded.toLocaleString('en', { maximumFractionDigits: 6 }) : String(rounded));
}

/** As many digits tell values in ascending order apart, such as the ticks of an axis; 3 at least. */
export function digitsFor(values) {
  const size = Math.max(...values.map(Math.abs));
  const gap = Math.min(...values.slice(1).map((value, i) => value - values[i]));
  return gap > 0 && size > 0 && gap < Infinity ? Math.min(12, Math.max(3, Math.ceil(Math.log10(size / gap)) + 2)) : 3;
}

/** A correlation: two digits behind the point. */
export function hundredths(value) {
  return value === null ? '–' : minus(value.toFixed(2));
}

/** A whole number with thousands separated. */
export function whole(value) {
  return value === null || value === undefined ? '–' : minus(WHOLE.format(value));
}

/** A training step, short enough for an axis where it is round: 15,000 is 15k. */
export function shortStep(step) {
  if (step < 1e4) return WHOLE.format(step);
  const thousands = Math.floor(Math.log10(step) / 3);
  return Number((step / 1000 ** thousands).toPrecision(12)) + ' kMGTPE'[thousands];
}

/** A share as per cent, with its sign where it is a change. */
export function percent(share, signed = false) {
  if (share === null || !Number.isFinite(share)) return '–';
  const rounded = Math.round(share * 100);
  return (signed && rounded > 0 ? '+' : '') + minus(String(rounded)) + ' %';
}

/** Seconds, from 100 s on as minutes and from 100 min on as hours. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined) return '–';
  if (seconds < 100) return number(seconds, 3) + ' s';
  if (seconds < 6000) return number(seconds / 60, 3) + ' min';
  return number(seconds / 3600, 3) + ' h';
}

/** How long ago a moment was, in words. */
export function ago(moment, now = Date.now()) {
  const seconds = Math.max(0, (now - Date.parse(moment)) / 1000);
  if (seconds < 10) return 'just now';
  if (seconds < 90) return `${Math.round(seconds)} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 129600) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86400)} days ago`;
}

/** A count with its noun: "1 run", "2 runs". */
export function counted(count, noun) {
  return `${whole(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function minus(text) {
  return text.replace('-', '−');
}
