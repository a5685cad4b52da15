/** What a BERT model computes for texts: attention, embeddings and predicted tokens. */
package org.pellucid.explain.text;
