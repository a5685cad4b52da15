import {pixels} from './colour.js';
import {make, range} from './dom.js';
import {percent, short} from './numbers.js';

const DIVERGING = pixels('diverging');

/** A vector as a row of coloured cells. */
function strip(vector, reach) {
  const canvas = make('canvas', {width: vector.length, height: 1, class: 'strip', 'aria-hidden': 'true'});
  const context = canvas.getContext('2d');
  const image = context.createImageData(vector.length, 1);
  const target = new Uint32Array(image.data.buffer);
  vector.forEach((value, i) => {
    target[i] = DIVERGING[Math.round((1 + Math.max(-1, Math.min(1, value / reach))) * 127.5)];
  });
  context.putImageData(image, 0, 0);
  return canvas;
}

const largestOf = (vectors) => vectors.reduce((most, vector) => vector.reduce((m, v) => Math.max(m, Math.abs(v)), most), 1e-9);

function vectors(packed, head, n, size) {
  return range(n).map((token) => {
    const vector = new Float32Array(size);
    packed.copy((head * n + token) * size, vector);
    return vector;
  });
}

/** The products of a query with all keys, and the attention that follows from them. */
function scored(query, keys) {
  const products = keys.map((key) => key.map((value, i) => value * query[i]));
  const scores = products.map((product) => product.reduce((sum, value) => sum + value, 0) / Math.sqrt(query.length));
  const most = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - most));
  const sum = weights.reduce((a, b) => a + b, 0);
  return {products, scores, weights: weights.map((weight) => weight / sum)};
}

/**
 * How a head comes to its attention: the query of the pinned token, or of the first one, with each
 * token's key, entry by entry. `actions` are `pin(side, index)` and `missing(layer)`, how to get a
 * layer that the page doesn't hold.
 */
export function neuronView(view, actions) {
  const {variant, layer} = view;
  const {tokens} = variant;
  const found = variant.projections.find((one) => one.layer === layer);
  const head = [...view.heads].sort((a, b) => a - b)[0];
  if (head === undefined) return make('p', {class: 'soft'}, 'Choose a head above to see its queries and keys.');
  if (!found) {
    const held = variant.projections.map((one) => one.layer);
    return make('p', {class: 'soft'}, `This page holds the queries and keys of ${held.length ? `layer${held.length > 1 ? 's' : ''} ${held.join(', ')} only` : 'no layer'}, since the text is long. `,
      actions.missing(layer));
  }
  const n = tokens.length;
  const from = view.from >= 0 ? view.from : Math.min(1, n - 1);
  const keys = vectors(found.keys, head, n, found.size);
  const query = vectors(found.queries, head, n, found.size)[from];
  const {products, scores, weights} = scored(query, keys);
  const [reach, productReach] = [largestOf([query, ...keys]), largestOf(products)];
  const scoreReach = largestOf([scores]);
  const choose = make('select', {'aria-label': 'token whose query is shown', onchange: (event) => actions.pin(0, +event.target.value, true)},
    tokens.map((token, i) => make('option', {value: i, selected: i === from ? '' : false}, `${i} ${token}`)));
  return make('div', {},
    make('p', {class: 'soft'}, `Layer ${layer}, head ${head}. Each entry of the query times the same entry of a key, summed and divided by √${found.size}, is the score; the softmax of the scores is the attention. Blue is positive, red is negative; the strongest colour is ±${short(reach)} for q and k, ±${short(productReach)} for q × k.`),
    make('div', {class: 'bar'}, make('label', {}, 'Query of', choose), make('div', {class: 'query'}, strip(query, reach))),
    make('div', {class: 'scroll'}, make('table', {class: 'figures neurons'},
      make('thead', {}, make('tr', {}, ['Token', 'key k', 'q × k', 'q · k / √d', 'softmax', ''].map((name) => make('th', {scope: 'col'}, name)))),
      make('tbody', {}, tokens.map((token, i) => make('tr', {class: i === view.to ? 'on' : '', 'data-key': i, onclick: () => actions.pin(1, i)},
        make('td', {dir: 'auto'}, token), make('td', {}, strip(keys[i], reach)), make('td', {}, strip(products[i], productReach)),
        make('td', {class: 'number', style: `color:var(${scores[i] < 0 ? '--first' : '--accent'});opacity:${0.55 + 0.45 * Math.abs(scores[i]) / scoreReach}`}, scores[i].toFixed(2)),
        make('td', {class: 'number', 'data-weight': weights[i]}, percent(weights[i])),
        make('td', {class: 'bar-of-share'}, make('div', {class: 'fill', style: `width:${weights[i] * 110}px`}))))))));
}
