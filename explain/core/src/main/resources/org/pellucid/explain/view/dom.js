const SVG = new Set(['svg', 'g', 'path', 'rect', 'text', 'circle', 'line']);

/** Makes an element: attributes, `on…` handlers, then children (text or elements). */
export function make(tag, attributes = {}, ...children) {
  const element = SVG.has(tag)
    ? document.createElementNS('http://www.w3.org/2000/svg', tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.flat());
  return element;
}

/** The whole numbers from 0 up to, but without, a count. */
export const range = (count) => [...Array(count).keys()];
