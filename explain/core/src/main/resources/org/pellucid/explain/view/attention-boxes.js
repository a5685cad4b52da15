import {headColour} from './attention-palette.js';
import {headMatrix, isAdmitted} from './attention-values.js';
import {range} from './dom.js';

/** Each head's mean weight at a token: what it gives (side 0) or receives (side 1). */
function means(matrices, n) {
  return [0, 1].map((side) => matrices.map((matrix) => {
    const sums = new Float32Array(n);
    for (let q = 0; q < n; q++) {
      for (let k = 0; k < n; k++) sums[side === 0 ? q : k] += matrix[q * n + k] / n;
    }
    return sums;
  }));
}

const largestOf = (lists) => lists.reduce((most, list) => list.reduce((m, v) => Math.max(m, Math.abs(v)), most), 1e-9);

/**
 * What the boxes of all heads at both columns stand for. `at` gives one: without a focus the mean
 * over the other column, with a pinned token or one under the pointer the weight between it and the
 * token of the box.
 */
export function boxValues(view, variants) {
  const n = view.variant.tokens.length;
  const matrices = range(view.variant.heads).map((head) => headMatrix(view, variants, view.layer, head));
  const mean = means(matrices, n);
  const largest = largestOf(mean.flat());
  function at(side, index, head, {from, to}) {
    if (side === 1 && from >= 0) return matrices[head][from * n + index];
    if (side === 0 && to >= 0) return matrices[head][index * n + to];
    return mean[side][head][index];
  }
  /** What the strongest colour stands for at a side. */
  function scale(side, {from, to}) {
    if (side === 1 && from >= 0) return largestOf(matrices.map((m) => m.subarray(from * n, from * n + n)));
    if (side === 0 && to >= 0) return largestOf(matrices.map((m) => range(n).map((q) => m[q * n + to])));
    return largest;
  }
  return {at, scale};
}

/** Draws the boxes that are in sight; a head that isn't chosen is faint. */
export function drawBoxes(context, {view, layout, row, centre, boxes, from, to, colours, from0, height}) {
  const {tokens, heads} = view.variant;
  for (const side of [0, 1]) {
    const focus = side === 0 ? to : from;
    const own = side === 0 ? from : to;
    const scale = boxes.scale(side, {from, to});
    const start = side ? layout.width - heads * layout.box : 0;
    for (let index = 0; index < tokens.length; index++) {
      const y = centre(index);
      if (y < from0 - row || y > from0 + height + row) continue;
      if (focus >= 0 && !(side === 0 ? isAdmitted(view, index, focus) : isAdmitted(view, focus, index))) continue;
      if (focus < 0 && own >= 0 && own !== index) continue;
      for (let head = 0; head < heads; head++) {
        const value = boxes.at(side, index, head, {from, to});
        const strength = 0.06 + 0.94 * Math.min(1, Math.abs(value) / scale);
        context.fillStyle = view.tab === 'heads' ? headColour(head) : value < 0 ? colours.less : colours.more;
        context.globalAlpha = strength * (view.heads.has(head) ? 1 : 0.22);
        context.fillRect(start + head * layout.box, y - row / 2 + 3, Math.max(1, layout.box - 1), row - 6);
      }
    }
  }
  context.globalAlpha = 1;
}
