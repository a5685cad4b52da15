package org.pellucid.explain.text;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import org.pellucid.models.zoo.WeightsOrigin;
import org.pellucid.weights.AtomicFile;

/** Writes a result's numbers and names as JSON beside its arrays. */
final class JsonResult {
  private JsonResult() {}

  /**
   * Writes a record or map with a field {@code weights} of which weights it is from, if that is
   * known.
   *
   * @throws UncheckedIOException if it can't be written
   */
  static void write(Path file, Object content, Optional<WeightsOrigin> weights) {
    var mapper = new JsonMapper();
    ObjectNode node = mapper.valueToTree(content);
    weights.ifPresent(origin -> node.set("weights", mapper.valueToTree(origin)));
    try {
      AtomicFile.write(
          file,
          temporary ->
              mapper.writerWithDefaultPrettyPrinter().writeValue(temporary.toFile(), node));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The file %s can't be written; choose another place.".formatted(file), e);
    }
  }
}
