import {unpacked} from './attention-packed.js';

const SPECIAL = new Set(['[CLS]', '[SEP]', '[PAD]']);

const all = (list, decode) => Promise.all(list.map(decode));

/** A text in one form with its numbers unpacked. */
export async function decoded(variant) {
  return {
    ...variant,
    special: variant.tokens.map((token) => SPECIAL.has(token)),
    attention: await unpacked(variant.attention),
    rollout: await unpacked(variant.rollout),
    flow: await all(variant.flow, unpacked),
    gradients: await all(variant.gradients, async (one) => ({...one, product: await unpacked(one.product)})),
    projections: await all(variant.projections, async (one) => (
      {...one, queries: await unpacked(one.queries), keys: await unpacked(one.keys)})),
  };
}

/** All forms of the page's text. */
export const decodedAll = (data) => all(data.variants, decoded);
