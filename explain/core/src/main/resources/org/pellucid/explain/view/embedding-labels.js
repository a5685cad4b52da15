const CHARACTER = 7.2;
/** Half the side of the square that a point keeps free. */
const POINT = 4;

/**
 * For each point the corner where its label covers nothing, the last points' first; a label that
 * finds none is `crowded`.
 */
export function labelPlaces(places, tokens, width) {
  const taken = [...places.values()].map(([x, y]) => [x - POINT, y - POINT, x + POINT, y + POINT]);
  const labels = new Map();
  for (const [i, [x, y]] of [...places].reverse()) {
    const length = CHARACTER * tokens[i].length;
    const box = ([dx, dy]) => [x + dx, y + dy - 10, x + dx + length, y + dy + 2];
    const corners = [[7, -5], [7, 13], [-7 - length, -5], [-7 - length, 13]];
    const free = corners.find((corner) => {
      const [left, top, right, bottom] = box(corner);
      return left >= 0 && right <= width
        && taken.every((other) => right < other[0] || other[2] < left || bottom < other[1] || other[3] < top);
    });
    const [dx, dy] = free ?? corners[0];
    labels.set(i, {x: dx < 0 ? -7 : dx, y: dy, anchor: dx < 0 ? 'end' : 'start', crowded: !free});
    if (free) taken.push(box(free));
  }
  return labels;
}
