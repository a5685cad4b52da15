import {headTable} from './attention-badges.js';
import {caption} from './attention-caption.js';
import {clicked} from './attention-clicks.js';
import {columns, linksToDraw} from './attention-columns.js';
import {controls} from './attention-controls.js';
import {exportBar} from './attention-export.js';
import {headGrid} from './attention-grid.js';
import {onKeys} from './attention-keys.js';
import {legend} from './attention-legend.js';
import {countMasksIn, editor, isLive, liveStatus, neuronButton, tellStatus} from './attention-live.js';
import {command, toggleMask} from './attention-mask.js';
import {matrixView} from './attention-matrix.js';
import {neuronView} from './attention-neurons.js';
import {predictionCards} from './attention-predictions.js';
import {clearest, rememberView, restored} from './attention-state.js';
import {linkTable} from './attention-table.js';
import {isThere} from './attention-values.js';
import {decodedAll} from './attention-variant.js';
import {layerControl} from './controls.js';
import {data} from './data.js';
import {make, range} from './dom.js';
import {pageHeader, show} from './frame.js';

let current = data;
let variants = [];
let view;
let before = new Set();
const layers = layerControl((layer) => update({layer}));
const parts = Object.fromEntries(['head', 'controls', 'caption', 'body', 'legend', 'cards', 'heads'].map((name) => [name, make('div')]));

const actions = {
  update, tune: (changes) => drawView(changes),
  variant: (variant) => { tellStatus(); update({variant}); },
  toggleHead(head) {
    const heads = new Set(view.heads);
    if (!heads.delete(head)) heads.add(head);
    update({heads, head});
  },
  /** A click turns a head on or off; a second one shows it alone, or all if it was alone before. */
  clickHead(head) {
    clicked(`head-${head}`, () => { before = view.heads; actions.toggleHead(head); }, () => {
      const alone = before.size === 1 && before.has(head);
      update({head, heads: alone ? new Set(range(view.variant.heads)) : new Set([head])});
    });
  },
  solo: (layer, head) => update({layer, head, heads: new Set([head])}),
  /** A click pins a token or lets it go; a second one masks it or the other way round. */
  clickToken(side, index) {
    clicked(`token-${side}-${index}`, () => actions.pin(side, index), () => {
      actions.pin(side, index);
      toggleMask(view, variants, current, index, {onVariant: (variant) => update({variant}), onData: load});
    });
  },
  pin(side, index, keep = false) {
    const name = side === 0 ? 'from' : 'to';
    update({[name]: view[name] === index && !keep ? -1 : index});
  },
  pinBoth: (from, to) => update({from, to}),
  sort: (name) => update(name === view.sort ? {descending: !view.descending} : {sort: name, descending: true}),
  missing: (layer) => (isLive ? neuronButton(layer, load) : command(current, `--neurons ${layer}`)),
};

/** Draws the page with changed settings. */
function update(changes) {
  settle(changes);
  layers.set(view.variant.layers, view.layer);
  parts.controls.replaceChildren(controls(view, variants, current, layers.element, actions));
  parts.cards.replaceChildren(...predictionCards(view));
  parts.heads.replaceChildren(headTable(view, variants, actions));
  drawView({});
}

/** Draws only the view and its legend, so that a slider keeps the pointer. */
function drawView(changes) {
  settle(changes);
  parts.caption.replaceChildren(caption(view, variants));
  const links = linksToDraw(view, variants);
  const drawing = () => columns(view, variants, links, actions);
  const shown = {
    links: drawing, heads: drawing,
    model: () => make('div', {}, view.detail ? matrixView(view, variants, actions) : '', headGrid(view, variants, enlarge)),
    neurons: () => neuronView(view, actions),
  }[view.tab]();
  parts.body.replaceChildren(shown);
  const isLinks = view.tab === 'links' || view.tab === 'heads';
  parts.legend.replaceChildren(...(isLinks ? [legend(view, links),
    linkTable(view, links, (table) => { view.table = table; rememberView(view, variants); })] : []),
    make('div', {class: 'bar spaced'}, make('span', {class: 'soft'}, 'Save what is shown'), exportBar(view, variants, links, current)));
}

function settle(changes) {
  if (Object.keys(changes).length) view.opened = false;
  Object.assign(view, changes);
  const n = view.variant.tokens.length;
  view.layer = Math.min(view.layer, view.variant.layers - 1);
  for (const name of ['from', 'to']) if (view[name] >= n) view[name] = -1;
  if (!isThere(view)) view.show = 'attention';
  if (Object.keys(changes).length) rememberView(view, variants);
}

/** A head's matrix above the thumbnails; the same one again closes it. */
function enlarge(layer, head) {
  const same = view.detail && view.layer === layer && view.heads.size === 1 && view.heads.has(head);
  update({layer, head, heads: new Set([head]), detail: !same});
}

function keys() {
  onKeys({
    step(by) {
      const head = (view.head + by + view.variant.heads) % view.variant.heads;
      update({head, heads: new Set([head])});
    },
    toggle: () => actions.toggleHead(view.head),
    clear: () => { tellStatus(); update({from: -1, to: -1}); },
  });
}

/** Shows other data, keeping what is chosen where it fits. */
async function load(next) {
  current = next;
  countMasksIn(current);
  variants = await decodedAll(current);
  const {layers: count, heads} = variants[0];
  if (view) {
    const kept = new Set([...view.heads].filter((h) => h < heads));
    const same = view.variant.tokens.length === variants[0].tokens.length;
    Object.assign(view, {
      variant: variants[0], heads: kept.size || !view.heads.size ? kept : new Set([clearest(variants[0]).head]), layer: Math.min(view.layer, count - 1), head: Math.min(view.head, heads - 1), compare: null,
      from: same ? view.from : -1, to: same ? view.to : -1, pairs: variants[0].segments.includes(1) ? view.pairs : 'all',
    });
  } else view = restored(variants);
  const tokens = variants[0].tokens.length;
  parts.head.replaceChildren(pageHeader(current.title, `${current.model} · ${tokens} token${tokens === 1 ? '' : 's'} · point at a token for its links and predictions, click to pin it, double-click to mask it · layers and heads count from 0`));
  update({});
  document.getElementById('page').dataset.ready = 'true';
}

keys();
show(parts.head,
  isLive ? make('section', {class: 'card'}, editor(() => current, load)) : '', liveStatus,
  make('section', {class: 'card'}, parts.controls, parts.caption, parts.body, parts.legend),
  make('section', {class: 'card'}, make('h2', {}, 'What each head does'), parts.heads), parts.cards);
parts.cards.className = 'cards';
load(data).catch((error) => tellStatus(`This page can’t show its data: ${error.message} Open it in a newer browser.`));
addEventListener('hashchange', () => location.reload());
