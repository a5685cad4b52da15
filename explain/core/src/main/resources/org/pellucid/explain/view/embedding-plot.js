import {make, range} from './dom.js';
import {coordinates, found, isDeep, nearest, shownTokens} from './embedding-data.js';
import {labelPlaces} from './embedding-labels.js';
import {scaleOf} from './embedding-scale.js';
import {round, ticks} from './numbers.js';

/** Later ones are drawn over earlier ones. */
const ORDER = {SPECIAL: 0, CONTEXT: 1, QUESTION: 2, ANSWER: 3};
const MARGIN = 44;

/** The mark of a role: each has a form of its own. */
export function marker(role, radius) {
  const r = radius;
  switch (role) {
    case 'ANSWER': return make('path', {class: role, d: `M0,${-r * 1.7} L${r * 1.4},0 L0,${r * 1.7} L${-r * 1.4},0 Z`});
    case 'QUESTION': return make('path', {class: role, d: `M0,${-r * 1.3} L${r * 1.25},${r * 0.9} L${-r * 1.25},${r * 0.9} Z`});
    case 'SPECIAL': return make('rect', {class: role, x: -r * 0.8, y: -r * 0.8, width: r * 1.6, height: r * 1.6});
    default: return make('circle', {class: role, r});
  }
}

/** Tokens so that important ones come last. */
function ordered(view) {
  const near = view.token === undefined ? [] : nearest(view, view.layer, view.token).map(({token}) => token);
  const rank = (i) => (i === view.token ? 20 : near.includes(i) ? 10 : 0) + ORDER[view.tab.roles[i]];
  return shownTokens(view).sort((a, b) => rank(a) - rank(b));
}

/** The three axes through the origin, as long as the cloud. */
function deepAxes({place, radius}) {
  return range(3).flatMap((k) => {
    const end = (sign) => place(range(3).map((j) => (j === k ? sign * radius : 0)));
    const [[x1, y1], [x2, y2]] = [end(-1), end(1)];
    return [make('line', {class: 'axis', x1, y1, x2, y2}), make('text', {class: 'small', x: x2 + 4, y: y2}, String(k + 1))];
  });
}

/** Lines at round numbers. */
function axes(scale, place, width, height) {
  const {inverse} = scale;
  if (!inverse) return deepAxes(scale);
  const across = ticks(inverse.left, inverse.right, Math.max(3, width / 120));
  const up = ticks(inverse.bottom, inverse.top, Math.max(3, height / 110));
  return [
    ...across.flatMap((value) => {
      const x = place([value, 0])[0];
      return [make('line', {class: value === 0 ? 'axis' : 'grid', x1: x, x2: x, y1: 0, y2: height}),
        make('text', {class: 'small', x: x + 4, y: height - 5}, round(value).replace('-', '−'))];
    }),
    ...up.flatMap((value) => {
      const y = place([0, value])[1];
      return [make('line', {class: value === 0 ? 'axis' : 'grid', x1: 0, x2: width, y1: y, y2: y}),
        make('text', {class: 'small', x: 4, y: y - 4}, round(value).replace('-', '−'))];
    })];
}

/** The ways of tokens through the layers up to the one shown. */
function trails(view, place) {
  const tokens = view.trails === 'all' ? shownTokens(view) : view.trails === 'one' && view.token !== undefined ? [view.token] : [];
  return tokens.flatMap((i) => {
    const places = range(view.layer + 1).map((layer) => place(coordinates(view, layer, i)));
    const line = make('path', {class: `trail ${view.tab.roles[i]}${i === view.token ? ' chosen' : ''}`, d: places.map(([x, y], l) => `${l ? 'L' : 'M'}${x.toFixed(1)},${y.toFixed(1)}`).join('')});
    return i === view.token
      ? [line, ...places.slice(0, -1).map(([x, y], layer) => make('text', {class: 'small step', x: x + 3, y: y - 3}, String(layer)))]
      : [line];
  });
}

/** The large drawing. It keeps its tokens' nodes, so that they move from layer to layer. */
export function embeddingPlot({onToken, onHover, onTurn}) {
  const back = make('g');
  const front = make('g');
  const svg = make('svg', {class: 'plot', width: '100%', role: 'img', tabindex: 0}, back, front);
  let nodes = new Map();
  let key = '';

  function build(view) {
    nodes = new Map(shownTokens(view).map((i) => [i, make('g', {
      'data-index': i, class: 'moving',
      onpointerenter: () => onHover(i), onpointerleave: () => onHover(undefined), onclick: (event) => { event.stopPropagation(); onToken(i); },
    }, make('circle', {class: 'ring', r: 11}), marker(view.tab.roles[i], 5), make('text', {class: view.tab.roles[i]}, view.tab.tokens[i]))]));
    front.replaceChildren(...nodes.values());
  }

  function label(view, places, width) {
    const order = new Map(ordered(view).map((i) => [i, places.get(i)]));
    labelPlaces(order, view.tab.tokens, width).forEach(({x, y, anchor, crowded}, i) => {
      const text = nodes.get(i).querySelector('text');
      for (const [name, value] of Object.entries({x, y, 'text-anchor': anchor})) text.setAttribute(name, value);
      nodes.get(i).classList.toggle('crowded', crowded || !view.labels);
    });
  }

  function emphasise(view) {
    const near = view.token === undefined ? [] : nearest(view, view.layer, view.token).map(({token}) => token);
    const matches = new Set(found(view));
    nodes.forEach((node, i) => {
      node.classList.toggle('chosen', i === view.token);
      node.classList.toggle('near', near.includes(i));
      node.classList.toggle('match', matches.has(i));
      node.classList.toggle('faint', view.search.trim() !== '' && !matches.has(i));
    });
  }

  /** Draws a view; `still` leaves out the animation, while the cloud is being turned. */
  function draw(view, still = false) {
    const width = Math.max(300, svg.clientWidth || 820);
    const height = width < 560 ? Math.round(width * 1.05) : Math.round(Math.min(640, width * 0.66));
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    svg.setAttribute('aria-label', `${shownTokens(view).length} tokens at layer ${view.layer}`);
    const next = [view.tab.name, view.special, view.tab.tokens.length, view.tab.question, view.tab.context].join('|');
    if (next !== key) build(view);
    key = next;
    const scale = scaleOf(view, width, height, MARGIN);
    const places = new Map([...nodes.keys()].map((i) => [i, scale.place(coordinates(view, view.layer, i))]));
    svg.classList.toggle('still', still);
    svg.classList.toggle('deep', isDeep(view));
    nodes.forEach((node, i) => {
      const [x, y, nearness] = places.get(i);
      node.style.transform = `translate(${x.toFixed(2)}px,${y.toFixed(2)}px) scale(${nearness.toFixed(3)})`;
    });
    const joined = view.token === undefined || !places.has(view.token) ? [] : nearest(view, view.layer, view.token).filter(({token}) => places.has(token)).map(({token}) =>
      make('line', {class: 'joined', x1: places.get(view.token)[0], y1: places.get(view.token)[1], x2: places.get(token)[0], y2: places.get(token)[1]}));
    back.replaceChildren(...axes(scale, scale.place, width, height), ...joined, ...trails(view, scale.place));
    label(view, places, width);
    emphasise(view);
  }

  let grip;
  svg.addEventListener('pointerdown', (event) => { grip = svg.classList.contains('deep') ? event : undefined; });
  svg.addEventListener('pointermove', (event) => {
    if (!grip || Math.hypot(event.clientX - grip.clientX, event.clientY - grip.clientY) < 3) return;
    svg.setPointerCapture(event.pointerId);
    onTurn((event.clientX - grip.clientX) * 0.01, (event.clientY - grip.clientY) * 0.01);
    grip = event;
  });
  for (const name of ['pointerup', 'pointercancel']) svg.addEventListener(name, () => { grip = undefined; });
  return {svg, draw};
}
