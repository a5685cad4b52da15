package org.pellucid.models.nn;

import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.regex.Pattern;
import org.pellucid.models.ModelFileException;

/** Says what a network looks like whose architecture its parameters' names don't tell. */
final class UnknownArchitecture {
  /** What ends a message that only a description helps. */
  static final String REMEDY =
      "describe its layers in a file and give that as --network (see docs/networks.md)";

  /** A family of networks, and a name that one of its parameters has. */
  private record Family(String name, boolean describable, Pattern parameter) {
    Family(String name, boolean describable, String parameter) {
      this(name, describable, Pattern.compile(parameter));
    }
  }

  private static final List<Family> FAMILIES =
      List.of(
          new Family(
              "a vision transformer",
              false,
              "(^|.*\\.)(cls_token|class_token|pos_embed|pos_embedding|patch_embed\\..*)"),
          new Family("a DenseNet", true, "(^|.*\\.)denseblock\\d+\\..*"),
          new Family("an EfficientNet", false, "(^|.*\\.)(_conv_stem|_se_reduce|conv_stem)\\..*"),
          new Family(
              "a residual network",
              true,
              "(^|.*\\.)(layer\\d+\\.\\d+\\.(conv|bn)\\d+|downsample\\.\\d+|shortcut\\.\\d+|residual\\w*)\\..*"),
          new Family("a MobileNet", true, "(^|.*\\.)features\\.\\d+\\.(conv|block)\\.\\d+\\..*"),
          new Family(
              "a network of named layers", true, "(^|.*\\.)(conv|fc|linear|dense)\\w*\\.weight"));

  private UnknownArchitecture() {}

  /**
   * The exception to throw.
   *
   * @param reason why the architecture wasn't found, where the names are of no known family
   */
  static ModelFileException of(ParameterSource parameters, ModelFileException reason) {
    for (var family : FAMILIES) {
      var example = example(parameters.names(), family);
      if (example.isPresent()) {
        return new ModelFileException(
            "%s looks like %s (it has %s), %s."
                .formatted(
                    parameters.origin(),
                    family.name(),
                    example.get(),
                    family.describable()
                        ? "whose order of layers names don't tell; " + REMEDY
                        : "which has layers that Pellucid doesn't know; give another network"),
            reason);
      }
    }
    return reason;
  }

  private static Optional<String> example(SequencedSet<String> names, Family family) {
    return names.stream().filter(name -> family.parameter().matcher(name).matches()).findFirst();
  }
}
