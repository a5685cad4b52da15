/**
 * BERT (Devlin et al., 2019): its configuration, vocabulary and tokenizer, the encoder with its
 * heads, and the heads as {@linkplain org.pellucid.models.Model models} that explanation methods
 * take. The rules of {@link org.pellucid.models} hold.
 */
package org.pellucid.models.bert;
