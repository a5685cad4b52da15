package org.pellucid.explain.search;

/**
 * A word of a sentence, as BERT's tokenizer cuts words: punctuation marks and Chinese characters
 * are words of their own.
 *
 * @param text as it stands in the sentence; {@code [MASK]} where that replaces it
 * @param before what stands between the word before and this one, such as a space
 * @param tag part of speech by Universal Dependencies' names; empty if it isn't known
 * @param attention that the query's or the matched token pays to the word, mean of the heads, 0..1
 */
public record Word(String text, String before, String tag, double attention) {}
