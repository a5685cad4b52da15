import {make, range} from './dom.js';
import {short} from './numbers.js';
import {largest, signed, tint} from './text-attribution-scale.js';
import {hideTip, showTip} from './tip.js';

const CELL = 26;
const NAMES = 60;
const HEAD = 84;
const DELTA = 130;

/** The attributions by Integrated Gradients at every hidden state: tokens across, layers down. */
export function layerMap({units, rows, deltas, difference}) {
  const scale = largest(rows.flat());
  const width = NAMES + units.length * CELL + DELTA;
  const height = HEAD + rows.length * CELL;
  const cells = rows.flatMap((row, layer) => row.map((value, i) => make('rect', {
    x: NAMES + i * CELL, y: HEAD + layer * CELL, width: CELL - 1, height: CELL - 1, rx: 2,
    style: `fill:${tint(value, scale)}`, class: 'cell', 'data-layer': layer, 'data-unit': i,
    onmousemove: (event) => showTip(event, make('b', {}, units[i].text),
      make('div', {}, `layer ${layer}: ${signed(value)}`)),
    onmouseleave: hideTip,
  })));
  return make('svg', {class: 'layers', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img',
    'aria-label': 'Attributions by layer'},
  units.map((unit, i) => {
    const x = NAMES + i * CELL + CELL / 2;
    return make('text', {class: 'small', x, y: HEAD - 6, transform: `rotate(-55 ${x} ${HEAD - 6})`},
      unit.text.length > 12 ? [...unit.text].slice(0, 11).join('') + '…' : unit.text);
  }),
  range(rows.length).map((layer) => make('text', {class: 'small', x: NAMES - 8, y: HEAD + layer * CELL + 17, 'text-anchor': 'end'},
    layer === 0 ? 'embed. 0' : String(layer))),
  cells,
  make('text', {class: 'small', x: NAMES + units.length * CELL + 8, y: HEAD - 6}, 'missing sum'),
  range(rows.length).map((layer) => make('text', {class: 'small', x: NAMES + units.length * CELL + 8, y: HEAD + layer * CELL + 17},
    `${signed(deltas[layer])} (${short(100 * Math.abs(deltas[layer] / difference))} %)`)));
}
