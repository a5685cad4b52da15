import {headMean, isHidden, strongest, summed} from './attention-weights.js';
import {make, range} from './dom.js';
import {predictionTable} from './attention-predictions.js';
import {hideTip, showTip} from './tip.js';

const ROW = 30;
const BOX = 13;
/** Browsers take tens of seconds to paint the links of some hundred tokens, too many to distinguish. */
const MOST_LINKS = 4000;

/** What is at a token's side of the drawing: 0 for the queries, 1 for the keys. */
const isAt = (focus, side, index) => focus !== null && focus.side === side && focus.index === index;

/**
 * The links from each token to those that it looks at, with each head's mean weights beside.
 * `onPin` receives the pinned token or null, `onToggle` a head.
 */
export function linkView(view, {onPin, onToggle}) {
  const {tokens, heads} = view.variant;
  const boxes = heads * BOX;
  const left = boxes + 190;
  const right = left + 330;
  const width = right + 190 + boxes;
  const drawn = make('g');
  const note = make('p', {class: 'soft'});
  const svg = make('svg', {
    viewBox: `0 0 ${width} ${tokens.length * ROW + 40}`, width: '100%', class: 'links',
    role: 'group', 'aria-label': 'attention links',
  }, drawn);
  let links = [];

  function path({q, k, share, value}) {
    const [from, to] = [q * ROW + 29, k * ROW + 29];
    return make('path', {
      class: 'link', 'data-q': q, 'data-k': k, 'stroke-width': 0.6 + 3.4 * share, opacity: 0.12 + 0.78 * share,
      d: `M${left + 6},${from} C${left + 150},${from} ${right - 150},${to} ${right - 6},${to}`,
    }, make('title', {}, `${tokens[q]} → ${tokens[k]}: ${value.toFixed(4)}`));
  }

  function draw(focus) {
    const chosen = links.filter(({q, k}) => focus === null || (focus.side === 0 ? q : k) === focus.index);
    const shown = chosen.length > MOST_LINKS
      ? [...chosen].sort((a, b) => b.value - a.value).slice(0, MOST_LINKS) : chosen;
    note.textContent = shown.length < chosen.length
      ? `The ${shown.length} strongest of ${chosen.length} links; hover a token for all of its own.` : '';
    drawn.replaceChildren(...shown.map(path));
    svg.querySelectorAll('.token').forEach((node) =>
      node.classList.toggle('on', isAt(focus, +node.dataset.side, +node.dataset.index)));
  }

  function drawHeads(chosen) {
    links = strongest(summed(view, chosen), view.mass);
    draw(view.pinned);
  }

  function token(side, index) {
    const y = index * ROW + 34;
    const x = side ? right + 8 : left - 8;
    const pin = () => {
      onPin(isAt(view.pinned, side, index) ? null : {side, index});
      draw(view.pinned);
    };
    const classes = ['token'];
    if (view.variant.masked.includes(index)) classes.push('masked');
    if (isHidden(view, index)) classes.push('hidden');
    return make('g', {
      class: classes.join(' '), tabindex: '0', role: 'button',
      'data-side': side, 'data-index': index, 'aria-label': `${side ? 'to' : 'from'} ${tokens[index]}`,
      onmouseenter: (event) => {
        draw({side, index});
        if (view.variant.predictions.length) {
          showTip(event, make('div', {}, 'predicted here'), predictionTable(view.variant, index, 5));
        }
      },
      onmouseleave: () => { draw(view.pinned); hideTip(); },
      onclick: pin,
      onkeydown: (event) => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); pin(); } },
    },
    make('rect', {x: side ? x - 8 : x - 150, y: y - ROW / 2 - 5, width: 158, height: ROW, rx: 6}),
    make('text', {x, y, 'text-anchor': side ? 'start' : 'end'}, tokens[index]));
  }

  function headBox(side, index, head, share) {
    return make('rect', {
      x: (side ? right + 180 : 0) + head * BOX, y: index * ROW + 18, width: BOX - 1, height: 20, rx: 2,
      fill: 'var(--accent)', opacity: (0.06 + 0.94 * share) * (view.heads.has(head) ? 1 : 0.25),
      onmouseenter: (event) => { drawHeads([head]); showTip(event, `Head ${head}`); },
      onmouseleave: () => { drawHeads([...view.heads]); hideTip(); },
      onclick: () => { hideTip(); onToggle(head); },
    });
  }

  const means = tokens.map((_, t) => [0, 1].map((side) => range(heads).map((h) => headMean(view, h, t, side))));
  const largest = Math.max(1e-9, ...means.flat(2));
  means.forEach((sides, t) => sides.forEach((mean, side) =>
    svg.append(token(side, t), ...mean.map((value, h) => headBox(side, t, h, value / largest)))));
  svg.append(
    make('text', {class: 'small', x: left - 8, y: 10, 'text-anchor': 'end'}, 'from'),
    make('text', {class: 'small', x: right + 8, y: 10}, 'to'),
    make('text', {class: 'small', x: 0, y: 10}, 'heads, mean given'),
    make('text', {class: 'small', x: right + 180, y: 10}, 'heads, mean received'));
  drawHeads([...view.heads]);
  return make('div', {}, note, svg);
}
