import {boxValues, drawBoxes} from './attention-boxes.js';
import {headColour, signColour, themeColours} from './attention-palette.js';
import {predictionTable} from './attention-predictions.js';
import {combined, hasHeads, headMatrix, isHidden, linksOf} from './attention-values.js';
import {make} from './dom.js';
import {short} from './numbers.js';
import {hideTip, showTip} from './tip.js';

/** More links than this can't be distinguished, and take longer than a frame to draw. */
const MOST_LINKS = 3000;
const TOP = 22;

/** Where things stand across the drawing, in pixels, for its width. */
function layoutOf(width, heads) {
  const box = Math.max(2, Math.min(13, Math.floor(width * 0.13 / heads)));
  const word = Math.max(88, Math.min(170, Math.floor(width * 0.17)));
  const left = heads * box + word;
  return {width, box, word, left, right: width - left};
}

/** The links of heads, by default of those chosen: of each its own, or of all together. */
export function linksToDraw(view, variants, heads = [...view.heads].sort((a, b) => a - b)) {
  const n = view.variant.tokens.length;
  if (view.tab !== 'heads' || !hasHeads(view)) return linksOf(combined(view, variants, heads), n, view);
  return heads.flatMap((head) =>
    linksOf(headMatrix(view, variants, view.layer, head), n, view).map((link) => ({...link, head})));
}

/**
 * Two columns of tokens with links from those that look to those looked at, and each head's share
 * beside. Everything but the tokens' names is drawn on a canvas as tall as the window on it, so that
 * a text of 512 tokens moves as smoothly as a short one. `actions` are
 * `clickToken(side, index)` and `clickHead(head)`.
 */
export function columns(view, variants, links, actions) {
  const {tokens} = view.variant;
  const n = tokens.length;
  const row = n <= 64 ? 28 : n <= 200 ? 22 : 18;
  const centre = (index) => TOP + index * row + row / 2;
  const canvas = make('canvas', {'aria-hidden': 'true'});
  const tall = make('div', {class: 'tall', style: `height:${TOP + n * row + 6}px`}, canvas);
  const box = make('div', {class: 'columns', tabindex: '-1'}, tall);
  const note = make('p', {class: 'soft note', role: 'status'});
  let present = links;
  let layout = layoutOf(600, view.variant.heads);
  let focus = null;
  let waiting = false;
  const labels = [0, 1].map((side) => tokens.map((_, index) => label(side, index)));
  const boxes = hasHeads(view) ? boxValues(view, variants) : null;

  /** The pinned tokens, or that under the pointer. */
  const focused = () => (focus ? {from: focus.side === 0 ? focus.index : -1, to: focus.side === 1 ? focus.index : -1}
    : {from: view.from, to: view.to});

  function visible() {
    const {from, to} = focused();
    const own = present.filter(({q, k}) => (from < 0 || q === from) && (to < 0 || k === to));
    const shown = own.length > MOST_LINKS
      ? [...own].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, MOST_LINKS) : own;
    note.textContent = shown.length < own.length
      ? `The ${shown.length} strongest of ${own.length} links are drawn; point at a token for all of its own.` : '';
    return shown;
  }

  function draw() {
    waiting = false;
    if (!box.isConnected) return;
    const colours = themeColours();
    const scale = devicePixelRatio || 1;
    const height = box.clientHeight;
    if (canvas.width !== Math.round(layout.width * scale) || canvas.height !== Math.round(height * scale)) {
      canvas.width = Math.round(layout.width * scale);
      canvas.height = Math.round(height * scale);
      canvas.style.cssText = `width:${layout.width}px;height:${height}px;margin-bottom:${-height}px`;
    }
    const context = canvas.getContext('2d');
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, layout.width, height);
    context.translate(0, -box.scrollTop);
    drawLinks(context, visible(), colours, height);
    if (boxes) drawBoxes(context, {view, layout, row, centre, boxes, ...focused(), colours, from0: box.scrollTop, height});
    drawTitles(context, colours);
    mark();
  }

  function drawLinks(context, shown, colours, height) {
    const [a, b] = [layout.left + 6, layout.right - 6];
    const bend = (b - a) * 0.45;
    const [top, bottom] = [box.scrollTop, box.scrollTop + height];
    for (const {q, k, share, value, head} of shown) {
      const [from, to] = [centre(q), centre(k)];
      if (Math.max(from, to) < top || Math.min(from, to) > bottom) continue;
      context.strokeStyle = head === undefined ? signColour(value, colours) : headColour(head);
      context.globalAlpha = 0.08 + 0.82 * share;
      context.lineWidth = 0.6 + 3.4 * share;
      context.setLineDash(head !== undefined && value < 0 ? [5, 4] : []);
      context.beginPath();
      context.moveTo(a, from);
      context.bezierCurveTo(a + bend, from, b - bend, to, b, to);
      context.stroke();
    }
    context.globalAlpha = 1;
    context.setLineDash([]);
  }

  function drawTitles(context, colours) {
    context.fillStyle = colours.soft;
    context.font = '11px system-ui, sans-serif';
    context.textAlign = 'right';
    context.fillText('from', layout.left - 8, 14);
    context.textAlign = 'left';
    context.fillText('to', layout.right + 8, 14);
    if (layout.box < 5 || !boxes) return;
    context.fillText('heads: given', 0, 14);
    context.textAlign = 'right';
    context.fillText('heads: received', layout.width, 14);
  }

  /** Marks the tokens that are pinned or under the pointer. */
  function mark() {
    const {from, to} = focused();
    labels.forEach((side, s) => side.forEach((element, index) =>
      element.classList.toggle('on', index === (s === 0 ? from : to))));
  }

  function later() {
    if (!waiting) requestAnimationFrame(draw);
    waiting = true;
  }

  function look(next) {
    focus = next;
    later();
  }

  function label(side, index) {
    const pinned = index === (side === 0 ? view.from : view.to);
    const classes = ['token', side ? 'to' : 'from'];
    if (view.variant.masked.includes(index)) classes.push('masked');
    if (isHidden(view, index)) classes.push('hidden');
    const element = make('button', {
      class: classes.join(' '), dir: 'auto', 'data-side': side, 'data-index': index,
      'aria-pressed': String(pinned), 'aria-label': `${side ? 'to' : 'from'} ${tokens[index]}, position ${index}`,
      style: `top:${TOP + index * row}px;height:${row}px`,
      onclick: () => actions.clickToken(side, index),
      onmouseenter: (event) => { look({side, index}); tell(event, index); },
      onmouseleave: () => { look(null); hideTip(); },
      onfocus: () => look({side, index}), onblur: () => look(null),
    }, tokens[index]);
    tall.append(element);
    return element;
  }

  function tell(event, index) {
    const predicted = view.variant.predictions[index];
    showTip(event, make('div', {}, `${tokens[index]} · position ${index}`),
      predicted?.length ? make('div', {class: 'faint'}, 'predicted here') : '',
      predicted?.length ? predictionTable(view.variant, index, 5) : '');
  }

  /** The head whose box is under the pointer, with its token. */
  function boxAt(event) {
    const place = canvas.getBoundingClientRect();
    const x = event.clientX - place.left;
    const index = Math.floor((event.clientY - place.top + box.scrollTop - TOP) / row);
    const side = x < layout.width / 2 ? 0 : 1;
    const start = side ? layout.width - view.variant.heads * layout.box : 0;
    const head = Math.floor((x - start) / layout.box);
    return boxes && index >= 0 && index < n && head >= 0 && head < view.variant.heads ? {side, index, head} : null;
  }

  let over = -1;
  canvas.addEventListener('mousemove', (event) => {
    const found = boxAt(event);
    canvas.style.cursor = found ? 'pointer' : '';
    if (found) {
      const value = boxes.at(found.side, found.index, found.head, focused());
      showTip(event, `Head ${found.head} · ${tokens[found.index]}: ${short(value)}`);
    } else hideTip();
    if ((found?.head ?? -1) === over) return;
    over = found?.head ?? -1;
    present = found ? linksToDraw(view, variants, [found.head]) : links;
    later();
  });
  canvas.addEventListener('mouseleave', () => { over = -1; present = links; hideTip(); later(); });
  canvas.addEventListener('click', (event) => { const found = boxAt(event); if (found) actions.clickHead(found.head); });
  box.addEventListener('scroll', later, {passive: true});

  function fit() {
    if (!box.clientWidth) return;
    layout = layoutOf(box.clientWidth, view.variant.heads);
    labels.forEach((side, s) => side.forEach((element) => {
      element.style.width = layout.word - 6 + 'px';
      element.style.left = (s === 0 ? layout.left - layout.word + 6 : layout.right) + 'px';
    }));
    later();
  }
  new ResizeObserver(fit).observe(box);
  new MutationObserver(later).observe(document.documentElement, {attributeFilter: ['data-theme']});
  return make('div', {}, note, box);
}
