import {themeColours} from './attention-palette.js';
import {isSigned} from './attention-values.js';
import {make} from './dom.js';
import {short} from './numbers.js';

const UNITS = {attention: '', gradient: ' logits', rollout: '', flow: ''};

/** What the lines' strength stands for, in numbers, and how exact the numbers are. */
export function legend(view, links) {
  const {variant} = view;
  const largest = links.reduce((most, {value}) => Math.max(most, Math.abs(value)), 0);
  const colours = themeColours();
  const of = {all: 'of the largest drawn', row: 'of the largest in its row', column: 'of the largest in its column'}[view.norm];
  const line = (share) => make('span', {class: 'sample'},
    make('svg', {width: 34, height: 8, 'aria-hidden': 'true'}, make('line', {
      x1: 0, x2: 34, y1: 4, y2: 4, stroke: colours.more, 'stroke-width': 0.6 + 3.4 * share, opacity: 0.08 + 0.82 * share,
    })), view.norm === 'all' ? short(share * largest) + UNITS[view.show] : `${100 * share} %`);
  const packed = view.show === 'gradient' ? variant.gradients[0]?.product : view.show === 'rollout' ? variant.rollout : variant.attention;
  const exact = view.show === 'attention' && !view.compare
    ? `Weights are held in ${packed.bits} bits: a weight of 1 is off by at most ${short(packed.error(1))}, one of 0.01 by ${short(packed.error(0.01))}; the exact ones are in attention.npy.`
    : packed ? `Numbers are held in ${packed.bits} bits, off by at most ${short(packed.error(packed.largest) * (view.compare ? 2 : 1))}.` : '';
  return make('div', {class: 'legend soft'},
    make('div', {class: 'bar'}, [1, 0.5, 0.1].map(line), view.norm === 'all' ? '' : of,
      isSigned(view) ? make('span', {}, make('span', {style: `color:${colours.more}`}, '━ more'), ' ', make('span', {style: `color:${colours.less}`}, '━ less')) : ''),
    make('p', {}, `${links.length} links, each at most ${short(largest)}${UNITS[view.show]}. ${exact}`));
}
