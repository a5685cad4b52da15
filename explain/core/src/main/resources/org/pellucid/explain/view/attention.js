import {headGrid} from './attention-heads.js';
import {linkView} from './attention-links.js';
import {predictionTable} from './attention-predictions.js';
import {decoded} from './attention-weights.js';
import {checkbox, choice, layerControl} from './controls.js';
import {data} from './data.js';
import {make, range} from './dom.js';
import {pageHeader, show} from './frame.js';
import {oneOf, remember, stored, wholeNumber} from './state.js';

const PAIRS = ['all', 'A→A', 'A→B', 'B→A', 'B→B'];
const TABS = ['links', 'model'];
const variants = data.variants.map(decoded);
const body = make('div', {class: 'scroll', tabindex: '0'});
const layers = layerControl((layer) => update({layer}));
const view = restored();
let headChips = [];

function restored() {
  const variant = variants[wholeNumber('variant', 0, variants.length - 1)];
  const chosen = stored('heads')?.split(',');
  return {
    variant,
    layer: wholeNumber('layer', 0, variant.layers - 1),
    heads: new Set(range(variant.heads).filter((h) => !chosen || chosen.includes(String(h)))),
    mass: wholeNumber('mass', 70, 100),
    hideSpecial: stored('special') !== 'shown',
    pairs: oneOf('pairs', PAIRS, 'all'),
    pinned: pinOf(stored('pin'), variant),
    tab: oneOf('tab', TABS, 'links'),
  };
}

/** The token that a pin such as `from-3` of the state names, or null. */
function pinOf(text, variant) {
  const [, side, index] = /^(from|to)-(\d+)$/.exec(text ?? '') ?? [];
  return side && +index < variant.tokens.length ? {side: side === 'to' ? 1 : 0, index: +index} : null;
}

function rememberView() {
  const {variant, layer, heads, mass, hideSpecial, pairs, pinned, tab} = view;
  remember({
    variant: variants.indexOf(variant), layer, heads: [...heads].sort((a, b) => a - b).join(','), mass, pairs, tab,
    pin: pinned ? `${pinned.side ? 'to' : 'from'}-${pinned.index}` : '',
    special: hideSpecial ? 'hidden' : 'shown',
  });
}

/** Draws the links or the heads with changed settings. */
function update(changes) {
  Object.assign(view, changes);
  rememberView();
  layers.set(view.variant.layers, view.layer);
  headChips.forEach((chip, h) => chip.setAttribute('aria-pressed', String(view.heads.has(h))));
  body.replaceChildren(view.tab === 'links'
    ? linkView(view, {onPin: (pinned) => { view.pinned = pinned; rememberView(); }, onToggle: toggleHead})
    : headGrid(view, (layer, head) => { view.tab = 'links'; render({layer, heads: new Set([head])}); }));
}

function toggleHead(head) {
  const heads = new Set(view.heads);
  if (!heads.delete(head)) heads.add(head);
  update({heads});
}

const named = (name, ...content) => make('div', {class: 'bar'}, make('span', {class: 'soft'}, name), ...content);

function headControl() {
  headChips = range(view.variant.heads).map((h) => make('button', {
    onclick: () => toggleHead(h), ondblclick: () => update({heads: new Set([h])}),
  }, String(h)));
  return named('Heads',
    make('div', {class: 'chips', role: 'group', 'aria-label': 'heads'}, headChips),
    make('button', {onclick: () => update({heads: new Set(range(view.variant.heads))})}, 'All'),
    make('button', {onclick: () => update({heads: new Set()})}, 'None'));
}

function massControl() {
  const amount = make('output', {}, view.mass + '\u00a0%');
  return make('label', {}, 'Show the top', make('input', {
    type: 'range', id: 'mass', min: 0, max: 100, value: view.mass,
    oninput: (event) => { amount.textContent = event.target.value + '\u00a0%'; update({mass: +event.target.value}); },
  }), amount, 'of attention');
}

function controls() {
  return make('div', {},
    variants.length > 1 ? named('Text', choice(variants.map(({name}) => name), variants.indexOf(view.variant),
      (i) => render({variant: variants[i], pinned: null}), 'text')) : '',
    named('View', choice(['Links', 'All layers and heads'], TABS.indexOf(view.tab), (i) => update({tab: TABS[i]}), 'view')),
    make('div', {class: 'bar'}, layers.element),
    headControl(),
    make('div', {class: 'bar'}, massControl(),
      checkbox('hide special tokens', view.hideSpecial, (hideSpecial) => update({hideSpecial})),
      view.variant.segments.includes(1)
        ? choice(PAIRS, PAIRS.indexOf(view.pairs), (i) => update({pairs: PAIRS[i]}), 'pairs') : ''));
}

/** Draws the whole page with changed settings. */
function render(changes) {
  Object.assign(view, changes);
  const {variant} = view;
  const tokens = variant.tokens.length;
  show(
    pageHeader(data.title, `${data.model} · ${tokens} tokens · selected heads are summed · hover a token for its links and predictions, click to pin it · layers and heads count from 0`),
    make('section', {class: 'card'}, controls(), body),
    make('div', {class: 'cards'}, variant.masked.map((position) => make('div', {class: 'card'},
      make('h2', {}, `Position ${position}: predicted tokens`), predictionTable(variant, position, 10)))));
  update({});
}

addEventListener('keydown', (event) => { if (event.key === 'Escape') update({pinned: null}); });
render({});
