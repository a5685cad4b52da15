/** Explains texts by what BERT computes: attention, embeddings and predicted tokens. */
package org.pellucid.explain.text;
