import {headColour, signColour, themeColours} from './attention-palette.js';
import {combined, hasHeads} from './attention-values.js';
import {make} from './dom.js';

const ROW = 24;
const WIDTH = 760;

function save(name, blob) {
  const link = make('a', {download: name, href: URL.createObjectURL(blob)});
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

const name = (view, ending) => `attention-layer-${view.layer}.${ending}`;

/** The links between two columns as a drawing of its own. */
function svgOf(view, links) {
  const {tokens} = view.variant;
  const colours = themeColours();
  const height = tokens.length * ROW + 10;
  const y = (index) => index * ROW + ROW / 2 + 5;
  const chosen = links.filter(({q, k}) => (view.from < 0 || q === view.from) && (view.to < 0 || k === view.to));
  const ground = getComputedStyle(document.documentElement).getPropertyValue('--card').trim();
  const text = (token, index, side) => make('text', {
    x: side ? WIDTH - 190 : 190, y: y(index) + 5, 'text-anchor': side ? 'start' : 'end', fill: colours.ink,
    style: `font:14px sans-serif;fill:${colours.ink}`,
  }, token);
  return make('svg', {xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, height},
    make('rect', {width: WIDTH, height, fill: ground}),
    chosen.map(({q, k, value, share, head}) => make('path', {
      d: `M198,${y(q)} C360,${y(q)} ${WIDTH - 360},${y(k)} ${WIDTH - 198},${y(k)}`, fill: 'none',
      stroke: head === undefined ? signColour(value, colours) : headColour(head),
      'stroke-width': (0.6 + 3.4 * share).toFixed(2), opacity: (0.08 + 0.82 * share).toFixed(3),
    })),
    tokens.map((token, i) => [text(token, i, 0), text(token, i, 1)]).flat());
}

const svgText = (view, links) => new XMLSerializer().serializeToString(svgOf(view, links));

/** The drawing's own elements, painted; twice as large, unless that is more than a canvas can be. */
function png(view, links) {
  const drawing = svgOf(view, links);
  const [width, height] = ['width', 'height'].map((side) => +drawing.getAttribute(side));
  const scale = Math.min(2, 16000 / height);
  const canvas = make('canvas', {width: width * scale, height: height * scale});
  const context = canvas.getContext('2d');
  context.scale(scale, scale);
  context.font = '14px sans-serif';
  for (const element of drawing.children) {
    const of = (name) => element.getAttribute(name);
    context.globalAlpha = of('opacity') ?? 1;
    context.fillStyle = of('fill');
    if (element.tagName === 'rect') context.fillRect(0, 0, width, height);
    else if (element.tagName === 'text') {
      context.textAlign = of('text-anchor');
      context.fillText(element.textContent, of('x'), of('y'));
    } else {
      context.strokeStyle = of('stroke');
      context.lineWidth = of('stroke-width');
      context.stroke(new Path2D(of('d')));
    }
  }
  const text = atob(canvas.toDataURL('image/png').split(',')[1]);
  return new Blob([Uint8Array.from(text, (letter) => letter.charCodeAt(0))], {type: 'image/png'});
}

/** A field of a CSV file; what a spreadsheet would take for a formula stays text. */
const field = (text) => `"${(/^[=+\-@\t]/.test(text) ? "'" : '') + text.replaceAll('"', '""')}"`;

function csv(view, variants) {
  const {tokens} = view.variant;
  const n = tokens.length;
  const matrix = combined(view, variants);
  const rows = ['from,from token,to,to token,value'];
  for (let q = 0; q < n; q++) {
    for (let k = 0; k < n; k++) rows.push([q, field(tokens[q]), k, field(tokens[k]), matrix[q * n + k]].join(','));
  }
  return rows.join('\r\n') + '\r\n';
}

function json(view, variants, data) {
  const {variant, layer, heads, show, combine, from, to} = view;
  const n = variant.tokens.length;
  const matrix = combined(view, variants);
  return JSON.stringify({
    model: data.model, text: variant.name, tokens: variant.tokens, masked: variant.masked, layer,
    heads: hasHeads(view) ? [...heads].sort((a, b) => a - b) : [], show, combine, compare: view.compare,
    pinned: {from, to}, hideSpecial: view.hideSpecial, pairs: view.pairs,
    matrix: Array.from({length: n}, (_, q) => [...matrix.subarray(q * n, q * n + n)]),
    figures: variant.figures, predictions: variant.masked.map((position) => ({position, top: variant.predictions[position] ?? []})),
  });
}

/** Buttons that save what is shown. */
export function exportBar(view, variants, links, data) {
  const button = (label, ending, content) => make('button', {
    'aria-label': `save as ${label}`, onclick: () => save(name(view, ending), content()),
  }, label);
  const text = (type, content) => new Blob([content], {type});
  return make('div', {class: 'chips', role: 'group', 'aria-label': 'save'},
    button('SVG', 'svg', () => text('image/svg+xml', svgText(view, links))),
    button('PNG', 'png', () => png(view, links)),
    button('CSV', 'csv', () => text('text/csv;charset=utf-8', csv(view, variants))),
    button('JSON', 'json', () => text('application/json', json(view, variants, data))));
}
