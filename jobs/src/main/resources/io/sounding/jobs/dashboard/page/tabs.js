/** Tabs as the ARIA practices describe them: one is in the tab order, arrow keys move between them. */

/**
 * @param {HTMLElement} list the element with role tablist
 * @param {function(string)} choose gets the name of the tab that was chosen
 * @returns {{show: function(string)}}
 */
export function tabs(list, choose) {
  const all = [...list.querySelectorAll('[role=tab]')];
  all.forEach((tab) => tab.addEventListener('click', () => choose(tab.dataset.tab)));
  list.addEventListener('keydown', (event) => {
    const at = all.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined || at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const tab = all[(to + all.length) % all.length];
    tab.focus();
    choose(tab.dataset.tab);
  });
  return {
    show: (name) => all.forEach((tab) => {
      const isShown = tab.dataset.tab === name;
      tab.setAttribute('aria-selected', String(isShown));
      tab.tabIndex = isShown ? 0 : -1;
      document.getElementById(tab.getAttribute('aria-controls')).hidden = !isShown;
    }),
  };
}
