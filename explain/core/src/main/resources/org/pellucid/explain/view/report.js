import {choice} from './controls.js';
import {data} from './data.js';
import {make} from './dom.js';
import {pageHeader, show} from './frame.js';
import {count} from './numbers.js';
import {chosen, entries, failures, summary} from './report-entries.js';
import {filterBar} from './report-filters.js';
import {progress} from './report-progress.js';
import {card, described, strip} from './report-tiles.js';
import {viewer} from './report-viewer.js';
import {oneOf, remember, stored, wholeNumber} from './state.js';

/** Images on a page. */
const PAGE = 24;
/** A report of so few images needs no filters. */
const FEW = 3;
/** With so few figures of each, two images stand side by side. */
const FEW_ROWS = 4;
const VIEWS = ['images', 'methods'];

const body = make('div');
const place = make('output');
const dialog = viewer(() => list);
const {element: filterElement, filters} = filterBar(() => draw(0));
const previous = make('button', {onclick: () => draw(page - 1), 'aria-label': 'previous page'}, '←');
const next = make('button', {onclick: () => draw(page + 1), 'aria-label': 'next page'}, '→');
let view = oneOf('view', VIEWS, 'images');
let list = [];
let page = 0;

const open = (entry, row) => dialog.open(entry, row);

function draw(wanted) {
  list = chosen(filters);
  const pages = Math.max(1, Math.ceil(list.length / PAGE));
  page = Math.min(Math.max(wanted, 0), pages - 1);
  remember({page, view});
  const shown = list.slice(page * PAGE, (page + 1) * PAGE);
  const total = list.length === entries.length ? '' : `, chosen from ${count(entries.length)}`;
  place.textContent = list.length
    ? `${count(page * PAGE + 1)} to ${count(page * PAGE + shown.length)} of ${count(list.length)}${total}`
    : entries.length ? 'No image is like this' : 'No image yet';
  previous.disabled = page === 0;
  next.disabled = page === pages - 1;
  body.className = view === 'images' && data.rows.length <= FEW_ROWS ? 'pairs' : '';
  body.replaceChildren(...(view === 'images'
    ? shown.map((entry) => card(entry, open))
    : data.rows.map((row, index) => strip(row, index, shown, open))));
}

function failed() {
  return make('section', {class: 'card failures'}, make('details', {open: failures.length <= FEW ? '' : undefined},
    make('summary', {}, failures.length === 1 ? '1 image failed' : `${count(failures.length)} images failed`),
    make('div', {class: 'scroll', tabindex: '0'}, make('table', {}, failures.map(({name, reason}) =>
      make('tr', {}, make('th', {dir: 'auto'}, name), make('td', {}, reason)))))));
}

function toolbar() {
  return make('section', {class: 'card toolbar'},
    entries.length > FEW ? filterElement : '',
    make('div', {class: 'bar'},
      choice(['By image', 'By method'], VIEWS.indexOf(view), (i) => { view = VIEWS[i]; draw(page); }, 'view'),
      make('div', {class: 'pager'}, previous, place, next)));
}

addEventListener('keydown', (event) => {
  if (dialog.isOpen() || event.target.matches('input, select, .scroll') || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'ArrowLeft' && !previous.disabled) draw(page - 1);
  if (event.key === 'ArrowRight' && !next.disabled) draw(page + 1);
});

show(
  pageHeader(data.title, summary?.subtitle || data.subtitle),
  ...progress(() => dialog.isOpen() || document.activeElement?.matches('input[type="search"], input[type="number"], select')),
  summary?.cards.length ? make('div', {class: 'cards'}, summary.cards.map((link) =>
    make('a', {class: 'card', href: link.page}, make('h2', {}, link.title),
      make('p', {class: 'soft'}, link.explanation), make('p', {}, make('b', {}, 'Open →'))))) : '',
  failures.length ? failed() : '',
  toolbar(),
  body,
  make('section', {class: 'card'}, make('details', {}, make('summary', {}, 'What the methods show'),
    data.rows.map(described))),
  make('footer', {}, summary?.footer ?? ''));
draw(wholeNumber('page', 0, Math.max(0, Math.ceil(entries.length / PAGE) - 1)));

const remembered = list.find(({name}) => stored('image') && name === stored('image'));
if (remembered) open(remembered, Math.max(0, data.rows.findIndex(({name}) => name === stored('row'))));
