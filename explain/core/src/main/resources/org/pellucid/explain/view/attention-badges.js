import {headMatrix} from './attention-values.js';
import {make} from './dom.js';
import {percent, short} from './numbers.js';

/** The shares that say what a head looks at, in words. */
export const FUNCTIONS = {
  previous: 'the token before', next: 'the token after', same: 'itself or the same token elsewhere',
  separator: '[SEP]', classification: '[CLS]', fullStop: 'the full stop',
};
const SHORT = {previous: 'before', next: 'after', same: 'same', separator: '[SEP]', classification: '[CLS]', fullStop: 'stop'};

/** From this share on, a function is worth a badge. */
const CLEAR = 0.4;

/** What a head mostly looks at: the name of its largest share, and the share. */
export function strongestFunction(figures) {
  const [name] = Object.keys(FUNCTIONS).sort((a, b) => figures[b] - figures[a]);
  return {name, share: figures[name]};
}

/** A head's badge, such as "before 97 %"; empty if it has no clear function. */
export function badge(figures) {
  const {name, share} = strongestFunction(figures);
  return share >= CLEAR ? make('span', {class: `badge of-${name}`}, `${SHORT[name]} ${percent(share)}`) : '';
}

/** The weight of the pinned link in a head, NaN if no two tokens are pinned. */
export function pairWeight({variant, from, to}, layer, head) {
  if (from < 0 || to < 0) return NaN;
  const n = variant.tokens.length;
  return variant.attention.at(((layer * variant.heads + head) * n + from) * n + to);
}

/** How much each head differs from what it is compared with, 0..1: half the mean sum of differences of a row. */
function changes(view, variants) {
  const all = {...view, show: 'attention', hideSpecial: false, pairs: 'all'};
  const n = view.variant.tokens.length;
  return view.variant.figures.map(({layer, head}) =>
    headMatrix(all, variants, layer, head).reduce((sum, value) => sum + Math.abs(value), 0) / (2 * n));
}

const COLUMNS = [
  ['layer', 'Layer, head', 'Both count from 0'],
  ['previous', 'Before', 'Mean share of a word’s attention on the token before it'],
  ['next', 'After', 'Mean share on the token after it'],
  ['same', 'Same', 'Mean share on the token itself and on others of its spelling'],
  ['separator', '[SEP]', 'Mean share on [SEP]; much of it means that the head finds nothing to do'],
  ['classification', '[CLS]', 'Mean share on [CLS]'],
  ['fullStop', 'Stop', 'Mean share on full stops'],
  ['entropy', 'Entropy', 'Mean entropy of a word’s attention in nats; 0: all on one token'],
  ['distance', 'Distance', 'Mean distance to what is looked at, in tokens'],
];

/**
 * All heads with their figures, sortable, so that a head with a certain function is found. `actions`
 * are `sort(name)` and `solo(layer, head)`.
 */
export function headTable(view, variants, actions) {
  const {figures, heads, tokens} = view.variant;
  const columns = [...COLUMNS];
  if (view.from >= 0 && view.to >= 0) {
    columns.splice(1, 0, ['pair', `${tokens[view.from]} → ${tokens[view.to]}`, 'The weight from the pinned token to the other']);
  }
  if (view.compare) columns.splice(1, 0, ['change', 'Change', 'Half the mean sum of a row’s differences to what is compared']);
  const change = view.compare ? changes(view, variants) : [];
  const sort = columns.some(([name]) => name === view.sort) ? view.sort : 'layer';
  const rows = figures.map((one, i) => ({...one, i, pair: pairWeight(view, one.layer, one.head), change: change[i]}));
  const down = view.descending === (sort !== 'layer');
  const order = (one) => (sort === 'layer' ? one.i : one[sort]);
  rows.sort((a, b) => (down ? 1 : -1) * (order(b) - order(a)) || a.i - b.i);

  const cell = (one, name) => {
    const value = one[name];
    const share = !['entropy', 'distance'].includes(name);
    return make('td', {class: 'number', style: share ? `--share:${Math.max(0, Math.min(1, value))}` : ''},
      share ? (100 * value).toFixed(1) + ' %' : short(value));
  };
  const current = (one) => one.layer === view.layer && view.heads.has(one.head);
  const table = make('table', {class: 'figures'},
    make('thead', {}, make('tr', {}, columns.map(([name, title, meaning]) => make('th', {
      'aria-sort': name !== sort ? 'none' : down ? 'descending' : 'ascending', title: meaning, scope: 'col',
    }, make('button', {class: 'plain', 'data-sort': name, onclick: () => actions.sort(name)},
      title + (name === sort ? (down ? ' ↓' : ' ↑') : '')))))),
    make('tbody', {}, rows.map((one) => make('tr', {
      class: current(one) ? 'on' : '', 'data-layer': one.layer, 'data-head': one.head,
      onclick: () => actions.solo(one.layer, one.head),
    }, columns.map(([name]) => (name === 'layer'
      ? make('td', {}, make('button', {class: 'plain', 'aria-label': `show layer ${one.layer}, head ${one.head}`},
        `${one.layer}.${String(one.head).padStart(heads > 10 ? 2 : 1, '0')}`), ' ', badge(one))
      : cell(one, name)))))));
  return make('div', {},
    make('p', {class: 'soft'}, `All ${figures.length} heads, with means over the text’s words. Sort by a column to find a head by what it does; click a row to see it alone. Pin a token on the left and one on the right of the links, and sort by the link between them.`),
    make('div', {class: 'scroll tallest', tabindex: '0', role: 'region', 'aria-label': 'all heads'}, table));
}
