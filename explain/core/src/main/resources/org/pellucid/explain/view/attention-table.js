import {hasHeads} from './attention-values.js';
import {make} from './dom.js';

const MOST_ROWS = 400;

/** The links as a table, for reading instead of seeing; filled when it is opened. */
export function linkTable(view, links, onToggle) {
  const {tokens} = view.variant;
  const chosen = links.filter(({q, k}) => (view.from < 0 || q === view.from) && (view.to < 0 || k === view.to));
  const body = make('div', {class: 'scroll tallest'});
  function fill() {
    const rows = [...chosen].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, MOST_ROWS);
    body.replaceChildren(make('table', {class: 'figures'},
      make('thead', {}, make('tr', {}, ['From', 'To', hasHeads(view) && view.tab === 'heads' ? 'Head' : '', 'Value']
        .map((name) => make('th', {scope: 'col'}, name)))),
      make('tbody', {}, rows.map(({q, k, value, head}) => make('tr', {'data-q': q, 'data-k': k, 'data-value': value},
        make('td', {dir: 'auto'}, tokens[q]), make('td', {dir: 'auto'}, tokens[k]),
        make('td', {}, head === undefined ? '' : String(head)), make('td', {class: 'number'}, value.toFixed(4)))))));
  }
  if (view.table) fill();
  return make('details', {
    open: view.table ? '' : false, class: 'spaced',
    ontoggle: (event) => { if (event.target.open !== view.table) { fill(); onToggle(event.target.open); } },
  }, make('summary', {}, `${chosen.length} link${chosen.length === 1 ? '' : 's'} as a table${chosen.length > MOST_ROWS ? ` (the ${MOST_ROWS} largest)` : ''}`), body);
}
