import {checkbox, choice} from './controls.js';
import {data} from './data.js';
import {make, range} from './dom.js';
import {pageHeader, show} from './frame.js';
import {details, outputs} from './image-details.js';
import {bounds, canvasOf, decoded, FORMS, loaded, painted, plane} from './image-maps.js';
import {neighbours} from './image-neighbours.js';
import {channelNames, stage} from './image-stage.js';
import {percent, short} from './numbers.js';
import {oneOf, remember, stored, wholeNumber} from './state.js';

const {width, height} = data.image;
const SCALES = {own: 'own', page: 'methods here', run: 'whole run'};
const runReaches = (stored('run') ?? '').split(',').map(Number);
const hasRun = runReaches.length === data.results.length && runReaches.some((reach) => reach > 0);
const results = data.results.map((result, number) => ({...result, number, map: decoded(result)}));
const pageReach = Math.max(0, ...results.filter(({map}) => map).map(({map}) => map.reach));
const most = Math.max(1, ...results.map(({map}) => map?.channels ?? 1));

const settings = {
  chosen: Math.max(0, results.findIndex(({name}) => name === stored('method'))),
  wipe: wholeNumber('wipe', 50, 100),
  opacity: wholeNumber('opacity', 100, 100),
  threshold: wholeNumber('threshold', 0, 100),
  channel: oneOf('channel', ['all', ...range(most).map(String)], 'all'),
  scale: oneOf('scale', Object.keys(SCALES), 'own'),
  form: oneOf('form', Object.keys(FORMS), 'own'),
  fading: stored('fading') === 'true',
  drawing: stored('drawing') === 'true',
};
if (settings.scale === 'run' && !hasRun) settings.scale = 'own';

/** Where the colours of a result's plane end on the scale that was chosen. */
function reachOf(result, shown) {
  if (settings.scale === 'page') return pageReach;
  if (settings.scale === 'run') return runReaches[result.number] || shown.reach;
  return shown.reach;
}

function slider(name, label, after = (value) => `${value}\u00a0%`) {
  const output = make('output', {}, after(settings[name]));
  const input = make('input', {
    type: 'range', min: 0, max: 100, value: settings[name], id: name, 'aria-label': label,
    oninput: () => update({[name]: +input.value}),
  });
  return {
    element: make('label', {class: 'slider'}, make('span', {class: 'label'}, label), input, output),
    set: (value) => { input.value = value; output.textContent = after(value); },
  };
}

const sliders = {
  wipe: slider('wipe', 'Wipe: image up to'), opacity: slider('opacity', 'Opacity of the map'),
  threshold: slider('threshold', 'Threshold, of the scale'),
};
const detailPlace = make('div');
const tiles = make('div', {class: 'tiles', role: 'group', 'aria-label': 'methods'});
const select = make('select', {'aria-label': 'method', onchange: () => update({chosen: select.selectedIndex})},
  results.map(({title}) => make('option', {}, title)));

/** What a map leaves of the image. */
function masked(image, result, shown, range) {
  const canvas = make('canvas', {width, height});
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  context.drawImage(canvasOf(painted(result, shown, {...range, form: 'masked'}, height, width)), 0, 0);
  return canvas;
}

/** The map of a result as a small canvas. */
function thumbnail(result, image) {
  if (!result.map || (settings.drawing && result.image)) {
    const canvas = make('canvas', {width: result.image.width, height: result.image.height});
    canvas.getContext('2d').drawImage(result.image, 0, 0);
    return {canvas, caption: result.display === 'image' ? 'an image' : 'tinted superpixels'};
  }
  const shown = plane(result.map, settings.channel < result.map.channels ? settings.channel : 'all');
  const reach = reachOf(result, shown);
  const [low, high] = bounds(result, shown, reach, settings);
  const blank = shown.numbers.every((number) => number === 0);
  return {
    canvas: settings.form === 'masked'
      ? masked(image, result, shown, {reach, low, high})
      : canvasOf(painted(result, shown, {reach, low, high, form: settings.form}, height, width)),
    caption: blank ? '0 everywhere' : `${short(low)} to ${short(high)}`,
  };
}

function drawTiles(image) {
  const original = make('canvas', {width, height});
  original.getContext('2d').drawImage(image, 0, 0);
  tiles.replaceChildren(make('figure', {class: 'original'}, original, make('figcaption', {}, 'The image')),
    ...results.map((result) => {
      const {canvas, caption} = thumbnail(result, image);
      return make('figure', {'data-row': result.name},
        make('button', {
          'aria-pressed': String(result.number === settings.chosen), 'aria-label': `Show ${result.title}`,
          onclick: () => update({chosen: result.number}),
        }, canvas),
        make('figcaption', {}, result.title, make('span', {class: 'value'}, caption)));
    }));
}

let update = () => {};

function controls() {
  const names = ['all', ...channelNames(most)];
  const scales = Object.keys(SCALES).filter((name) => name !== 'run' || hasRun);
  return make('div', {class: 'side'},
    make('div', {class: 'field'}, make('span', {class: 'label'}, 'Method'), select),
    make('div', {class: 'field'}, make('span', {class: 'label'}, 'Drawn'),
      choice(Object.values(FORMS), Object.keys(FORMS).indexOf(settings.form), (i) => update({form: Object.keys(FORMS)[i]}, true), 'drawn')),
    sliders.wipe.element, sliders.opacity.element, sliders.threshold.element,
    most > 1 ? make('div', {class: 'field'}, make('span', {class: 'label'}, 'Channels'),
      choice(names, settings.channel === 'all' ? 0 : +settings.channel + 1, (i) => update({channel: i ? String(i - 1) : 'all'}, true), 'channels')) : '',
    make('div', {class: 'field'}, make('span', {class: 'label'}, 'Scale'),
      choice(scales.map((name) => SCALES[name]), scales.indexOf(settings.scale), (i) => update({scale: scales[i]}, true), 'scale')),
    make('div', {class: 'field checks'},
      checkbox('opacity follows the magnitude', settings.fading, (fading) => update({fading})),
      results.some(({map, image}) => map && image)
        ? checkbox('superpixels tinted on the image', settings.drawing, (drawing) => update({drawing}, true)) : ''));
}

async function open() {
  const image = await loaded(data.image);
  for (const result of results) {
    if (result.images.length) result.image = await loaded(result.images[0]);
  }
  const big = stage(image, reachOf);
  big.onWipe((wipe) => update({wipe}));

  update = (changes, isScale) => {
    const before = settings.chosen;
    Object.assign(settings, changes);
    const result = results[settings.chosen];
    remember({
      method: result.name, wipe: settings.wipe, opacity: settings.opacity, threshold: settings.threshold,
      channel: settings.channel, scale: settings.scale, form: settings.form, fading: settings.fading, drawing: settings.drawing,
    });
    Object.entries(sliders).forEach(([name, {set}]) => set(settings[name]));
    select.selectedIndex = settings.chosen;
    big.draw(result, settings);
    if (isScale || !tiles.children.length) drawTiles(image);
    tiles.querySelectorAll('button').forEach((button, i) => button.setAttribute('aria-pressed', String(i === settings.chosen)));
    if (before !== settings.chosen || !detailPlace.children.length) detailPlace.replaceChildren(...details(result));
  };

  const [best] = data.outputs;
  show(
    pageHeader(data.title, [
      best ? `${best.name}, ${percent(best.probability)}` : '',
      data.known ? ` · ${best?.name === data.known ? 'right' : `wrong: it is ${data.known}`}` : '',
      ` · ${width} × ${height} pixels`].join('')),
    data.report ? neighbours() : '',
    make('section', {class: 'card stage-card'},
      make('div', {class: 'stage-place'}, big.canvas, big.readout), make('div', {}, controls(), big.legend)),
    make('section', {class: 'card'}, make('h2', {}, 'All methods'), tiles),
    detailPlace, outputs());
  document.querySelector('h1').dir = 'auto';
  update({});
  document.getElementById('page').dataset.ready = 'true';
}

if (results.length) open();
else show(pageHeader(data.title, 'No method explained this image.'), outputs());
