package org.pellucid.models.bert;

/**
 * A normalised code point and the piece of the original text it came from.
 *
 * @param codePoint the code point after lower-casing and Unicode normalisation
 * @param start first UTF-16 index in the original text
 * @param end UTF-16 index after the last one
 */
record NormalizedCodePoint(int codePoint, int start, int end) {}
