/** Twelve colours that differ in lightness too, for colour-blind readers and both grounds. */
const HEADS = ['#4477aa', '#ee8866', '#228833', '#cc6677', '#44aadd', '#b8860b', '#aa4499', '#55b79a', '#8c6bb1', '#996633', '#d9a520', '#6a8f2f'];

export const headColour = (head) => HEADS[head % HEADS.length];

/** The page's own colours as a canvas takes them. */
export function themeColours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(name).trim();
  return {more: of('--accent'), less: of('--first'), ink: of('--ink'), soft: of('--soft'), line: of('--line')};
}

/** The colour of a number by its sign. */
export const signColour = (value, colours) => (value < 0 ? colours.less : colours.more);
