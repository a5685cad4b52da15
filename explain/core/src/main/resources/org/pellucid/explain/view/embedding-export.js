import {coordinates, shownTokens} from './embedding-data.js';
import {range} from './dom.js';
import {save, saveCsv, savePng, saveSvg} from './save-file.js';

const AXES = ['x', 'y', 'z'];

/** All layers' places by the method shown, one row for each token. */
export function placesTable(view) {
  const {dimensions} = view.tab.projections[view.method];
  const header = ['layer', 'position', 'token', 'role', ...AXES.slice(0, dimensions), 'cosine to layer 0', 'cosine to layer before'];
  return [header, ...range(view.tab.layers).flatMap((layer) => view.tab.tokens.map((token, i) => {
    const at = layer * view.tab.tokens.length + i;
    return [layer, i, token, view.tab.roles[i].toLowerCase(), ...coordinates(view, layer, i).slice(0, dimensions), view.tab.toFirst[at], view.tab.toBefore[at]];
  }))];
}

/** The two tables that the Embedding Projector loads: numbers, and names of their rows. */
export function projectorTables(view) {
  const {dimensions} = view.tab.projections[view.method];
  const shown = shownTokens(view);
  const vectors = shown.map((i) => coordinates(view, view.layer, i).slice(0, dimensions).join('\t')).join('\n') + '\n';
  const metadata = ['token\trole\tposition', ...shown.map((i) => `${view.tab.tokens[i]}\t${view.tab.roles[i].toLowerCase()}\t${i}`)].join('\n') + '\n';
  return {vectors, metadata};
}

/** What the drawing can be saved as. */
export const savedAs = (viewOf, svg) => ({
  SVG: () => saveSvg(`layer-${viewOf().layer}`, svg),
  PNG: () => savePng(`layer-${viewOf().layer}`, svg),
  CSV: () => saveCsv(viewOf().method, placesTable(viewOf())),
  TSV: () => {
    const {vectors, metadata} = projectorTables(viewOf());
    save('vectors.tsv', vectors, 'text/tab-separated-values');
    save('metadata.tsv', metadata, 'text/tab-separated-values');
  },
});
