import {doubles} from './binary.js';
import {range} from './dom.js';

/** The metrics' names as people read them. */
export const METRICS = {cosine: 'Cosine similarity', euclidean: 'Euclidean distance', dot: 'Scalar product'};

/** A page's data with its numbers as an array. */
export const decoded = (page) => ({...page, products: doubles(page.products)});

function product({products, sentences}, layer, i, j) {
  const n = sentences.length;
  const [row, column] = i < j ? [j, i] : [i, j];
  return products[layer * n * (n + 1) / 2 + row * (row + 1) / 2 + column];
}

/** What a metric says of two sentences' vectors at a layer. */
export function compared(page, metric, layer, i, j) {
  const both = product(page, layer, i, j);
  const [first, second] = [product(page, layer, i, i), product(page, layer, j, j)];
  switch (metric) {
    case 'cosine': {
      const lengths = Math.sqrt(first * second);
      return lengths === 0 ? 0 : i === j ? 1 : Math.max(-1, Math.min(1, both / lengths));
    }
    case 'euclidean': return i === j ? 0 : Math.sqrt(Math.max(0, first + second - 2 * both));
    default: return both;
  }
}

/** A layer's table in the given order of sentences. */
export const table = (page, metric, layer, order) => order.map((i) => order.map((j) => compared(page, metric, layer, i, j)));

/** The sentences' numbers in an order: by the file, by group, or by the layer's tree. */
export function orderOf(page, order, layer) {
  const all = range(page.sentences.length);
  if (order === 'tree') return page.orders[layer];
  return order === 'group' ? all.sort((a, b) => page.sentences[a].group - page.sentences[b].group || a - b) : all;
}

/** Whether larger numbers mean nearer. */
export const isSimilarity = (metric) => metric !== 'euclidean';

/** How far groups are apart at a layer: mean within less mean between, or the other way round. */
export function gap(page, metric, layer) {
  const {allWithin, between} = page.means[metric];
  if (!allWithin.length || !between.length) return undefined;
  const difference = allWithin[layer] - between[layer];
  return isSimilarity(metric) ? difference : -difference;
}

/** The farthest pair within a group and the nearest pair of two, at a layer. */
export function extremes(page, metric, layer) {
  const sign = isSimilarity(metric) ? 1 : -1;
  let [within, between] = [Infinity, -Infinity];
  page.sentences.forEach((a, i) => page.sentences.slice(0, i).forEach((b, j) => {
    const value = sign * compared(page, metric, layer, i, j);
    if (a.group === b.group) within = Math.min(within, value);
    else between = Math.max(between, value);
  }));
  return {within: sign * within, between: sign * between, apart: within > between};
}
