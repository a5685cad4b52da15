'use strict';
const page = document.getElementById('page');
let metric = ['euclidean', 'cosine'].includes(state.metric) ? state.metric : data.metric;
let layer = wholeNumber('layer', data.layer, data.euclidean.length - 1);
const CELL = 56;
const body = make('div', {class: 'scroll'});
const caption = make('h2');

/** A sentence with the word that is compared emphasised. */
function sentence(text) {
  const at = text.indexOf(data.word);
  return at < 0 ? [text] : [text.slice(0, at), make('mark', {}, data.word), text.slice(at + data.word.length)];
}

function draw() {
  const matrix = data[metric][layer];
  const n = matrix.length;
  const values = matrix.flat();
  const low = Math.min(...values);
  const high = Math.max(...values);
  const share = (v) => (high > low ? (v - low) / (high - low) : 0);
  const svg = make('svg', {viewBox: `0 0 ${n * CELL + 110} ${n * CELL + 26}`, width: n * CELL + 110, height: n * CELL + 26, role: 'img', 'aria-label': 'matrix'});
  matrix.forEach((row, i) => row.forEach((value, j) => {
    svg.append(make('rect', {x: j * CELL, y: i * CELL + 22, width: CELL - 2, height: CELL - 2, rx: 4, fill: viridis(share(value)),
      onmousemove: (event) => showTip(event, make('div', {}, `${i} ${data.sentences[i]}`), make('div', {}, `${j} ${data.sentences[j]}`), make('b', {}, value.toFixed(4))),
      onmouseleave: (event) => showTip(event)}),
    make('text', {class: 'cell', x: j * CELL + CELL / 2 - 1, y: i * CELL + 22 + CELL / 2 - 1, style: `fill:${share(value) > 0.6 ? '#111' : '#fff'};pointer-events:none;font-size:13px`}, value.toFixed(2)));
  }));
  for (let j = 0; j < n; j++) svg.append(make('text', {class: 'small', x: j * CELL + CELL / 2, y: 14, 'text-anchor': 'middle'}, String(j)));
  for (let s = 0; s < 60; s++) svg.append(make('rect', {x: n * CELL + 24, y: 22 + (59 - s) * (n * CELL - 2) / 60, width: 18, height: (n * CELL) / 60 + 1, fill: viridis(s / 59)}));
  svg.append(make('text', {class: 'small', x: n * CELL + 48, y: 32}, high.toFixed(2)), make('text', {class: 'small', x: n * CELL + 48, y: n * CELL + 20}, low.toFixed(2)));
  caption.textContent = `${metric === 'cosine' ? 'Cosine similarity' : 'Euclidean distance'}, layer ${layer}`;
  body.replaceChildren(make('div', {class: 'two matrix'},
    make('div', {style: 'padding-top:22px'}, data.sentences.map((text, i) => make('div', {style: `height:${CELL}px;display:flex;align-items:center;justify-content:flex-end;gap:10px;white-space:nowrap`}, make('span', {}, ...sentence(text)), make('span', {class: 'soft'}, String(i))))), svg));
  remember({metric, layer});
}

page.append(
  pageHeader(data.title, `${data.model} · the vectors of “${data.word}” in ${data.sentences.length} sentences`),
  make('section', {class: 'card'}, caption,
    make('div', {class: 'bar', style: 'margin-top:10px'},
      choice(['Euclidean distance', 'Cosine similarity'], metric === 'cosine' ? 1 : 0, (i) => { metric = i ? 'cosine' : 'euclidean'; draw(); }, 'metric'),
      make('label', {}, 'Layer', make('input', {type: 'range', min: 0, max: data.euclidean.length - 1, value: layer, 'aria-label': 'layer', oninput: (event) => { layer = +event.target.value; draw(); }}))),
    body));
draw();
