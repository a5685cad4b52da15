package org.pellucid.models.nn;

import static org.pellucid.engine.tensor.Shapes.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.nn.NetworkDescription.LayerDescription;

/** Reads network descriptions, as docs/networks.md lays them down. */
final class DescriptionReader {
  private static final long LARGEST_FILE = 4 << 20;
  private static final Set<String> FIELDS =
      Set.of(
          "inputChannels", "inputHeight", "inputWidth", "mean", "std", "preprocessing", "layers");
  private static final String NETWORK = "The description";

  private DescriptionReader() {}

  /**
   * Reads a file.
   *
   * @throws ModelFileException if it can't be read or describes no network
   */
  static NetworkDescription read(Path file) {
    try {
      check(
          Files.size(file) <= LARGEST_FILE,
          "It has %d bytes, more than any description",
          Files.size(file));
      return description(mapper().readTree(Files.readAllBytes(file)));
    } catch (JsonProcessingException e) {
      throw unusable(file, e.getOriginalMessage() + ".", e);
    } catch (IllegalArgumentException e) {
      throw unusable(file, e.getMessage(), e);
    } catch (IOException e) {
      throw new ModelFileException(
          "The network description %s can't be read; check the path.".formatted(file), e);
    }
  }

  private static JsonMapper mapper() {
    return JsonMapper.builder()
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .build();
  }

  private static ModelFileException unusable(Path file, String reason, Exception cause) {
    return new ModelFileException(
        "%s is not a network description: %s".formatted(file, reason), cause);
  }

  private static NetworkDescription description(JsonNode json) {
    check(json.isObject(), "It holds no JSON object");
    var fields = new DescriptionFields(NETWORK, json);
    json.fieldNames()
        .forEachRemaining(
            name ->
                check(
                    FIELDS.contains(name),
                    "It has the field %s where it may have %s",
                    name,
                    String.join(", ", FIELDS.stream().sorted().toList())));
    return new NetworkDescription(
        fields.integer(0, "inputChannels"),
        fields.integer(0, "inputHeight"),
        fields.integer(0, "inputWidth"),
        fields.numbers("mean"),
        fields.numbers("std"),
        layers(json.path("layers")));
  }

  private static List<LayerDescription> layers(JsonNode json) {
    check(json.isArray() || json.isMissingNode(), "Its layers are no list");
    var layers = new ArrayList<LayerDescription>();
    for (var node : json) {
      var before = layers.isEmpty() ? Wiring.IMAGE : layers.getLast().name();
      layers.add(layer(node, layers.size(), before));
    }
    return layers;
  }

  private static LayerDescription layer(JsonNode json, int number, String before) {
    check(json.isObject(), "The layer number %d is no JSON object", number);
    var name = json.path("name");
    check(
        name.isTextual() && !name.textValue().isBlank(),
        "The layer number %d, counted from 0, has no name",
        number);
    var fields = new DescriptionFields("The layer " + name.textValue(), json);
    var kind = KindReader.read(fields);
    var inputs = inputs(fields, kind, before);
    fields.checkAllKnown();
    return new LayerDescription(name.textValue(), kind, inputs);
  }

  /** No names where the layer takes the output of the one before it. */
  private static List<String> inputs(DescriptionFields fields, LayerKind kind, String before) {
    var inputs = new ArrayList<>(fields.texts("inputs"));
    fields.text("input").ifPresent(inputs::add);
    if (fields.has("add")) {
      check(
          kind instanceof LayerKind.Add && !fields.has("inputs"),
          "%s has the field add beside another kind or inputs; give the sum a layer of its own",
          fields.owner());
      if (inputs.isEmpty()) {
        inputs.add(before);
      }
      inputs.addAll(fields.texts("add"));
    }
    return inputs.equals(List.of(before)) && !kind.joins() ? List.of() : inputs;
  }
}
