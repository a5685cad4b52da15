/**
 * Extractive question answering with BERT: data files of questions, long contexts in overlapping
 * windows, the search for the likeliest spans, and the exact match and F1 of answers. The rules of
 * {@link org.pellucid.models} hold.
 */
package org.pellucid.models.bert.answer;
