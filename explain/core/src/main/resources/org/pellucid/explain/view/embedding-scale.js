import {range} from './dom.js';
import {coordinates, isDeep, shownTokens} from './embedding-data.js';

/** The camera's distance in units of the cloud's radius. */
const CAMERA = 4;

/** The corner coordinates of some points. */
function box(points) {
  const columns = [0, 1, 2].map((k) => points.map((point) => point[k]));
  return {low: columns.map((values) => Math.min(...values)), high: columns.map((values) => Math.max(...values))};
}

/** A point turned by the view's two angles, in radians. */
function turned([x, y, z], yaw, pitch) {
  const [a, b] = [x * Math.cos(yaw) + z * Math.sin(yaw), z * Math.cos(yaw) - x * Math.sin(yaw)];
  return [a, y * Math.cos(pitch) - b * Math.sin(pitch), b * Math.cos(pitch) + y * Math.sin(pitch)];
}

/** What has to find room: of all layers if they share their axes or trails, and a single trail. */
function framed(view) {
  const all = view.trails === 'all' || view.method === 'pca-shared';
  const layers = all ? range(view.tab.layers) : [view.layer];
  const points = layers.flatMap((layer) => shownTokens(view).map((i) => coordinates(view, layer, i)));
  const trail = view.trails === 'one' && view.token !== undefined ? range(view.layer + 1) : [];
  return [...points, ...trail.map((layer) => coordinates(view, layer, view.token))];
}

/**
 * The way from coordinates to places `[x, y, nearness]` in a drawing, with equal units on all axes;
 * `inverse` gives the coordinates at its left, right, top and bottom.
 */
export function scaleOf(view, width, height, margin) {
  const points = framed(view);
  const {low, high} = box(points);
  const middle = low.map((value, k) => (value + high[k]) / 2);
  const [w, h] = [width - 2 * margin, height - 2 * margin];
  if (isDeep(view)) {
    const radius = Math.max(...points.map((point) => Math.hypot(...point.map((value, k) => value - middle[k])))) || 1;
    const unit = Math.min(w, h) / 1.75 / radius;
    return {
      radius,
      place(point) {
        const [x, y, z] = turned(point.map((value, k) => value - middle[k]), view.yaw, view.pitch);
        const nearness = CAMERA / (CAMERA - z / radius);
        return [width / 2 + x * unit * nearness, height / 2 - y * unit * nearness, nearness];
      },
    };
  }
  const unit = Math.min(w / (high[0] - low[0] || 1), h / (high[1] - low[1] || 1));
  return {
    place: ([x, y]) => [width / 2 + (x - middle[0]) * unit, height / 2 - (y - middle[1]) * unit, 1],
    inverse: {
      left: middle[0] - width / 2 / unit, right: middle[0] + width / 2 / unit,
      bottom: middle[1] - height / 2 / unit, top: middle[1] + height / 2 / unit,
    },
  };
}
