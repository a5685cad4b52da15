package org.pellucid.weights.files;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.SiblingFile;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * The index of a model that is split over several files, as Hugging Face writes it: a JSON object
 * whose {@code weight_map} tells in which file beside the index each tensor lies.
 */
final class ShardIndex {
  private final MappedFile source;
  private final Path file;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Map<String, String> metadata = new LinkedHashMap<>();

  /** The file that holds a tensor, and where the index says so. */
  private record Entry(String shard, FileLocation location) {}

  private ShardIndex(MappedFile source) {
    this.source = source;
    this.file = source.file();
  }

  /** Whether the content begins like a JSON object. */
  static boolean recognises(MemorySegment content) {
    return content.byteSize() > 1 && content.get(ValueLayout.JAVA_BYTE, 0) == '{';
  }

  /**
   * Reads an index.
   *
   * @throws WeightsException if it is not one
   */
  static ShardIndex parse(MappedFile source) {
    var file = source.file();
    var content = source.content();
    if (content.byteSize() > source.limits().headerBytes()) {
      throw new WeightsException(Cause.LIMIT, file, "the index is larger than the limit");
    }
    var index = new ShardIndex(source);
    var factory =
        JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .build();
    try (var parser = factory.createParser(content.toArray(ValueLayout.JAVA_BYTE))) {
      index.readAll(parser);
    } catch (JsonProcessingException e) {
      throw new WeightsException(
          Cause.INVALID_HEADER,
          e,
          location(file, e.getLocation()),
          "the index is not valid JSON (%s)",
          e.getOriginalMessage().lines().findFirst().orElse(""));
    } catch (IOException e) {
      throw new UncheckedIOException("Bytes in memory can always be read.", e);
    }
    return index;
  }

  private void readAll(JsonParser parser) throws IOException {
    parser.nextToken();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      var name = parser.currentName();
      var isObject = parser.nextToken() == JsonToken.START_OBJECT;
      if (name.equals("weight_map") && isObject) {
        readTexts(
            parser, (tensor, shard, location) -> entries.put(tensor, new Entry(shard, location)));
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
          "this JSON file has no weight_map, so it is not an index of weights; name a weight file");
    }
  }

  /** Takes a text, what the index says of it, and where. */
  private interface Texts {
    void add(String key, String text, FileLocation location);
  }

  private void readTexts(JsonParser parser, Texts texts) throws IOException {
    for (var count = 0; parser.nextToken() == JsonToken.FIELD_NAME; count++) {
      var key = parser.currentName();
      var location = location(file, parser.currentTokenLocation()).of(key);
      if (count >= source.limits().tensors()) {
        throw new WeightsException(
            Cause.LIMIT,
            location,
            "the index has more entries than the limit of %d",
            source.limits().tensors());
      }
      if (!parser.nextToken().isScalarValue()) {
        throw new WeightsException(
            Cause.INVALID_HEADER,
            location,
            "the index says of %s something other than a string",
            key);
      }
      texts.add(key, parser.getText(), location);
    }
  }

  private static FileLocation location(Path file, JsonLocation location) {
    var known = location != null && location.getByteOffset() >= 0;
    return known ? FileLocation.in(file).at(location.getByteOffset()) : FileLocation.in(file);
  }

  /**
   * Opens all files that the index names.
   *
   * @throws WeightsException if it names files elsewhere, or a file lacks a tensor
   */
  Checkpoint open(ShardIndexFormat format) {
    var opened = new LinkedHashMap<String, Checkpoint>();
    for (var entry : entries.values()) {
      if (!opened.containsKey(entry.shard())) {
        opened.put(entry.shard(), open(entry, format));
      }
    }
    var tensors = tensors(opened);
    var shards = opened.sequencedValues();
    var whole =
        new Checkpoint(source, "sharded-" + shards.getFirst().format(), tensors)
            .withMetadata(metadata);
    return shards.stream().allMatch(Checkpoint::hasChecksums)
        ? whole.withChecksums(() -> shards.forEach(Checkpoint::verifyChecksums))
        : whole;
  }

  /** A file that holds tensors itself: indices that name each other would never end. */
  private Checkpoint open(Entry entry, ShardIndexFormat format) {
    var real = SiblingFile.of(file, entry.location(), entry.shard());
    var shard =
        new MappedFile(
            file.resolveSibling(entry.shard()),
            MappedFile.map(real, source.arena()),
            source.arena(),
            source.options());
    if (format.recognises(shard)) {
      throw new WeightsException(
          Cause.INVALID_HEADER,
          entry.location(),
          "the index names the index %s; it is refused",
          entry.shard());
    }
    return format.files().apply(shard);
  }

  private SequencedMap<String, WeightTensor> tensors(Map<String, Checkpoint> opened) {
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
          entries.get(missing.getFirst()).location(),
          "the files lack %d tensors that the index names: %s; download them again",
          missing.size(),
          missing.stream()
              .map(name -> name + " in " + entries.get(name).shard())
              .collect(Collectors.joining(", ")));
    }
    return tensors;
  }
}
