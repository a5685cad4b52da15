package org.pellucid.models.bert;

/**
 * A code point of normalised text and the range of the original text that it came from.
 *
 * @param codePoint the code point after lower-casing and Unicode normalisation
 * @param start first UTF-16 index in the original text
 * @param end UTF-16 index after the last one
 */
record NormalizedCodePoint(int codePoint, int start, int end) {}
