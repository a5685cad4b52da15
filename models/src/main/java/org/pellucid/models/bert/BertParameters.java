package org.pellucid.models.bert;

import static org.pellucid.models.ModelFileException.check;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.nn.ParameterSource;

/**
 * BERT's parameters as tensors, under the names that Hugging Face gives them. A leading {@code
 * bert.} may be absent in the source; each parameter is loaded once, at its first use.
 */
final class BertParameters implements AutoCloseable {
  private static final String PREFIX = "bert.";

  private final ParameterSource source;
  private final ElementType type;
  private final Map<String, Tensor> loaded = new LinkedHashMap<>();

  BertParameters(ParameterSource source, ElementType type) {
    this.source = source;
    this.type = type;
  }

  boolean has(String name) {
    return nameInSource(name).isPresent();
  }

  private Optional<String> nameInSource(String name) {
    if (source.names().contains(name)) {
      return Optional.of(name);
    }
    var bare = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
    return source.names().contains(bare) ? Optional.of(bare) : Optional.empty();
  }

  /**
   * The parameter of that name.
   *
   * @throws ModelFileException if it is missing or has another shape
   */
  Tensor get(String name, long... shape) {
    var known = loaded.get(name);
    if (known != null) {
      return known;
    }
    var actual =
        nameInSource(name)
            .orElseThrow(
                () ->
                    new ModelFileException(
                        "%s lacks the parameter %s; is it a BERT model of this configuration?"
                            .formatted(source.origin(), name)));
    check(
        Arrays.equals(source.shape(actual), shape),
        "%s in %s has the shape %s where the configuration needs %s",
        actual,
        source.origin(),
        Arrays.toString(source.shape(actual)),
        Arrays.toString(shape));
    var tensor = Tensor.uninitialised(type, shape);
    tensor.set(source.floats(actual));
    loaded.put(name, tensor);
    return tensor;
  }

  /** The size of the first axis of a parameter that is there. */
  long rows(String name) {
    return source.shape(nameInSource(name).orElseThrow())[0];
  }

  /** The parameters loaded so far, by their Hugging Face names. */
  Map<String, Tensor> loaded() {
    return Collections.unmodifiableMap(loaded);
  }

  @Override
  public void close() {
    loaded.values().forEach(Tensor::close);
  }
}
