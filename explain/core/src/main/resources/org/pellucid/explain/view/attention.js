'use strict';
const page = document.getElementById('page');
const ROW = 30;
/** Browsers take tens of seconds to paint the links of some hundred tokens, and nobody sees one. */
const MOST_LINKS = 4000;
const SPECIAL = new Set(['[CLS]', '[SEP]', '[PAD]']);
const PAIRS = ['all', 'A→A', 'A→B', 'B→A', 'B→B'];
/** The 16-bit numbers behind base64; a plain loop, as a long text has tens of millions. */
function unsignedShorts(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return new Uint16Array(bytes.buffer);
}
for (const v of data.variants) v.attention = unsignedShorts(v.attention);
const everyHead = () => [...Array(variant.heads).keys()];
let variant = data.variants[wholeNumber('variant', 0, data.variants.length - 1)];
let layer = wholeNumber('layer', 0, variant.layers - 1);
let heads = new Set(state.heads === undefined ? everyHead()
  : everyHead().filter((h) => state.heads.split(',').includes(String(h))));
let mass = wholeNumber('mass', 70, 100);
let hideSpecial = state.special !== 'shown';
let pairs = PAIRS.includes(state.pairs) ? state.pairs : 'all';
let pinned = pinOf(state.pin);
let soloHead = null;
let tab = state.tab === 'model' ? 'model' : 'links';

const weight = (l, h, q, k) => {
  const n = variant.tokens.length;
  return variant.attention[((l * variant.heads + h) * n + q) * n + k] / 65535;
};

/** The token that a pin such as `from-3` of the state names. */
function pinOf(text) {
  const [, side, index] = /^(from|to)-(\d+)$/.exec(text || '') || [];
  return side && +index < variant.tokens.length ? {side: side === 'to' ? 1 : 0, index: +index} : null;
}

/** Whether the switch hides a token. */
const hidden = (index) => hideSpecial && SPECIAL.has(variant.tokens[index]);

/** Whether the pair filter and the special-token switch let a link through. */
function admitted(q, k) {
  const {segments} = variant;
  if (hidden(q) || hidden(k)) return false;
  return pairs === 'all' || pairs === `${'AB'[segments[q]]}→${'AB'[segments[k]]}`;
}

/** The selected heads' weights summed, [query][key]. */
function summed() {
  const n = variant.tokens.length;
  const chosen = soloHead === null ? [...heads] : [soloHead];
  return Array.from({length: n}, (_, q) => Array.from({length: n}, (_, k) =>
    admitted(q, k) ? chosen.reduce((sum, h) => sum + weight(layer, h, q, k), 0) : 0));
}

/** Of each row the largest weights until they make up the chosen share of its sum. */
function strongest(matrix) {
  const links = [];
  matrix.forEach((row, q) => {
    const total = row.reduce((a, b) => a + b, 0);
    const largest = Math.max(...row);
    let running = 0;
    for (const [k, value] of [...row.entries()].sort((a, b) => b[1] - a[1])) {
      if (value <= 0 || running >= total * mass / 100) break;
      running += value;
      links.push({q, k, value, share: value / largest});
    }
  });
  return links;
}

/** A head's mean weight at a token: what the token gives (side 0) or receives (side 1). */
function headMean(h, token, side) {
  const n = variant.tokens.length;
  let sum = 0;
  for (let other = 0; other < n; other++) {
    sum += side === 0
      ? (admitted(token, other) ? weight(layer, h, token, other) : 0)
      : (admitted(other, token) ? weight(layer, h, other, token) : 0);
  }
  return sum / n;
}

function predictionTable(position, limit) {
  return make('table', {}, (variant.predictions[position] || []).slice(0, limit).map((candidate) =>
    make('tr', {}, make('td', {}, candidate.token),
      make('td', {style: 'width:120px'}, make('div', {class: 'fill', style: `width:${candidate.probability * 110}px`})),
      make('td', {class: 'number'}, (candidate.probability * 100).toFixed(2) + ' %'))));
}

function tokenNode(index, side, x, anchor, draw) {
  const y = index * ROW + 34;
  const node = make('g', {
    class: 'token' + (variant.masked.includes(index) ? ' masked' : '') + (hidden(index) ? ' hidden' : ''), tabindex: '0', role: 'button',
    'data-side': side, 'data-index': index, 'aria-label': `${side ? 'to' : 'from'} ${variant.tokens[index]}`,
    onmouseenter: (event) => {
      draw({side, index});
      if (variant.predictions.length) showTip(event, make('div', {}, 'would predict here'), predictionTable(index, 5));
    },
    onmouseleave: (event) => { draw(pinned); showTip(event); },
    onclick: () => { pinned = pinned && pinned.side === side && pinned.index === index ? null : {side, index}; keep(); draw(pinned); },
    onkeydown: (event) => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); node.dispatchEvent(new Event('click')); } },
  },
  make('rect', {x: anchor === 'end' ? x - 150 : x - 8, y: y - ROW / 2 - 5, width: 158, height: ROW, rx: 6}),
  make('text', {x, y, 'text-anchor': anchor}, variant.tokens[index]));
  return node;
}

function linkView() {
  const {tokens} = variant;
  const cell = 13;
  const boxes = variant.heads * cell;
  const left = boxes + 190;
  const right = left + 330;
  const width = right + 190 + boxes;
  const svg = make('svg', {viewBox: `0 0 ${width} ${tokens.length * ROW + 40}`, width: '100%', class: 'links', role: 'group', 'aria-label': 'attention links'});
  const links = make('g');
  const note = make('p', {class: 'soft'});
  const all = strongest(summed());
  const draw = (focus) => {
    const chosen = all.filter(({q, k}) => !focus || (focus.side === 0 ? q === focus.index : k === focus.index));
    const shown = chosen.length > MOST_LINKS
      ? [...chosen].sort((a, b) => b.value - a.value).slice(0, MOST_LINKS) : chosen;
    note.textContent = shown.length < chosen.length
      ? `The ${shown.length} strongest of ${chosen.length} links; hover a token for all of its own.` : '';
    links.replaceChildren(...shown
      .map(({q, k, share, value}) => make('path', {
        class: 'link', 'data-q': q, 'data-k': k, 'stroke-width': 0.6 + 3.4 * share, opacity: 0.12 + 0.78 * share,
        d: `M${left + 6},${q * ROW + 29} C${left + 150},${q * ROW + 29} ${right - 150},${k * ROW + 29} ${right - 6},${k * ROW + 29}`,
      }, make('title', {}, `${tokens[q]} → ${tokens[k]}: ${value.toFixed(4)}`))));
    svg.querySelectorAll('.token').forEach((node) =>
      node.classList.toggle('on', !!focus && +node.dataset.side === focus.side && +node.dataset.index === focus.index));
  };
  svg.append(links);
  const largest = Math.max(1e-9, ...tokens.flatMap((_, t) => [0, 1].flatMap((side) =>
    everyHead().map((h) => headMean(h, t, side)))));
  tokens.forEach((_, t) => {
    for (const side of [0, 1]) {
      svg.append(tokenNode(t, side, side ? right + 8 : left - 8, side ? 'start' : 'end', draw));
      for (let h = 0; h < variant.heads; h++) {
        const x = (side ? right + 180 : 0) + h * cell;
        svg.append(make('rect', {
          x, y: t * ROW + 18, width: cell - 1, height: 20, rx: 2, fill: 'var(--accent)',
          opacity: (0.06 + 0.94 * headMean(h, t, side) / largest) * (heads.has(h) ? 1 : 0.25),
          onmouseenter: (event) => { soloHead = h; refreshLinks(); showTip(event, `Head ${h + 1}`); },
          onmouseleave: (event) => { soloHead = null; refreshLinks(); showTip(event); },
          onclick: () => toggleHead(h),
        }));
      }
    }
  });
  const refreshLinks = () => { all.splice(0, all.length, ...strongest(summed())); draw(pinned); };
  draw(pinned);
  svg.append(make('text', {class: 'small', x: left - 8, y: 10, 'text-anchor': 'end'}, 'from'),
    make('text', {class: 'small', x: right + 8, y: 10}, 'to'),
    make('text', {class: 'small', x: 0, y: 10}, 'heads, mean given'),
    make('text', {class: 'small', x: right + 180, y: 10}, 'heads, mean received'));
  return make('div', {}, note, svg);
}

/** The viridis colours of 0/255 to 255/255 as a canvas keeps its pixels. */
const PIXELS = Uint32Array.from({length: 256}, (_, i) => {
  const [r, g, b] = viridis(i / 255).match(/\d+/g).map(Number);
  return new Uint32Array(Uint8Array.of(r, g, b, 255).buffer)[0];
});

function thumbnail(l, h) {
  const n = variant.tokens.length;
  const canvas = make('canvas', {width: n, height: n, tabindex: '0', role: 'button',
    'aria-label': `layer ${l + 1}, head ${h + 1}`, title: `layer ${l + 1}, head ${h + 1}`,
    onclick: () => { layer = l; heads = new Set([h]); tab = 'links'; render(); }});
  const context = canvas.getContext('2d');
  const image = context.createImageData(n, n);
  const pixels = new Uint32Array(image.data.buffer);
  for (let q = 0; q < n; q++) {
    for (let k = 0; k < n; k++) {
      const value = admitted(q, k) ? Math.sqrt(weight(l, h, q, k)) : 0;
      pixels[q * n + k] = PIXELS[Math.round(value * 255)];
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

function modelView() {
  const label = (text) => make('div', {class: 'soft small'}, text);
  const cells = [label(''), ...everyHead().map((h) => label(`head ${h + 1}`))];
  for (let l = 0; l < variant.layers; l++) {
    cells.push(label(`layer ${l + 1}`), ...everyHead().map((h) => thumbnail(l, h)));
  }
  return make('div', {},
    make('p', {class: 'soft'}, 'Rows look at columns; the brighter, the larger the weight (its square root). Click a head to see its links.'),
    make('div', {class: 'thumbs', style: `grid-template-columns: 52px repeat(${variant.heads}, 76px)`}, cells));
}

function toggleHead(h) {
  if (heads.has(h)) heads.delete(h); else heads.add(h);
  render();
}

function controls() {
  const headChips = everyHead().map((h) => make('button', {
    'aria-pressed': String(heads.has(h)), onclick: () => toggleHead(h),
    ondblclick: () => { heads = new Set([h]); render(); }}, String(h + 1)));
  const amount = make('output', {}, mass + ' %');
  return make('div', {},
    data.variants.length > 1 ? make('div', {class: 'bar'}, make('span', {class: 'soft'}, 'Text'),
      choice(data.variants.map((v) => v.name), data.variants.indexOf(variant),
        (i) => { variant = data.variants[i]; pinned = null; remember({variant: i}); render(); }, 'text')) : '',
    make('div', {class: 'bar'}, make('span', {class: 'soft'}, 'View'),
      choice(['Links', 'All layers and heads'], tab === 'links' ? 0 : 1, (i) => { tab = i ? 'model' : 'links'; render(); }, 'view')),
    make('div', {class: 'bar'}, make('span', {class: 'soft'}, 'Layer'),
      choice([...Array(variant.layers).keys()].map((l) => String(l + 1)), layer, (l) => { layer = l; render(); }, 'layer')),
    make('div', {class: 'bar'}, make('span', {class: 'soft'}, 'Heads'),
      make('div', {class: 'chips', role: 'group', 'aria-label': 'heads'}, headChips),
      make('button', {onclick: () => { heads = new Set(everyHead()); render(); }}, 'All'),
      make('button', {onclick: () => { heads = new Set(); render(); }}, 'None')),
    make('div', {class: 'bar'},
      make('label', {}, 'Show the top', make('input', {type: 'range', id: 'mass', min: 0, max: 100, value: mass,
        oninput: (event) => { mass = +event.target.value; amount.textContent = mass + ' %'; drawBody(); }}), amount, 'of attention'),
      make('label', {}, make('input', {type: 'checkbox', id: 'special', checked: hideSpecial ? '' : undefined,
        onchange: (event) => { hideSpecial = event.target.checked; drawBody(); }}), 'hide special tokens'),
      variant.segments.includes(1) ? choice(PAIRS, PAIRS.indexOf(pairs),
        (i) => { pairs = PAIRS[i]; drawBody(); }, 'pairs') : ''));
}

const body = make('div', {class: 'scroll'});

function keep() {
  remember({pin: pinned ? `${pinned.side ? 'to' : 'from'}-${pinned.index}` : '', layer, heads: [...heads].join(','), mass, special: hideSpecial ? 'hidden' : 'shown', pairs, tab});
}

function drawBody() {
  keep();
  body.replaceChildren(tab === 'links' ? linkView() : modelView());
}

function render() {
  const masked = variant.masked.map((position) => make('div', {class: 'card'},
    make('h2', {}, `Position ${position}: what the model expects`), predictionTable(position, 10)));
  page.replaceChildren(
    pageHeader(data.title, `${data.model} · ${variant.tokens.length} tokens · selected heads are summed · hover a token for its links and predictions, click to pin it`),
    make('section', {class: 'card'}, controls(), body),
    make('div', {class: 'cards'}, masked));
  drawBody();
}

addEventListener('keydown', (event) => {
  if (event.target.matches('input, button')) return;
  if (event.key === 'ArrowRight') { layer = Math.min(layer + 1, variant.layers - 1); render(); }
  if (event.key === 'ArrowLeft') { layer = Math.max(layer - 1, 0); render(); }
  if (event.key === 'Escape') { pinned = null; render(); }
});
render();
