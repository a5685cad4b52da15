import {range} from './dom.js';
import {oneOf, remember, stored, wholeNumber} from './state.js';

export const TABS = ['links', 'heads', 'model', 'neurons'];
export const SHOWN = ['attention', 'gradient', 'rollout', 'flow'];
export const COMBINED = ['sum', 'mean', 'max'];
export const NORMS = ['all', 'row', 'column'];
export const PAIRS = ['all', 'AA', 'AB', 'BA', 'BB'];
const FIGURES = ['layer', 'entropy', 'distance', 'previous', 'next', 'same', 'separator', 'classification', 'fullStop', 'pair', 'change'];

/** The head that the page opens on: the one with the largest share on neighbours. */
export const clearest = (variant) => variant.figures.reduce((best, one) =>
  (Math.max(one.previous, one.next) > Math.max(best.previous, best.next) ? one : best));

/** A position of the state, −1 where there is none. */
const position = (name, count) => wholeNumber(name, -1, count - 1);

/** A share in 0..1 of the state. */
function share(name) {
  const number = Number(stored(name) ?? 0);
  return number >= 0 && number <= 1 ? number : 0;
}

/** What another form or layer is taken from what is shown: null, or its kind and number. */
function comparison(variants, layers) {
  const [, kind, index] = /^(variant|layer)-(\d+)$/.exec(stored('compare') ?? '') ?? [];
  if (!kind || +index >= (kind === 'layer' ? layers : variants.length)) return null;
  return {kind, index: +index};
}

/**
 * What the page shows, as the address says. `variant` is the form of the text, `heads` a set,
 * `from` and `to` are the pinned tokens or −1, `head` is where the arrow keys stand.
 */
export function restored(variants) {
  const variant = variants[wholeNumber('variant', 0, variants.length - 1)];
  const opening = clearest(variant);
  const chosen = stored('heads')?.split(',');
  const heads = new Set(chosen
    ? range(variant.heads).filter((h) => chosen.includes(String(h))) : [opening.head]);
  return {
    variant, heads,
    opened: stored('layer') === undefined && chosen === undefined,
    layer: wholeNumber('layer', opening.layer, variant.layers - 1),
    head: wholeNumber('head', [...heads][0] ?? 0, variant.heads - 1),
    tab: oneOf('tab', TABS, 'links'),
    show: oneOf('show', SHOWN, 'attention'),
    combine: oneOf('combine', COMBINED, 'sum'),
    mass: wholeNumber('mass', 70, 100),
    least: share('least'),
    hideSpecial: stored('special') !== 'shown',
    pairs: oneOf('pairs', PAIRS, 'all'),
    norm: oneOf('norm', NORMS, 'all'),
    from: position('from', variant.tokens.length),
    to: position('to', variant.tokens.length),
    sort: oneOf('sort', FIGURES, 'layer'),
    descending: stored('order') !== 'up',
    compare: comparison(variants, variant.layers),
    detail: stored('detail') === 'open',
    table: stored('table') === 'open',
  };
}

/** Writes what the page shows into the address. */
export function rememberView(view, variants) {
  remember({
    variant: variants.indexOf(view.variant), layer: view.layer, head: view.head,
    heads: [...view.heads].sort((a, b) => a - b).join(','),
    tab: view.tab, show: view.show, combine: view.combine, mass: view.mass, least: view.least,
    special: view.hideSpecial ? 'hidden' : 'shown', pairs: view.pairs, norm: view.norm,
    from: view.from < 0 ? '' : view.from, to: view.to < 0 ? '' : view.to,
    sort: view.sort, order: view.descending ? 'down' : 'up',
    compare: view.compare ? `${view.compare.kind}-${view.compare.index}` : '',
    detail: view.detail ? 'open' : '', table: view.table ? 'open' : '',
  });
}
