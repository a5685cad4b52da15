package org.pellucid.weights.convert;

import java.util.Map;
import java.util.SequencedMap;
import org.pellucid.weights.TensorInfo;

/** The parameters that networks of one kind have, with sizes read off the weights. */
sealed interface ParameterLayout permits BertLayout, ConvolutionalLayout {

  /** Whether these tensors are the parameters of such a network. */
  boolean recognises(Map<String, TensorInfo> tensors);

  /** The parameters that must be there, with their shapes. */
  SequencedMap<String, long[]> expected(Map<String, TensorInfo> tensors);

  /** Whether a tensor may be there besides the expected ones. */
  boolean isOptional(String name);
}
