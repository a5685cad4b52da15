import {pixels} from './colour.js';
import {data} from './data.js';
import {range} from './dom.js';

const HALVES = halfTable();

/** The value of each half-precision float by its bits. */
function halfTable() {
  return Float32Array.from({length: 65536}, (_, bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = bits >> 10 & 31;
    const fraction = bits & 1023;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * fraction / 1024);
  });
}

/** A result's map with its numbers; undefined for a result that is an image. */
export function decoded(result) {
  const map = result.maps[0];
  if (!map) return undefined;
  const text = atob(map.values);
  const numbers = new Float32Array(text.length / 2);
  const scale = map.largest || 1;
  for (let i = 0; i < numbers.length; i++) {
    numbers[i] = scale * HALVES[text.charCodeAt(2 * i) | text.charCodeAt(2 * i + 1) << 8];
  }
  return {...map, numbers};
}

/** Where colours end at a percentile of the finite magnitudes; where that is 0, at the largest. */
function reachOf(numbers, clip) {
  const magnitudes = numbers.filter(Number.isFinite).map(Math.abs).sort();
  const place = Math.min(Math.max(Math.ceil(clip / 100 * magnitudes.length) - 1, 0), magnitudes.length - 1);
  return magnitudes[place] || magnitudes.at(-1) || 0;
}

/**
 * One plane of a map: all channels, summed if any value is negative, else the largest; or a channel
 * by its index.
 */
export function plane(map, channel) {
  const {channels, height, width, numbers} = map;
  const size = height * width;
  const signed = numbers.some((number) => number < 0);
  if (channel !== 'all') {
    const own = numbers.slice(channel * size, (channel + 1) * size);
    return {numbers: own, height, width, signed, reach: reachOf(own, data.clip)};
  }
  const whole = numbers.slice(0, size);
  for (let c = 1; c < channels; c++) {
    for (let i = 0; i < size; i++) {
      const next = numbers[c * size + i];
      whole[i] = signed ? whole[i] + next : Math.max(whole[i], next);
    }
  }
  return {numbers: whole, height, width, signed, reach: map.reach};
}

/** The values at a pixel of the image: of the plane that is shown, and of each channel. */
export function valuesAt(map, shown, y, x, height, width) {
  const row = Math.floor((y + 0.5) * map.height / height);
  const column = Math.floor((x + 0.5) * map.width / width);
  const at = row * map.width + column;
  return {value: shown.numbers[at], channels: range(map.channels).map((c) => map.numbers[c * map.height * map.width + at])};
}

const TABLES = {};
const table = (name) => (TABLES[name] ??= pixels(name));

/** How maps can be drawn: as their method is read, by magnitude alone, or as what they leave of the image. */
export const FORMS = {own: 'as usual', heat: 'magnitudes', masked: 'masked image'};

/** The name of the colours of a plane. */
export function coloursOf(result, shown, form) {
  if (form === 'heat') return 'magma';
  return result.display === 'activation' ? 'viridis' : shown.signed ? 'diverging' : 'magma';
}

/** The values at the first and last colour of a plane, for a scale that ends at `reach`. */
export function bounds(result, shown, reach, {scale, form}) {
  if (form !== 'own') return [0, reach];
  if (result.display === 'activation' && scale === 'own') {
    const finite = shown.numbers.filter(Number.isFinite);
    return finite.length ? [finite.reduce((a, b) => Math.min(a, b)), finite.reduce((a, b) => Math.max(a, b))] : [0, 0];
  }
  return [shown.signed ? -reach : 0, reach];
}

const MAGENTA = new Uint32Array(Uint8Array.of(255, 0, 255, 255).buffer)[0];
const BLANK = new Uint32Array(Uint8Array.of(0xf7, 0xf7, 0xf7, 255).buffer)[0];

/**
 * A plane as pixels of the image's size, without interpolation. The opacity of what is below the
 * threshold is zero; with `fading` it follows the magnitude, and masking it runs against it.
 */
export function painted(result, shown, {reach, low, high, form, threshold = 0, fading = false}, height, width) {
  const colours = table(coloursOf(result, shown, form));
  const image = new ImageData(width, height);
  const target = new Uint32Array(image.data.buffer);
  const isBlank = shown.numbers.every((number) => number === 0);
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y + 0.5) * shown.height / height) * shown.width;
    for (let x = 0; x < width; x++) {
      const number = shown.numbers[row + Math.floor((x + 0.5) * shown.width / width)];
      const at = y * width + x;
      if (isBlank) target[at] = BLANK;
      else if (Number.isNaN(number)) target[at] = MAGENTA;
      else {
        const share = high > low ? ((form === 'heat' ? Math.abs(number) : number) - low) / (high - low) : 0;
        const magnitude = reach > 0 ? Math.min(Math.abs(number) / reach, 1) : 1;
        target[at] = form === 'masked' ? BLANK : colours[Math.round(255 * Math.min(Math.max(share, 0), 1))];
        if (form === 'masked') image.data[4 * at + 3] = magnitude < threshold ? 255 : Math.round(255 * (1 - magnitude));
        else if (magnitude < threshold) image.data[4 * at + 3] = 0;
        else if (fading) image.data[4 * at + 3] = Math.round(255 * magnitude);
      }
    }
  }
  return image;
}

/** A canvas with an image's pixels. */
export function canvasOf(image) {
  const canvas = document.createElement('canvas');
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext('2d').putImageData(image, 0, 0);
  return canvas;
}

/** Loads a PNG of the page's data. */
export const loaded = (packed) => new Promise((done, failed) => {
  const image = picture(packed);
  image.onload = () => done(image);
  image.onerror = failed;
});

/** An image that appears when it has been read. */
export function picture({png}) {
  const image = new Image();
  image.src = `data:image/png;base64,${png}`;
  return image;
}
