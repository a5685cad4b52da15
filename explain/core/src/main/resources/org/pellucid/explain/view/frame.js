import {make} from './dom.js';

let theme;

function setTheme(name) {
  theme = name;
  document.documentElement.dataset.theme = name;
}
setTheme(matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');

/** The head of every page. */
export function pageHeader(title, subtitle) {
  return make('header', {class: 'top'},
    make('div', {}, make('h1', {}, title), make('p', {class: 'soft'}, subtitle)),
    make('button', {
      'aria-label': 'Switch between light and dark',
      onclick: () => setTheme(theme === 'dark' ? 'light' : 'dark'),
    }, '◐'));
}

/** Replaces what the page shows. */
export function show(...content) {
  document.getElementById('page').replaceChildren(...content);
}
