/**
 * Searches texts for words that BERT represents alike: a corpus is indexed once, by the hidden
 * states of its tokens and by what attention heads read for them, and asked for the tokens nearest
 * to one of another text, as exBERT does (Hoover, Strobelt and Gehrmann, 2020).
 *
 * <p>A {@link org.pellucid.explain.search.CorpusIndex} and a {@link
 * org.pellucid.explain.search.CorpusSearch} may be used from several threads; who opens an index
 * closes it. Null is never an argument or a result.
 */
package org.pellucid.explain.search;
