package org.pellucid.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.pellucid.weights.WeightsException.Cause;

/**
 * The index of a model that is split over several files, as Hugging Face writes it: a JSON object
 * whose {@code weight_map} tells in which file beside the index each tensor lies.
 */
final class ShardIndex {
  private final Path file;
  private final Limits limits;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  /** The file that holds a tensor, and where the index says so. */
  private record Entry(String shard, FileLocation place) {}

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
        JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .build();
    try (var parser = factory.createParser(content.toArray(ValueLayout.JAVA_BYTE))) {
      index.parse(parser);
    } catch (JsonProcessingException e) {
      throw new WeightsException(
          Cause.INVALID_HEADER,
          e,
          place(file, e.getLocation()),
          "the index is no valid JSON (%s)",
          e.getOriginalMessage().lines().findFirst().orElse(""));
    } catch (IOException e) {
      throw new UncheckedIOException("Bytes in memory can always be read.", e);
    }
    return index.open(arena);
  }

  private void parse(JsonParser parser) throws IOException {
    parser.nextToken();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      var name = parser.currentName();
      var isObject = parser.nextToken() == JsonToken.START_OBJECT;
      if (name.equals("weight_map") && isObject) {
        readTexts(parser, (tensor, shard, place) -> entries.put(tensor, new Entry(shard, place)));
      } else if (name.equals("metadata") && isObject) {
        readTexts(parser, (key, text, _) -> metadata.put(key, text));
      } else {
        parser.skipChildren();
      }
    }
    if (entries.isEmpty()) {
      throw new WeightsException(
          Cause.UNKNOWN_FORMAT,
          file,
          "this JSON file has no weight_map, so it is no index of weights; name a weight file");
    }
  }

  /** Takes a text, what the index says of it, and where. */
  private interface Texts {
    void add(String key, String text, FileLocation place);
  }

  private void readTexts(JsonParser parser, Texts texts) throws IOException {
    for (var count = 0; parser.nextToken() == JsonToken.FIELD_NAME; count++) {
      var key = parser.currentName();
      var place = place(file, parser.currentTokenLocation()).of(key);
      if (count >= limits.tensors()) {
        throw new WeightsException(
            Cause.LIMIT, place, "the index has more than the %d entries read", limits.tensors());
      }
      if (!parser.nextToken().isScalarValue()) {
        throw new WeightsException(
            Cause.INVALID_HEADER, place, "the index says of %s something other than a text", key);
      }
      texts.add(key, parser.getText(), place);
    }
  }

  private static FileLocation place(Path file, JsonLocation location) {
    var known = location != null && location.getByteOffset() >= 0;
    return known ? FileLocation.in(file).at(location.getByteOffset()) : FileLocation.in(file);
  }

  /** A file that holds tensors itself: one index that named another could go round in a circle. */
  private Checkpoint open(Entry entry, Arena arena) {
    var content = Checkpoint.map(SiblingFile.of(file, entry.place(), entry.shard()), arena);
    if (WeightFormats.isIndex(content)) {
      throw new WeightsException(
          Cause.INVALID_HEADER,
          entry.place(),
          "the index names the index %s; it is refused",
          entry.shard());
    }
    return Checkpoint.openFile(file.resolveSibling(entry.shard()), content, arena, limits);
  }

  private Checkpoint open(Arena arena) {
    var opened = new LinkedHashMap<String, Checkpoint>();
    for (var entry : entries.values()) {
      if (!opened.containsKey(entry.shard())) {
        opened.put(entry.shard(), open(entry, arena));
      }
    }
    var tensors = new LinkedHashMap<String, WeightTensor>();
    var missing = new ArrayList<String>();
    entries.forEach(
        (name, entry) -> {
          var tensor = Optional.ofNullable(opened.get(entry.shard()).tensors().get(name));
          tensor.ifPresentOrElse(found -> tensors.put(name, found), () -> missing.add(name));
        });
    if (!missing.isEmpty()) {
      throw new WeightsException(
          Cause.MISSING_TENSOR,
          entries.get(missing.getFirst()).place(),
          "the files lack %d tensors that the index names: %s; fetch them again",
          missing.size(),
          missing.stream()
              .map(name -> name + " in " + entries.get(name).shard())
              .collect(Collectors.joining(", ")));
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
