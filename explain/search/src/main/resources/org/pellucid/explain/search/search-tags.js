/** Universal Dependencies' parts of speech in groups that share a colour. */
const GROUPS = [
  ['NOUN'], ['PROPN'], ['VERB', 'AUX'], ['ADJ', 'ADV'], ['PRON', 'DET'],
  ['ADP', 'PART', 'CCONJ', 'SCONJ'], ['PUNCT', 'NUM', 'INTJ', 'SYM', 'X'],
];
const NAMES = {
  NOUN: 'noun', PROPN: 'name', VERB: 'verb', AUX: 'auxiliary', ADJ: 'adjective', ADV: 'adverb', PRON: 'pronoun',
  DET: 'determiner', ADP: 'preposition', PART: 'particle', CCONJ: 'conjunction', SCONJ: 'subordinating conjunction',
  PUNCT: 'punctuation', NUM: 'number', INTJ: 'interjection', SYM: 'symbol', X: 'other',
};

const group = (tag) => {
  const found = GROUPS.findIndex((tags) => tags.includes(tag));
  return found < 0 ? GROUPS.length : found;
};

/** The tag, or what stands for one that isn't known. */
export const tagName = (tag) => tag || 'unknown';

/** What a tag means, in words. */
export const meaning = (tag) => NAMES[tag] ?? 'part of speech not known';

/** The colour of a tag, as a style sheet's value. */
export const tagColour = (tag) => `var(--tag-${group(tag)})`;

/** Tags in the order of their groups, so that a colour stands in one piece. */
export const inOrder = (tags) => [...tags].sort((a, b) => group(a) - group(b) || a.localeCompare(b));

/** How often each value stands in a list, as pairs. */
export function counted(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts];
}
