/**
 * Language models of any family with their tokenizers: BERT, and ONNX graphs whose inputs, word
 * embeddings and outputs are found by their structure. The rules of {@link org.pellucid.models}
 * hold.
 */
package org.pellucid.models.text;
