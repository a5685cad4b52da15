import {parsed} from './data.js';

/** Each map's colours of 0/255 to 255/255 and of NaN, six hexadecimal digits each. */
const tables = parsed(document.getElementById('colours'));
const NOT_A_NUMBER = 256;

/** The colour of a number in 0..1 as `#rrggbb`. */
export function colour(map, value) {
  const level = Number.isNaN(value)
    ? NOT_A_NUMBER : Math.round(Math.min(Math.max(value, 0), 1) * 255);
  return '#' + tables[map].slice(6 * level, 6 * level + 6);
}

/** The colours of 0/255 to 255/255 as a canvas stores its pixels. */
export function pixels(map) {
  return Uint32Array.from({length: 256}, (_, level) => {
    const rgb = parseInt(colour(map, level / 255).slice(1), 16);
    return new Uint32Array(Uint8Array.of(rgb >> 16, rgb >> 8, rgb, 255).buffer)[0];
  });
}
