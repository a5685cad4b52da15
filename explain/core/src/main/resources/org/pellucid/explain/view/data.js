/** The JSON in an element of the page, as the Java side wrote it. */
export const parsed = (element) => JSON.parse(element.textContent);

/** The page's data. */
export const data = parsed(document.getElementById('data'));
