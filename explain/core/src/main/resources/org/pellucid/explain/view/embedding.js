'use strict';
const page = document.getElementById('page');
let tab = data.tabs[wholeNumber('tab', 0, data.tabs.length - 1)];
let layer = wholeNumber('layer', tab.scores.length - 1, tab.scores.length - 1);
let special = false;
let hovered = null;

function scale(points, size, margin) {
  const xs = points.map((p) => p[0]);
  const ys = points.map((p) => p[1]);
  const fit = (values) => {
    const low = Math.min(...values);
    const range = Math.max(...values) - low || 1;
    return (v) => (v - low) / range;
  };
  const fx = fit(xs);
  const fy = fit(ys);
  return ([x, y]) => [margin + fx(x) * (size[0] - 2 * margin), size[1] - margin - fy(y) * (size[1] - 2 * margin)];
}

const shown = (i) => special || tab.roles[i] !== 'SPECIAL';
const ORDER = {SPECIAL: 0, CONTEXT: 1, QUESTION: 2, ANSWER: 3};
const order = () => tab.tokens.map((_, i) => i).filter(shown).sort((a, b) => ORDER[tab.roles[a]] - ORDER[tab.roles[b]]);

function marker(role, radius) {
  return role === 'ANSWER'
    ? make('path', {class: role, d: `M0,${-radius * 1.6} L${radius * 1.3},0 L0,${radius * 1.6} L${-radius * 1.3},0 Z`})
    : make('circle', {class: role, r: radius});
}

const SIZE = [1180, 640];
const plot = make('svg', {viewBox: `0 0 ${SIZE[0]} ${SIZE[1]}`, width: '100%', role: 'img', 'aria-label': 'tokens in the plane of two principal components'});
let nodes = new Map();
let multiples = [];

function build() {
  nodes = new Map();
  plot.replaceChildren(...order().map((i) => {
    const node = make('g', {'data-index': i, style: 'transition: transform .6s ease', onmouseenter: () => { hovered = i; emphasise(); }, onmouseleave: () => { hovered = null; emphasise(); }},
      marker(tab.roles[i], 5), make('text', {class: tab.roles[i], x: 7, y: -5, 'font-size': 12}, tab.tokens[i]));
    nodes.set(i, node);
    return node;
  }));
  place();
}

function place() {
  const points = tab.scores[layer];
  const at = scale(points.filter((_, i) => shown(i)), SIZE, 60);
  const places = new Map([...nodes.keys()].map((i) => [i, at(points[i])]));
  nodes.forEach((node, i) => { const [x, y] = places.get(i); node.style.transform = `translate(${x}px,${y}px)`; });
  label(places);
  multiples.forEach((button, l) => button.setAttribute('aria-pressed', String(l === layer)));
  const [a, b] = tab.explained[layer];
  caption.textContent = `${layer === 0 ? 'Embeddings (layer 0)' : 'Layer ' + layer} · first component ${(a * 100).toFixed(1)} %, second ${(b * 100).toFixed(1)} % of the variance`;
  remember({tab: data.tabs.indexOf(tab), layer});
}

/**
 * Moves each label to a corner of its point where it covers no other, the answer's first; labels
 * that find none hide until the pointer is over their point.
 */
function label(places) {
  const taken = [...places.values()].map(([x, y]) => [x - 4, y - 4, x + 4, y + 4]);
  for (const i of [...places.keys()].reverse()) {
    const [x, y] = places.get(i);
    const width = 7.2 * tab.tokens[i].length;
    const corners = [[7, -5], [7, 13], [-7 - width, -5], [-7 - width, 13]];
    const box = ([dx, dy]) => [x + dx, y + dy - 10, x + dx + width, y + dy + 2];
    const free = corners.find((corner) => {
      const [left, top, right, bottom] = box(corner);
      return left >= 0 && right <= SIZE[0]
        && taken.every((t) => right < t[0] || t[2] < left || bottom < t[1] || t[3] < top);
    });
    const [dx, dy] = free || corners[0];
    const text = nodes.get(i).querySelector('text');
    text.setAttribute('x', dx < 0 ? -7 : dx);
    text.setAttribute('y', dy);
    text.setAttribute('text-anchor', dx < 0 ? 'end' : 'start');
    nodes.get(i).classList.toggle('crowded', !free);
    if (free) taken.push(box(free));
  }
}

function emphasise() {
  document.querySelectorAll('[data-token]').forEach((node) => node.classList.toggle('on', +node.dataset.token === hovered));
  nodes.forEach((node, i) => { node.style.opacity = hovered === null || hovered === i ? 1 : 0.25; });
}

function multiple(l) {
  const at = scale(tab.scores[l].filter((_, i) => shown(i)), [180, 130], 8);
  return make('button', {onclick: () => { layer = l; slider.value = l; place(); }, 'aria-label': `layer ${l}`},
    make('div', {class: 'soft'}, `Layer ${l}`),
    make('svg', {viewBox: '0 0 180 130'}, order().map((i) => {
      const [cx, cy] = at(tab.scores[l][i]);
      return make('g', {transform: `translate(${cx},${cy})`, 'data-token': i}, marker(tab.roles[i], tab.roles[i] === 'ANSWER' ? 3.5 : 2.2));
    })));
}

const caption = make('h2');
const slider = make('input', {type: 'range', min: 0, max: tab.scores.length - 1, value: layer, 'aria-label': 'layer', style: 'width:320px', oninput: (event) => { layer = +event.target.value; place(); }});
const legend = (role, name) => make('span', {class: 'legend'}, make('svg', {viewBox: '-8 -8 16 16'}, marker(role, 5)), name);

function render() {
  slider.max = tab.scores.length - 1;
  multiples = tab.scores.map((_, l) => multiple(l));
  page.replaceChildren(
    pageHeader(data.title, `${data.model} · exact principal components of all tokens, layer by layer · labels that found no room appear under the pointer`),
    make('section', {class: 'card'},
      make('div', {class: 'bar'}, choice(data.tabs.map((t) => t.name), data.tabs.indexOf(tab), (i) => { tab = data.tabs[i]; layer = Math.min(layer, tab.scores.length - 1); render(); }, 'question')),
      make('p', {}, make('b', {}, tab.question), make('span', {class: 'soft'}, ` → ${tab.answer}`)),
      make('div', {class: 'bar', style: 'margin-top:12px'}, caption),
      make('div', {class: 'bar'}, make('label', {}, 'Layer', slider), legend('QUESTION', 'question'), legend('CONTEXT', 'context'), legend('ANSWER', 'answer'),
        make('label', {}, make('input', {type: 'checkbox', onchange: (event) => { special = event.target.checked; render(); }, checked: special ? '' : undefined}), '[CLS] and [SEP]')),
      plot),
    make('section', {class: 'card'}, make('h2', {}, 'All layers'), make('div', {class: 'multiples', style: 'margin-top:12px'}, multiples)));
  build();
}
render();
