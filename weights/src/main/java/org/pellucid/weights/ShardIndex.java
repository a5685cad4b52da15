package org.pellucid.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.weights.WeightsException.Cause;

/**
 * The index of a model that is split over several files, as Hugging Face writes it: a JSON object
 * whose {@code weight_map} tells in which file beside the index each tensor lies.
 */
final class ShardIndex {
  private final Path file;
  private final Limits limits;
  private final Map<String, String> shards = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  private ShardIndex(Path file, Limits limits) {
    this.file = file;
    this.limits = limits;
  }

  /** Whether the content begins like a JSON object. */
  static boolean recognises(MemorySegment content) {
    return content.byteSize() > 1 && content.get(ValueLayout.JAVA_BYTE, 0) == '{';
  }

  /**
   * Opens all files that an index names.
   *
   * @throws WeightsException if it is no index, names files elsewhere, or a file lacks a tensor
   */
  static Checkpoint read(Path file, MemorySegment content, Arena arena, Limits limits) {
    if (content.byteSize() > limits.headerBytes()) {
      throw new WeightsException(Cause.LIMIT, file, "the index is larger than is read");
    }
    var index = new ShardIndex(file, limits);
    var factory =
        JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    try (var parser = factory.createParser(content.toArray(ValueLayout.JAVA_BYTE))) {
      index.parse(parser);
    } catch (IOException e) {
      throw new WeightsException(
          Cause.INVALID_HEADER,
          e,
          file,
          "the index is no valid JSON (%s)",
          e.getMessage() == null ? "" : e.getMessage().lines().findFirst().orElse(""));
    }
    return index.open(arena);
  }

  private void parse(JsonParser parser) throws IOException {
    parser.nextToken();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      var name = parser.currentName();
      var isObject = parser.nextToken() == JsonToken.START_OBJECT;
      if (name.equals("weight_map") && isObject) {
        readTexts(parser, shards);
      } else if (name.equals("metadata") && isObject) {
        readTexts(parser, metadata);
      } else {
        parser.skipChildren();
      }
    }
    if (shards.isEmpty()) {
      throw new WeightsException(
          Cause.UNKNOWN_FORMAT,
          file,
          "this JSON file has no weight_map, so it is no index of weights; name a weight file");
    }
  }

  private void readTexts(JsonParser parser, Map<String, String> texts) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      var key = parser.currentName();
      if (!parser.nextToken().isScalarValue() || texts.size() >= limits.tensors()) {
        throw new WeightsException(
            Cause.INVALID_HEADER,
            file,
            "the index says of %s something other than a text, or of too many tensors",
            key);
      }
      texts.put(key, parser.getText());
    }
  }

  /** A file that holds tensors itself: one index that named another could go round in a circle. */
  private Checkpoint open(String shard, Arena arena) {
    var content = Checkpoint.map(NeighbouringFile.of(file, Place.in(file), shard), arena);
    if (WeightFormats.isIndex(content)) {
      throw new WeightsException(
          Cause.INVALID_HEADER, file, "the index names the index %s; it is refused", shard);
    }
    return Checkpoint.openFile(file.resolveSibling(shard), content, arena, limits);
  }

  private Checkpoint open(Arena arena) {
    var opened = new LinkedHashMap<String, Checkpoint>();
    for (var shard : new LinkedHashSet<>(shards.values())) {
      opened.put(shard, open(shard, arena));
    }
    var tensors = new LinkedHashMap<String, WeightTensor>();
    var missing = new ArrayList<String>();
    shards.forEach(
        (name, shard) -> {
          var tensor = Optional.ofNullable(opened.get(shard).tensors().get(name));
          tensor.ifPresentOrElse(
              found -> tensors.put(name, found), () -> missing.add(name + " in " + shard));
        });
    if (!missing.isEmpty()) {
      throw new WeightsException(
          Cause.MISSING_TENSOR,
          file,
          "the files lack %d tensors that the index names: %s; fetch them again",
          missing.size(),
          String.join(", ", missing));
    }
    var format = "sharded-" + opened.values().iterator().next().format();
    List<Runnable> sums =
        opened.values().stream().flatMap(shard -> shard.checksums().stream()).toList();
    Optional<Runnable> checksums =
        sums.size() == opened.size()
            ? Optional.of(() -> sums.forEach(Runnable::run))
            : Optional.empty();
    return new Checkpoint(file, format, tensors, new LinkedHashMap<>(), metadata, checksums, arena);
  }
}
