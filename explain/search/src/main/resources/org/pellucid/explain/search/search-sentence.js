import {make} from './dom.js';
import {percent} from './numbers.js';
import {meaning, tagName} from './search-tags.js';
import {hideTip, showTip} from './tip.js';

/** Attention from which on a word is shaded fully. */
const FULL = 0.5;

function note(word, offset) {
  const place = offset === 0 ? 'the matched word' : `${Math.abs(offset)} ${offset < 0 ? 'before' : 'after'} it`;
  return [make('b', {}, word.text), make('div', {}, `${tagName(word.tag)}: ${meaning(word.tag)}`),
    make('div', {}, `${percent(word.attention)} of the attention`), make('div', {}, place)];
}

/** A word of a hit, shaded by the attention that it gets; `data-word` is its index. */
export function wordElement(hit, i, onHover = () => {}) {
  const word = hit.words[i];
  const classes = ['word', i === hit.match ? 'match' : '', i === hit.strongest ? 'strongest' : ''];
  const events = {
    onmousemove: (event) => showTip(event, ...note(word, i - hit.match)),
    onmouseenter: () => onHover(i), onmouseleave: () => { hideTip(); onHover(null); },
  };
  return make('span', {
    class: classes.filter(Boolean).join(' '), 'data-word': i,
    style: `--share:${Math.round(100 * Math.min(1, word.attention / FULL))}%`, ...events,
  }, word.text);
}

/** The words of a hit from an index up to, but without, another. */
export function words(hit, from, to, onHover) {
  return hit.words.slice(from, to).flatMap((word, i) => [word.before, wordElement(hit, from + i, onHover)]);
}

/** A whole sentence. */
export const sentence = (hit) => words(hit, 0, hit.words.length);

/** What the shades and marks of sentences mean. */
export function attentionLegend(result) {
  const shade = (share) => make('span', {class: 'word', style: `--share:${share}%`}, `${(share / 100 * FULL * 100).toFixed(0)}\u00a0%`);
  return make('p', {class: 'soft legend-line'}, 'Attention of the matched token: ', shade(0), ' ', shade(20), ' ', shade(50), ' ', shade(100), ' and more · ',
    make('span', {class: 'word match'}, 'match'), ' · ', make('span', {class: 'word strongest'}, 'most attended word'),
    ` · here ${percent(result.query.special)} goes to [CLS] and [SEP]`);
}
