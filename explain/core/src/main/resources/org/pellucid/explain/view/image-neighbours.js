import {data} from './data.js';
import {make} from './dom.js';

const NOT_TYPING = 'input, select, textarea, button, [tabindex]';

/** The images of the run in order, from the list beside the report; none where there is no list. */
function order() {
  return new Promise((resolve) => {
    document.head.append(make('script', {
      src: new URL('images.js', new URL(data.report, location.href)).href,
      onload: () => resolve(globalThis.pellucidImages ?? []), onerror: () => resolve([]),
    }));
  });
}

/** Links to the report and to the images before and after this one, with the same settings. */
export function neighbours() {
  const place = make('nav', {class: 'back bar', 'aria-label': 'images of the run'}, make('a', {href: data.report}, '← All images'));
  order().then((images) => {
    const at = images.findIndex(({name}) => name === data.title);
    const link = (image, text, title) => make('a', {
      href: new URL(image.page, new URL(data.report, location.href)).href, title,
      onclick: (event) => { event.currentTarget.hash = location.hash; },
    }, text);
    const [before, after] = [images[at - 1], at < 0 ? undefined : images[at + 1]];
    const previous = before ? link(before, `‹ ${before.name}`, 'the image before (key p)') : '';
    const next = after ? link(after, `${after.name} ›`, 'the next image (key n)') : '';
    place.append(make('span', {class: 'neighbours'}, previous, at < 0 ? '' : make('span', {class: 'soft'}, `${at + 1} of ${images.length}`), next));
    document.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(NOT_TYPING)) return;
      const chosen = {p: previous, n: next}[event.key];
      if (chosen) chosen.click();
    });
  });
  return place;
}
