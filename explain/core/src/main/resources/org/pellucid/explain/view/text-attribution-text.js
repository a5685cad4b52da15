import {make, range} from './dom.js';
import {signed, tint} from './text-attribution-scale.js';
import {hideTip, showTip} from './tip.js';

/**
 * The text with each of its units coloured by its number. Arrow keys go from one unit to the next.
 * `describe(i)` gives the note about a unit, and `chosen(i)` hears which one is looked at.
 */
export function colouredText({units, numbers, scale, describe, chosen}) {
  const spans = units.map((unit, i) => make('span', {
    class: ['unit', unit.part === 0 ? 'special' : '', unit.marked ? 'marked' : ''].join(' ').trim(),
    style: `background:${tint(numbers[i], scale)}`,
    tabindex: '-1', 'data-unit': i,
    'aria-label': `${unit.text} ${signed(numbers[i])}`,
    onmousemove: (event) => showTip(event, ...describe(i)),
    onmouseenter: () => chosen(i),
    onmouseleave: () => { hideTip(); chosen(-1); },
    onfocus: () => chosen(i),
  }, unit.text));

  function move(event) {
    const step = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    if (!step) return;
    const next = spans.indexOf(document.activeElement) + step;
    if (next >= 0 && next < spans.length) spans[next].focus();
    event.preventDefault();
    event.stopPropagation();
  }
  return make('p', {class: 'coloured', tabindex: '0', dir: 'auto', onkeydown: move,
    'aria-label': 'The text, coloured; arrow keys go from word to word'},
  range(units.length).flatMap((i) => [units[i].before, spans[i]]));
}

/** The scale of the colours with its numbers. */
export function legend(scale) {
  const stops = range(21).map((i) => tint((i / 10 - 1) * scale, scale));
  return make('div', {class: 'legend'},
    make('span', {}, signed(-scale)),
    make('span', {class: 'ramp', style: `background:linear-gradient(to right, ${stops.join(', ')})`}),
    make('span', {}, signed(scale)),
    make('span', {class: 'soft'}, 'blue against, red for'));
}
