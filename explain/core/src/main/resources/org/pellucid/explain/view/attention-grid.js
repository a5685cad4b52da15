import {pixels} from './colour.js';
import {hasHeads, headMatrix, isSigned} from './attention-values.js';
import {make, range} from './dom.js';
import {short} from './numbers.js';

const LARGEST_SIDE = 72;
const SEQUENTIAL = pixels('viridis');
const DIVERGING = pixels('diverging');

/** The strongest colour's number: probabilities end at 1, other numbers at their largest. */
function reachOf(view, matrices) {
  if (!isSigned(view)) return 1;
  return matrices.reduce((most, matrix) => matrix.reduce((m, v) => Math.max(m, Math.abs(v)), most), 1e-9);
}

/** A number's colour; roots, so that small weights are seen. */
export function pixelOf(value, reach, signed) {
  const share = Math.min(1, Math.sqrt(Math.abs(value) / reach));
  return signed
    ? DIVERGING[Math.round((value < 0 ? 1 - share : 1 + share) * 127.5)] : SEQUENTIAL[Math.round(share * 255)];
}

/** A matrix as an image of at most some pixels a side; a pixel shows the strongest of its entries. */
export function matrixCanvas(matrix, n, side, reach, signed) {
  const size = Math.min(n, side);
  const strongest = new Float32Array(size * size);
  for (let q = 0; q < n; q++) {
    const y = Math.floor(q * size / n);
    for (let k = 0; k < n; k++) {
      const at = y * size + Math.floor(k * size / n);
      const value = matrix[q * n + k];
      if (Math.abs(value) > Math.abs(strongest[at])) strongest[at] = value;
    }
  }
  const canvas = make('canvas', {width: size, height: size});
  const context = canvas.getContext('2d');
  const image = context.createImageData(size, size);
  const target = new Uint32Array(image.data.buffer);
  for (let i = 0; i < target.length; i++) target[i] = pixelOf(strongest[i], reach, signed);
  context.putImageData(image, 0, 0);
  return canvas;
}

/**
 * A thumbnail of each head of each layer, a layer at a time so that the first are seen at once;
 * `onChoose` receives the layer and head clicked.
 */
export function headGrid(view, variants, onChoose) {
  const {layers, tokens} = view.variant;
  const n = tokens.length;
  const heads = hasHeads(view) ? view.variant.heads : 1;
  const count = view.show === 'flow' ? 1 : layers;
  const signed = isSigned(view);
  const scale = make('span');
  const grid = make('div', {class: 'thumbs', style: `grid-template-columns: 56px repeat(${heads}, minmax(24px, 76px))`},
    make('div'), range(heads).map((h) => make('div', {class: 'soft small'}, hasHeads(view) ? `head ${h}` : 'all heads')));
  const reaches = [];

  function addLayer(layer) {
    const matrices = range(heads).map((head) => headMatrix(view, variants, layer, head));
    const reach = reachOf(view, matrices);
    reaches.push(reach);
    grid.append(make('div', {class: 'soft small'}, view.show === 'flow' ? 'input' : `layer ${layer}`),
      ...matrices.map((matrix, head) => {
        const name = hasHeads(view) ? `layer ${layer}, head ${head}` : `layer ${layer}`;
        const here = view.detail && layer === view.layer && (!hasHeads(view) || view.heads.has(head));
        return make('button', {
          'aria-label': name, title: name, 'aria-pressed': String(here), onclick: () => onChoose(layer, head),
        }, matrixCanvas(matrix, n, LARGEST_SIDE, reach, signed));
      }));
    if (layer + 1 < count) {
      if (n > 96) setTimeout(() => addLayer(layer + 1)); else addLayer(layer + 1);
    } else {
      scale.textContent = signed
        ? `From −${short(Math.max(...reaches))} to ${short(Math.max(...reaches))} at most; each layer has its own scale.`
        : 'From 0 (dark) to 1 (bright).';
    }
  }
  addLayer(0);
  return make('div', {},
    make('p', {class: 'soft'}, 'Rows look at columns; colours are the square root of the weight. ', scale,
      ' Click a head to enlarge it, and again to close it.'), make('div', {class: 'scroll'}, grid));
}
