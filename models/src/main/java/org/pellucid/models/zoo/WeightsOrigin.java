package org.pellucid.models.zoo;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Which weights a result is from.
 *
 * @param model the name or folder that was asked for
 * @param base the model whose weights were read; the same as {@code model} unless that is a name
 *     for a base with an adapter
 * @param adapters what was merged into them, in this order
 */
public record WeightsOrigin(String model, String base, List<String> adapters) {
  /** Copies the list. */
  public WeightsOrigin {
    adapters = List.copyOf(adapters);
  }

  /** The adapter that was given beside the model; a name may stand for one of its own. */
  public Optional<Path> adapter() {
    var own = model.equals(BertModels.QUESTION_ANSWERING) ? 1 : 0;
    return adapters.stream().skip(own).findFirst().map(Path::of);
  }

  /** One line, such as "bert-base-cased with the adapter qa.safetensors". */
  public String title() {
    var merged = adapters.isEmpty() ? "" : " with the adapter " + String.join(" and ", adapters);
    return model.equals(base) ? model + merged : "%s (%s%s)".formatted(model, base, merged);
  }
}
