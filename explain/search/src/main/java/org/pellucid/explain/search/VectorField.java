package org.pellucid.explain.search;

import org.pellucid.models.bert.BertModel;

/**
 * One kind of vector that an index keeps for each token.
 *
 * @param by what the vector is
 * @param layer from 0: of the hidden states, or of the encoder layers
 */
record VectorField(SearchBy by, int layer) {
  /** Its name in the index. */
  String name() {
    return by.text() + "." + layer;
  }

  /** The layer of the model whose output it is. */
  String tap() {
    return switch (by) {
      case EMBEDDING -> BertModel.hiddenStateLayer(layer);
      case CONTEXT -> BertModel.contextLayer(layer);
    };
  }
}
