/**
 * Fine-tuning of a BERT for question answering: its head and low-rank adapters, the head alone, or
 * all weights.
 */
package org.pellucid.models.bert.tuning;
