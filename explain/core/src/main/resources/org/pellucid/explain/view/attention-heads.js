import {isAdmitted, weight} from './attention-weights.js';
import {pixels} from './colour.js';
import {make, range} from './dom.js';

const PIXELS = pixels('viridis');

function thumbnail(view, layer, head, onChoose) {
  const n = view.variant.tokens.length;
  const name = `layer ${layer}, head ${head}`;
  const canvas = make('canvas', {width: n, height: n});
  const context = canvas.getContext('2d');
  const image = context.createImageData(n, n);
  const target = new Uint32Array(image.data.buffer);
  for (let q = 0; q < n; q++) {
    for (let k = 0; k < n; k++) {
      const value = isAdmitted(view, q, k) ? Math.sqrt(weight(view, layer, head, q, k)) : 0;
      target[q * n + k] = PIXELS[Math.round(value * 255)];
    }
  }
  context.putImageData(image, 0, 0);
  return make('button', {'aria-label': name, title: name, onclick: () => onChoose(layer, head)}, canvas);
}

/** A thumbnail of each head of each layer; `onChoose` receives the layer and head clicked. */
export function headGrid(view, onChoose) {
  const {layers, heads} = view.variant;
  const label = (text) => make('div', {class: 'soft small'}, text);
  const cells = [label(''), ...range(heads).map((h) => label(`head ${h}`))];
  for (const layer of range(layers)) {
    cells.push(label(`layer ${layer}`), ...range(heads).map((h) => thumbnail(view, layer, h, onChoose)));
  }
  return make('div', {},
    make('p', {class: 'soft'}, 'Rows look at columns; the brighter, the larger the weight (its square root). Click a head to see its links.'),
    make('div', {class: 'thumbs', style: `grid-template-columns: 52px repeat(${heads}, 76px)`}, cells));
}
