import {matrixCanvas} from './attention-grid.js';
import {combined, isSigned} from './attention-values.js';
import {make} from './dom.js';
import {short} from './numbers.js';
import {hideTip, showTip} from './tip.js';

/** The smallest cell that has room for a token's name beside it. */
const READABLE = 11;
const NAMES = 92;

/** The chosen heads' matrix, large, with the tokens' names where there is room. */
export function matrixView(view, variants, actions) {
  const {tokens} = view.variant;
  const n = tokens.length;
  const matrix = combined(view, variants);
  const signed = isSigned(view);
  const reach = matrix.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
  const cell = Math.max(1, Math.min(26, Math.floor(760 / n)));
  const canvas = matrixCanvas(matrix, n, n, reach, signed);
  const named = cell >= READABLE;
  canvas.style.cssText = `width:${n * cell}px;height:${n * cell}px`;
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', `matrix of ${n} by ${n} tokens, largest ${short(reach)}`);

  function entry(event) {
    const place = canvas.getBoundingClientRect();
    return {q: Math.floor((event.clientY - place.top) / cell), k: Math.floor((event.clientX - place.left) / cell)};
  }
  canvas.addEventListener('mousemove', (event) => {
    const {q, k} = entry(event);
    if (q >= 0 && k >= 0 && q < n && k < n) showTip(event, `${tokens[q]} → ${tokens[k]}: ${short(matrix[q * n + k])}`);
  });
  canvas.addEventListener('mouseleave', hideTip);
  canvas.addEventListener('click', (event) => {
    const {q, k} = entry(event);
    if (q >= 0 && k >= 0 && q < n && k < n) actions.pinBoth(q, k);
  });
  const name = (i, style) => make('span', {class: 'name', dir: 'auto', style}, tokens[i]);
  const rows = named ? tokens.map((_, i) => name(i, `height:${cell}px;line-height:${cell}px`)) : [];
  const heads = named ? tokens.map((_, i) => name(i, `width:${cell}px;height:${NAMES}px`)) : [];
  return make('div', {class: 'scroll detail'},
    make('p', {class: 'soft'}, `Largest entry ${short(reach)}. Click an entry to pin its two tokens.`),
    make('div', {class: 'matrix'}, make('div'), make('div', {class: 'names across'}, heads),
      make('div', {class: 'names'}, rows), canvas));
}
