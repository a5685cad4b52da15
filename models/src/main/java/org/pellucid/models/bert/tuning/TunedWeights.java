package org.pellucid.models.bert.tuning;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pellucid.models.bert.BertModel;
import org.pellucid.weights.WeightTensor;

/** A whole model that was tuned for question answering, as tensors of a weight file. */
public final class TunedWeights {
  private TunedWeights() {}

  /**
   * The embeddings, the encoder and the question-answering head under Hugging Face's names; other
   * heads are left out. The numbers are read when they are asked for, so the model must stay open.
   */
  public static List<WeightTensor> of(BertModel model) {
    var tensors = new ArrayList<WeightTensor>();
    TrainableParameters.of(TrainedPart.ALL, model, Optional.empty())
        .byName()
        .forEach((name, tensor) -> tensors.add(TensorWeights.of(name, tensor)));
    return List.copyOf(tensors);
  }
}
