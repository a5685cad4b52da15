import {data} from './data.js';
import {make, range} from './dom.js';
import {legend} from './image-legend.js';
import {bounds, canvasOf, coloursOf, painted, plane, valuesAt} from './image-maps.js';
import {short} from './numbers.js';

const CHANNELS = {1: ['grey'], 3: ['red', 'green', 'blue']};
const {width, height} = data.image;
/** The canvas shows each pixel of the image as a square of so many of its own. */
const SCALE = Math.max(1, Math.ceil(768 / Math.max(width, height)));

/** The names of a map's channels. */
export const channelNames = (count) => CHANNELS[count] ?? range(count).map((c) => `channel ${c}`);

/**
 * The image with a map over it. `settings` hold what the controls chose; `reachOf` gives where the
 * colours of a result's plane end on the scale that was chosen.
 */
export function stage(image, reachOf) {
  const canvas = make('canvas', {
    width: width * SCALE, height: height * SCALE, tabindex: '0', role: 'img', class: 'large',
    onpointerdown: (event) => { canvas.setPointerCapture(event.pointerId); held = true; wipe(event); },
    onpointermove: (event) => { if (held) wipe(event); read(...pixelOf(event)); },
    onpointerup: () => { held = false; }, onpointerleave: () => { if (!held) point = null; },
    onkeydown: onKey,
  });
  const readout = make('p', {class: 'readout', role: 'status'}, 'Point at a pixel for its value, drag to wipe.');
  const legendPlace = make('div', {class: 'legend-place'});
  const context = canvas.getContext('2d');
  let held = false;
  let point = null;
  let now = {};
  let onWipe = () => {};

  function pixelOf(event) {
    const box = canvas.getBoundingClientRect();
    const clip = (value, most) => Math.min(Math.max(Math.floor(value), 0), most - 1);
    return [clip((event.clientX - box.left) / box.width * width, width), clip((event.clientY - box.top) / box.height * height, height)];
  }

  function wipe(event) {
    const box = canvas.getBoundingClientRect();
    onWipe(Math.round(Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1) * 100));
  }

  function onKey(event) {
    const [dx, dy] = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]}[event.key] ?? [0, 0];
    if (!dx && !dy) return;
    event.preventDefault();
    const [x, y] = point ?? [Math.floor(width / 2), Math.floor(height / 2)];
    read(Math.min(Math.max(x + dx, 0), width - 1), Math.min(Math.max(y + dy, 0), height - 1));
  }

  function read(x, y) {
    point = [x, y];
    if (!now.map) {
      readout.textContent = `column ${x}, row ${y}`;
      return;
    }
    const {value, channels} = valuesAt(now.map, now.shown, y, x, height, width);
    const names = channelNames(now.map.channels);
    const each = channels.length > 1 ? ` (${channels.map((number, c) => `${names[c]} ${exact(number)}`).join(', ')})` : '';
    readout.textContent = `column ${x}, row ${y}: ${exact(value)}${each}`;
  }

  /** As many digits as the page's numbers have. */
  const exact = (number) => (Number.isFinite(number) ? String(Number(number.toPrecision(4))).replace('-', '−') : String(number));

  function layer(result, settings) {
    const shown = plane(result.map, settings.channel < result.map.channels ? settings.channel : 'all');
    const reach = reachOf(result, shown);
    const [low, high] = bounds(result, shown, reach, settings);
    now = {map: result.map, shown};
    const blank = shown.numbers.every((number) => number === 0);
    const largest = shown.numbers.reduce((most, number) => (Math.abs(number) > most ? Math.abs(number) : most), 0);
    legendPlace.replaceChildren(
      legend({
        colours: coloursOf(result, shown, settings.form), low, high, scale: settings.scale, largest, blank,
        masked: settings.form === 'masked',
      }),
      make('p', {class: 'legend-note'}, settings.threshold ? `shown from magnitude ${short(settings.threshold / 100 * reach)}` : ''));
    const {form, fading} = settings;
    const range = {reach, low, high, form, fading, threshold: settings.threshold / 100};
    return canvasOf(painted(result, shown, range, height, width));
  }

  /** Draws a result with the settings. */
  function draw(result, settings) {
    const above = result.map && !(settings.drawing && result.image) ? layer(result, settings) : result.image;
    if (above === result.image) {
      now = {map: result.map, shown: result.map && plane(result.map, 'all')};
      legendPlace.replaceChildren(make('p', {class: 'legend-note'}, result.display === 'image'
        ? 'an image, stretched over its own range' : 'the image with the superpixels that matter tinted'));
    }
    const edge = Math.round(settings.wipe / 100 * canvas.width);
    context.imageSmoothingEnabled = false;
    context.globalAlpha = 1;
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    context.save();
    context.beginPath();
    context.rect(edge, 0, canvas.width - edge, canvas.height);
    context.clip();
    context.globalAlpha = settings.opacity / 100;
    context.drawImage(above, 0, 0, canvas.width, canvas.height);
    context.restore();
    if (edge > 0 && edge < canvas.width) {
      context.fillStyle = '#fff';
      context.fillRect(edge - 2, 0, 4, canvas.height);
      context.fillStyle = '#1d2433';
      context.fillRect(edge - 0.5, 0, 1, canvas.height);
    }
    canvas.setAttribute('aria-label', `${result.title} over the image; arrow keys read pixels`);
    if (point) read(...point);
  }

  return {canvas, readout, legend: legendPlace, draw, onWipe: (receiver) => { onWipe = receiver; }};
}
