import {data} from './data.js';
import {make, range} from './dom.js';
import {pageHeader, show} from './frame.js';
import {percent, short} from './numbers.js';
import {remember, wholeNumber} from './state.js';
import {hideTip, showTip} from './tip.js';

const STEPS = 61;
/** The share of the largest magnitude beyond which dark letters can't be read. */
const DARK = 0.55;
const words = [...data.question, ...data.context].filter((piece) => piece.isWord);
const largest = Math.max(...words.map((word) => Math.abs(word.value)), Number.MIN_VALUE);
/** The paint of a share in −1..1 of the largest magnitude, over the page's own ground. */
const paint = (share) => `background:color-mix(in srgb, var(${share < 0 ? '--against' : '--for'}) ${Math.round(100 * Math.abs(share))}%, transparent)`;
const context = make('div', {class: 'text', dir: 'auto'});
const rows = make('tbody');
let chosen = wholeNumber('answer', 0, data.answers.length - 1);

/** A word in its colour; the answer's letters are underlined by the part they are in. */
function word(piece, answer) {
  const value = piece.value / largest;
  const attributes = piece.isWord ? {
    class: Math.abs(value) > DARK ? 'word strong' : 'word',
    style: paint(value),
    tabindex: '0',
    'aria-label': `${piece.text}: ${short(piece.value)}`,
    onmousemove: (event) => showTip(event, make('b', {}, piece.text), make('div', {}, `${short(piece.value)} of the score ${short(data.difference)}`)),
    onmouseleave: hideTip,
  } : {class: 'gap'};
  const cuts = answer ? [answer.start, answer.end].map((at) => Math.min(Math.max(at - piece.start, 0), piece.text.length)) : [0, 0];
  const parts = [piece.text.slice(0, cuts[0]), piece.text.slice(...cuts), piece.text.slice(cuts[1])];
  return make('span', attributes, parts[0], parts[1] ? make('u', {}, parts[1]) : '', parts[2]);
}

function legend() {
  return make('div', {class: 'answer-legend'},
    make('span', {}, short(-largest)),
    make('div', {class: 'colours', role: 'img', 'aria-label': `colours from ${short(-largest)} to ${short(largest)}`},
      range(STEPS).map((i) => make('i', {style: paint(2 * i / (STEPS - 1) - 1)}))),
    make('span', {}, short(largest)),
    make('span', {class: 'soft'}, 'blue: against the answer, red: for it'));
}

function row(answer, i) {
  return make('tr', {class: i === chosen ? 'chosen' : ''},
    make('td', {}, make('button', {'aria-pressed': String(i === chosen), onclick: () => { chosen = i; draw(); }, dir: 'auto'}, answer.text)),
    make('td', {class: 'number'}, percent(answer.probability)),
    make('td', {class: 'probability'}, make('div', {class: 'fill', style: `width:${100 * answer.probability}%`})),
    make('td', {class: 'soft place'}, `${answer.start}–${answer.end}`));
}

function noAnswer() {
  return make('tr', {}, make('td', {class: 'soft'}, 'no answer in the context'),
    make('td', {class: 'number'}, percent(data.none)),
    make('td', {class: 'probability'}, make('div', {class: 'fill', style: `width:${100 * data.none}%`})), make('td'));
}

function draw() {
  rows.replaceChildren(...data.answers.map(row), ...(data.none >= 0 ? [noAnswer()] : []));
  context.replaceChildren(...data.context.map((piece) => word(piece, data.answers[chosen])));
  remember({answer: chosen});
}

const strongest = [...words].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, 10);
show(
  pageHeader(data.title, data.model),
  make('section', {class: 'card'},
    make('h2', {dir: 'auto'}, ...data.question.map((piece) => piece.text)),
    ...data.notes.map((note) => make('p', {class: 'soft'}, note)),
    make('div', {class: 'scroll', tabindex: '0'}, make('table', {class: 'answers spaced'},
      make('thead', {}, make('tr', {}, ['answer', 'probability', '', 'characters'].map((name) => make('th', {}, name)))), rows))),
  make('section', {class: 'card'},
    make('h2', {}, `Which words made the answer “${data.answers[0].text}”`),
    make('p', {class: 'soft'}, `Integrated Gradients of its start and end logit, from a text of [PAD] alone. The words’ parts sum to ${short(data.difference)}, the difference of the two scores, but for ${short(Math.abs(data.delta))}.`),
    legend(),
    make('div', {class: 'text question', dir: 'auto'}, data.question.map((piece) => word(piece))),
    context),
  make('section', {class: 'card'},
    make('h2', {}, 'The strongest words'),
    make('div', {class: 'scroll', tabindex: '0'}, make('table', {class: 'spaced'}, make('tbody', {}, strongest.map((item) => make('tr', {},
      make('td', {dir: 'auto'}, item.text),
      make('td', {class: 'number'}, short(item.value)),
      make('td', {class: 'soft'}, data.question.includes(item) ? 'question' : 'context'))))))));
draw();
