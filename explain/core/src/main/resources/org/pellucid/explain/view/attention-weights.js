/**
 * What is shown of a text's attention is a `view`: the variant of the text, the layer, the set of
 * heads, the share of attention to draw, and the filters of tokens and pairs.
 */

const SPECIAL = new Set(['[CLS]', '[SEP]', '[PAD]']);

/** The 16-bit numbers in base64; a plain loop, as a long text has tens of millions. */
function unsignedShorts(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return new Uint16Array(bytes.buffer);
}

/** A variant with its attention as numbers. */
export const decoded = (variant) => ({...variant, attention: unsignedShorts(variant.attention)});

/** The weight of one key for one query, in 0..1. */
export function weight({variant}, layer, head, query, key) {
  const n = variant.tokens.length;
  return variant.attention[((layer * variant.heads + head) * n + query) * n + key] / 65535;
}

/** Whether the filter of special tokens hides a token. */
export const isHidden = (view, index) => view.hideSpecial && SPECIAL.has(view.variant.tokens[index]);

/** Whether the filters let a pair of tokens through. */
export function isAdmitted(view, query, key) {
  const {segments} = view.variant;
  if (isHidden(view, query) || isHidden(view, key)) return false;
  return view.pairs === 'all' || view.pairs === `${'AB'[segments[query]]}→${'AB'[segments[key]]}`;
}

/** Some heads' admitted weights summed, [query][key]. */
export function summed(view, heads) {
  const n = view.variant.tokens.length;
  return Array.from({length: n}, (_, q) => Array.from({length: n}, (_, k) =>
    isAdmitted(view, q, k) ? heads.reduce((sum, h) => sum + weight(view, view.layer, h, q, k), 0) : 0));
}

/** Of each row the largest weights until they make up a share of its sum, in percent. */
export function strongest(matrix, percent) {
  const links = [];
  matrix.forEach((row, q) => {
    const total = row.reduce((a, b) => a + b, 0);
    const largest = Math.max(...row);
    let running = 0;
    for (const [k, value] of [...row.entries()].sort((a, b) => b[1] - a[1])) {
      if (value <= 0 || running >= total * percent / 100) break;
      running += value;
      links.push({q, k, value, share: value / largest});
    }
  });
  return links;
}

/** A head's mean weight at a token: what the token gives (side 0) or receives (side 1). */
export function headMean(view, head, token, side) {
  const n = view.variant.tokens.length;
  let sum = 0;
  for (let other = 0; other < n; other++) {
    const [q, k] = side === 0 ? [token, other] : [other, token];
    if (isAdmitted(view, q, k)) sum += weight(view, view.layer, head, q, k);
  }
  return sum / n;
}
