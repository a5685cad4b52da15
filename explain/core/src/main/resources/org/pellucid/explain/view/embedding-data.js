import {floats, shorts} from './binary.js';
import {range} from './dom.js';

/** The methods' names as people read them. */
export const METHODS = {
  pca: 'PCA of each layer', 'pca-shared': 'PCA, one basis', tsne: 't-SNE', umap: 'UMAP',
};

const neighbours = ({each, positions, distances}) => ({each, positions: shorts(positions), distances: floats(distances)});

/** A question with its numbers as arrays. */
export function decoded(tab) {
  const projections = Object.fromEntries(Object.entries(tab.projections)
    .map(([name, {dimensions, places, explained}]) => [name, {dimensions, explained, places: floats(places)}]));
  return {...tab, projections, cosine: neighbours(tab.cosine), euclidean: neighbours(tab.euclidean),
    toFirst: floats(tab.toFirst), toBefore: floats(tab.toBefore)};
}

/** Whether a view shows a token. */
export const isShown = (view, i) => view.special || view.tab.roles[i] !== 'SPECIAL';

/** The shown tokens' numbers. */
export const shownTokens = (view) => range(view.tab.tokens.length).filter((i) => isShown(view, i));

/** Whether a view shows three dimensions. */
export const isDeep = (view) => view.dimensions === 3 && view.tab.projections[view.method].dimensions === 3;

/** A token's coordinates at a layer; the third is 0 in the plane. */
export function coordinates({tab, method}, layer, i) {
  const {dimensions, places} = tab.projections[method];
  const at = (layer * tab.tokens.length + i) * dimensions;
  return [places[at], places[at + 1], dimensions === 3 ? places[at + 2] : 0];
}

/** The nearest tokens of one, nearest first, with their distances in the space of all components. */
export function nearest({tab, metric}, layer, i) {
  const {each, positions, distances} = tab[metric];
  const from = (layer * tab.tokens.length + i) * each;
  return range(each).map((k) => ({token: positions[from + k], distance: distances[from + k]}));
}

/** A token's cosines over the layers. */
export const drift = (cosines, tab, i) => range(tab.layers).map((layer) => cosines[layer * tab.tokens.length + i]);

/** The tokens that a search finds, by a part of their text or context word. */
export function found(view) {
  const wanted = view.search.trim().toLowerCase();
  return wanted ? shownTokens(view).filter((i) => view.tab.tokens[i].toLowerCase().includes(wanted)) : [];
}
