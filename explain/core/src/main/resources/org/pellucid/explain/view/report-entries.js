import {data, parsed} from './data.js';

/** The last element of a report that is being written, or whose run was killed, may not be whole. */
function whole(element) {
  try {
    return [parsed(element)];
  } catch {
    return [];
  }
}

const all = (selector) => [...document.querySelectorAll(selector)].flatMap(whole);

/** The images with their figures, in the run's order. */
export const entries = all('script.image').map((entry, number) => ({...entry, number, key: entry.name.toLowerCase()}));

/** The images that failed, with the reasons. */
export const failures = all('script.failure');

/** How the report ended; undefined while it is written. */
export const summary = all('#summary')[0];

/** Whether the model is right; undefined for an image of no known class. */
export const isRight = (entry) => (entry.known ? entry.known === entry.predicted : undefined);

/** The rows' figures of quality that images have, each with the row that it belongs to. */
export const metrics = data.rows.flatMap((row) => {
  const names = new Set(entries.flatMap((entry) => Object.keys(entry.figures[row.name]?.quality ?? {})));
  return [...names].map((name) => ({id: `${row.name}:${name}`, title: `${row.title}: ${name}`, row: row.name, name}));
});

/** An image's figure of a metric; NaN if it has none. */
export const figureOf = (entry, metric) => Number(entry.figures[metric.row]?.quality[metric.name] ?? NaN);

/** The largest reach of each row's maps over all images: the run's own shared scales. */
export const sharedReaches = data.rows.map((row) => entries.reduce((most, entry) => Math.max(most, entry.figures[row.name]?.reach ?? 0), 0));

const distinct = (field) => [...new Set(entries.map((entry) => entry[field]).filter(Boolean))].sort((a, b) => a.localeCompare(b));

/** The classes that images are of, or are taken for. */
export const classes = {known: distinct('known'), predicted: distinct('predicted')};

const isWithin = (value, low, high) => (low === '' || value >= Number(low)) && (high === '' || value <= Number(high));

/** The images that filters let through, sorted. */
export function chosen(filters) {
  const text = filters.text.trim().toLowerCase();
  const metric = metrics.find(({id}) => id === filters.metric);
  const kept = entries.filter((entry) =>
    (!text || entry.key.includes(text))
    && (!filters.known || entry.known === filters.known)
    && (!filters.predicted || entry.predicted === filters.predicted)
    && (!filters.right || String(isRight(entry)) === filters.right)
    && isWithin(100 * entry.confidence, filters.from, filters.to)
    && (!metric || (filters.low === '' && filters.high === '') || isWithin(figureOf(entry, metric), filters.low, filters.high)));
  return sorted(kept, filters, metric);
}

function sorted(kept, {sort, down}, metric) {
  const sign = down === 'down' ? -1 : 1;
  const key = {
    order: (entry) => entry.number,
    confidence: (entry) => entry.confidence,
    metric: (entry) => (metric ? figureOf(entry, metric) : entry.number),
  }[sort];
  const compared = sort === 'name'
    ? (a, b) => sign * a.name.localeCompare(b.name, undefined, {numeric: true})
    : (a, b) => {
      const [x, y] = [key(a), key(b)];
      if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y);
      return sign * (x - y);
    };
  return kept.sort((a, b) => compared(a, b) || a.number - b.number);
}
