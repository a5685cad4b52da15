/** Half the side of the square that a point keeps free. */
const POINT = 4;
/** From here on letters are as wide as high: Chinese, Japanese, Korean, emoji. */
const WIDE = 0x2e80;

/** About as wide as a text is drawn. */
const widthOf = (text) => [...text].reduce((sum, letter) => sum + (letter.codePointAt(0) >= WIDE ? 13 : 7.2), 0);

/**
 * For each point the corner where its label covers nothing, the last points' first; a label that
 * finds none is `crowded`.
 */
export function labelPlaces(places, tokens, width) {
  const taken = [...places.values()].map(([x, y]) => [x - POINT, y - POINT, x + POINT, y + POINT]);
  const labels = new Map();
  for (const [i, [x, y]] of [...places].reverse()) {
    const length = widthOf(tokens[i]);
    const box = ([dx, dy]) => [x + dx, y + dy - 10, x + dx + length, y + dy + 2];
    const corners = [[8, -5], [8, 13], [-8 - length, -5], [-8 - length, 13]];
    const free = corners.find((corner) => {
      const [left, top, right, bottom] = box(corner);
      return left >= 0 && right <= width
        && taken.every((other) => right < other[0] || other[2] < left || bottom < other[1] || other[3] < top);
    });
    const [dx, dy] = free ?? corners[0];
    labels.set(i, {x: dx < 0 ? -8 : dx, y: dy, anchor: dx < 0 ? 'end' : 'start', crowded: !free});
    if (free) taken.push(box(free));
  }
  return labels;
}
