/** Light or dark: as the address says, as the reader chose before, or as the system has it. */

const KEY = 'sounding.theme';
const DARK = matchMedia('(prefers-color-scheme: dark)');

const COLOURS = {
  light: {
    surface: '#ffffff', text: '#1b2027', faint: '#59636f', axis: '#8a94a0', grid: '#e6e9ed', alarm: '#b3261e', onAlarm: '#ffffff',
    cleared: '#59636f', zoom: '#0b5cad',
  },
  dark: {
    surface: '#181d24', text: '#e8ecf1', faint: '#a3aeba', axis: '#6d7884', grid: '#2b333d', alarm: '#ff8f80', onAlarm: '#2a0b08',
    cleared: '#a3aeba', zoom: '#74b5fb',
  },
};

let chosen = null;

/** The theme that is in force. @returns {'light'|'dark'} */
export function theme(view) {
  return view.theme ?? chosen ?? remembered() ?? (DARK.matches ? 'dark' : 'light');
}

/** Colours for what is drawn on a canvas, which knows no style sheet. */
export function canvasColours(name) {
  return COLOURS[name];
}

/** Puts a theme in force. */
export function applyTheme(name) {
  document.documentElement.dataset.theme = name;
}

/** Keeps a choice for later visits. */
export function rememberTheme(name) {
  chosen = name;
  try {
    localStorage.setItem(KEY, name);
  } catch {
    // Browsers may refuse to store anything; the choice then holds for this visit.
  }
}

/** Calls back when the system changes between light and dark. */
export function onSystemTheme(changed) {
  DARK.addEventListener('change', changed);
}

function remembered() {
  try {
    const name = localStorage.getItem(KEY);
    return name in COLOURS ? name : null;
  } catch {
    return null;
  }
}
