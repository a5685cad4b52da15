import {data} from './data.js';
import {make, range} from './dom.js';
import {pageHeader, show} from './frame.js';
import {percent, short} from './numbers.js';
import {liveForm} from './live-form.js';
import {remember, wholeNumber} from './state.js';
import {hideTip, showTip} from './tip.js';

const STEPS = 61;
const STRONGEST = 10;
/** The share of the largest magnitude beyond which dark letters can't be read. */
const DARK = 0.55;
const form = liveForm([
  {name: 'question', label: 'Question'},
  {name: 'context', label: 'Context', long: true}], (answer) => { page = answer; chosen = 0; render(); });
const context = make('div', {class: 'text', dir: 'auto'});
const rows = make('tbody');
let page = data;
let words;
let largest;
let chosen = wholeNumber('answer', 0, page.answers.length - 1);

/** The paint of a share in −1..1 of the largest magnitude, over the page's own ground. */
const paint = (share) => `background:color-mix(in srgb, var(${share < 0 ? '--against' : '--for'}) ${Math.round(100 * Math.abs(share))}%, transparent)`;

/** A part of a text, a word in its colour; the letters that belong to the answer are underlined. */
function part(piece, answer) {
  const value = piece.value / largest;
  const attributes = piece.isWord ? {
    class: Math.abs(value) > DARK ? 'word strong' : 'word',
    style: paint(value),
    tabindex: '0',
    'aria-label': `${piece.text}: ${short(piece.value)}`,
    onmousemove: (event) => showTip(event, make('b', {}, piece.text), make('div', {}, `${short(piece.value)} of the score ${short(page.difference)}`)),
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
  return make('tr', {},
    make('td', {}, make('button', {'aria-pressed': String(i === chosen), onclick: () => choose(i), dir: 'auto'}, answer.text)),
    make('td', {class: 'number'}, percent(answer.probability)),
    make('td', {class: 'probability'}, make('div', {class: 'fill', style: `width:${100 * answer.probability}%`})),
    make('td', {class: 'soft place'}, `${answer.start}–${answer.end}`));
}

function noAnswer() {
  return make('tr', {}, make('td', {class: 'soft'}, 'no answer in the context'),
    make('td', {class: 'number'}, percent(page.none)),
    make('td', {class: 'probability'}, make('div', {class: 'fill', style: `width:${100 * page.none}%`})), make('td'));
}

function choose(answer) {
  chosen = answer;
  draw();
  rows.querySelectorAll('button')[answer].focus();
}

function draw() {
  rows.replaceChildren(...page.answers.map(row), ...(page.none >= 0 ? [noAnswer()] : []));
  context.replaceChildren(...page.context.map((piece) => part(piece, page.answers[chosen])));
  remember({answer: chosen});
}

function strongest() {
  const sorted = [...words].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, STRONGEST);
  return sorted.map((item) => make('tr', {},
    make('td', {dir: 'auto'}, item.text),
    make('td', {class: 'number'}, short(item.value)),
    make('td', {class: 'soft'}, page.question.includes(item) ? 'question' : 'context')));
}

function render() {
  words = [...page.question, ...page.context].filter((piece) => piece.isWord);
  largest = Math.max(...words.map((word) => Math.abs(word.value)), Number.MIN_VALUE);
  show(
    pageHeader(page.title, page.model),
    ...[form].flat(),
    make('section', {class: 'card'},
      make('h2', {dir: 'auto'}, ...page.question.map((piece) => piece.text)),
      ...page.notes.map((note) => make('p', {class: 'soft'}, note)),
      make('div', {class: 'scroll', tabindex: '0'}, make('table', {class: 'answers spaced'},
        make('thead', {}, make('tr', {}, ['answer', 'probability', '', 'characters'].map((name) => make('th', {}, name)))), rows))),
    make('section', {class: 'card'},
      make('h2', {}, `Which words made the answer “${page.answers[0].text}”`),
      make('p', {class: 'soft'}, `Integrated Gradients of its start and end logit, from a text of [PAD] alone. The words’ parts sum to ${short(page.difference)}, the difference of the two scores, but for ${short(Math.abs(page.delta))}.`),
      legend(),
      make('div', {class: 'text question', dir: 'auto'}, page.question.map((piece) => part(piece))),
      context),
    make('section', {class: 'card'},
      make('h2', {}, 'The strongest words'),
      make('div', {class: 'scroll', tabindex: '0'}, make('table', {class: 'spaced'}, make('tbody', {}, strongest())))));
  draw();
}

render();
