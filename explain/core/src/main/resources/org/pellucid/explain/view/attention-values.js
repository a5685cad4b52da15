/**
 * The numbers that a view shows: of one head, of the chosen heads together, and the links that are
 * strong enough to draw. All are `Float32Array`s [query, key] of tokens × tokens.
 */

/** Whether the filter of special tokens hides a token. */
export const isHidden = (view, index) => view.hideSpecial && view.variant.special[index];

/** Whether the filters let a pair of tokens through. */
export function isAdmitted(view, query, key) {
  const {segments} = view.variant;
  if (isHidden(view, query) || isHidden(view, key)) return false;
  return view.pairs === 'all' || view.pairs === 'AB'[segments[query]] + 'AB'[segments[key]];
}

/** Whether what is shown has a number for each head. */
export const hasHeads = (view) => view.show === 'attention' || view.show === 'gradient';

/** Whether numbers may be negative. */
export const isSigned = (view) => view.show === 'gradient' || view.compare !== null;

/** The packed numbers that are shown of a form of the text; undefined if the page has none. */
function numbersOf(variant, show) {
  return {
    attention: variant.attention, rollout: variant.rollout, flow: variant.flow[0],
    gradient: variant.gradients[0]?.product,
  }[show];
}

/** Whether the page has what a view shows. */
export const isThere = (view, show = view.show) => numbersOf(view.variant, show) !== undefined;

function place(view, layer, head) {
  if (view.show === 'flow') return 0;
  return view.show === 'rollout' ? layer : layer * view.variant.heads + head;
}

function raw(view, variant, layer, head) {
  const size = variant.tokens.length ** 2;
  const target = new Float32Array(size);
  numbersOf(variant, view.show).copy(place(view, layer, head) * size, target);
  return target;
}

/** Whether what is shown has something to be compared with. */
export function isComparable(view, variants) {
  const other = view.compare.kind === 'variant' ? variants[view.compare.index] : view.variant;
  return other.tokens.length === view.variant.tokens.length && numbersOf(other, view.show) !== undefined;
}

function subtractCompared(view, values, layer, head, variants) {
  if (!isComparable(view, variants)) return;
  const {kind, index} = view.compare;
  const other = kind === 'variant' ? variants[index] : view.variant;
  const taken = raw(view, other, kind === 'layer' ? index : layer, head);
  for (let i = 0; i < values.length; i++) values[i] -= taken[i];
}

/** One head's numbers; 0 where a filter hides a pair. */
export function headMatrix(view, variants, layer, head) {
  const values = raw(view, view.variant, layer, head);
  if (view.compare) subtractCompared(view, values, layer, head, variants);
  if (!view.hideSpecial && view.pairs === 'all') return values;
  const n = view.variant.tokens.length;
  for (let q = 0; q < n; q++) {
    for (let k = 0; k < n; k++) if (!isAdmitted(view, q, k)) values[q * n + k] = 0;
  }
  return values;
}

/** Some heads' numbers as one: their sum, mean, or the one largest in magnitude. */
export function combined(view, variants, heads = [...view.heads]) {
  if (!hasHeads(view)) return headMatrix(view, variants, view.layer, 0);
  const result = new Float32Array(view.variant.tokens.length ** 2);
  for (const head of heads) {
    const values = headMatrix(view, variants, view.layer, head);
    for (let i = 0; i < values.length; i++) {
      if (view.combine !== 'max') result[i] += values[i];
      else if (Math.abs(values[i]) > Math.abs(result[i])) result[i] = values[i];
    }
  }
  if (view.combine === 'mean' && heads.length) {
    for (let i = 0; i < result.length; i++) result[i] /= heads.length;
  }
  return result;
}

/** Of each row the keys of the largest magnitudes until they make up a share of its sum. */
function strongestOfRow(row, percent, least) {
  const order = [];
  let total = 0;
  row.forEach((value, k) => { if (value !== 0) { order.push(k); total += Math.abs(value); } });
  order.sort((a, b) => Math.abs(row[b]) - Math.abs(row[a]) || a - b);
  let running = 0;
  const kept = [];
  for (const k of order) {
    if (running >= total * percent / 100 || Math.abs(row[k]) < least) break;
    running += Math.abs(row[k]);
    kept.push(k);
  }
  return kept;
}

function largestBy(links, norm) {
  const largest = new Map();
  const group = ({q, k}) => ({all: 0, row: q, column: k}[norm]);
  for (const link of links) {
    largest.set(group(link), Math.max(largest.get(group(link)) ?? 0, Math.abs(link.value)));
  }
  return (link) => Math.abs(link.value) / largest.get(group(link));
}

/**
 * The links to draw of a matrix: of each row the largest until their share of it is reached, and
 * none below the least. `share` is a link's size among those that the scale has in common.
 */
export function linksOf(matrix, n, {mass, least, norm}) {
  const links = [];
  for (let q = 0; q < n; q++) {
    for (const k of strongestOfRow(matrix.subarray(q * n, q * n + n), mass, least)) {
      links.push({q, k, value: matrix[q * n + k]});
    }
  }
  const share = largestBy(links, norm);
  for (const link of links) link.share = share(link);
  return links;
}
