/** What a BERT model computes for a text: attention, hidden states and predicted tokens. */
package org.pellucid.explain.attention;
