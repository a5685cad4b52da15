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

function build() {
  nodes = new Map();
  plot.replaceChildren(...order().map((i) => {
    const node = make('g', {style: 'transition: transform .6s ease', onmouseenter: () => { hovered = i; emphasise(); }, onmouseleave: () => { hovered = null; emphasise(); }},
      marker(tab.roles[i], 5), make('text', {class: tab.roles[i], x: 7, y: -5, 'font-size': 12}, tab.tokens[i]));
    nodes.set(i, node);
    return node;
  }));
  place();
}

function place() {
  const points = tab.scores[layer];
  const at = scale(points.filter((_, i) => shown(i)), SIZE, 60);
  nodes.forEach((node, i) => { const [x, y] = at(points[i]); node.style.transform = `translate(${x}px,${y}px)`; });
  const [a, b] = tab.explained[layer];
  caption.textContent = `${layer === 0 ? 'Embeddings (layer 0)' : 'Layer ' + layer} · first component ${(a * 100).toFixed(1)} %, second ${(b * 100).toFixed(1)} % of the variance`;
  remember({tab: data.tabs.indexOf(tab), layer});
}

function emphasise() {
  document.querySelectorAll('[data-token]').forEach((node) => node.setAttribute('r', +node.dataset.token === hovered ? 6 : 2.2));
  nodes.forEach((node, i) => { node.style.opacity = hovered === null || hovered === i ? 1 : 0.25; });
}

function multiple(l) {
  const at = scale(tab.scores[l].filter((_, i) => shown(i)), [180, 130], 8);
  return make('button', {onclick: () => { layer = l; slider.value = l; place(); }, 'aria-label': `layer ${l}`},
    make('div', {class: 'soft'}, `Layer ${l}`),
    make('svg', {viewBox: '0 0 180 130'}, order().map((i) => {
      const [cx, cy] = at(tab.scores[l][i]);
      return make('circle', {class: tab.roles[i], cx, cy, r: tab.roles[i] === 'ANSWER' ? 4 : 2.2, 'data-token': i});
    })));
}

const caption = make('h2');
const slider = make('input', {type: 'range', min: 0, max: tab.scores.length - 1, value: layer, 'aria-label': 'layer', style: 'width:320px', oninput: (event) => { layer = +event.target.value; place(); }});
const legend = (role, name) => make('span', {class: 'legend'}, make('svg', {viewBox: '-8 -8 16 16'}, marker(role, 5)), name);

function render() {
  slider.max = tab.scores.length - 1;
  page.replaceChildren(
    pageHeader(data.title, `${data.model} · exact principal components of all tokens, layer by layer`),
    make('section', {class: 'card'},
      make('div', {class: 'bar'}, choice(data.tabs.map((t) => t.name), data.tabs.indexOf(tab), (i) => { tab = data.tabs[i]; layer = Math.min(layer, tab.scores.length - 1); render(); }, 'question')),
      make('p', {}, make('b', {}, tab.question), make('span', {class: 'soft'}, ` → ${tab.answer}`)),
      make('div', {class: 'bar', style: 'margin-top:12px'}, caption),
      make('div', {class: 'bar'}, make('label', {}, 'Layer', slider), legend('QUESTION', 'question'), legend('CONTEXT', 'context'), legend('ANSWER', 'answer'),
        make('label', {}, make('input', {type: 'checkbox', onchange: (event) => { special = event.target.checked; render(); }, checked: special ? '' : undefined}), '[CLS] and [SEP]')),
      plot),
    make('section', {class: 'card'}, make('h2', {}, 'All layers'), make('div', {class: 'multiples', style: 'margin-top:12px'}, tab.scores.map((_, l) => multiple(l)))));
  build();
}
render();
