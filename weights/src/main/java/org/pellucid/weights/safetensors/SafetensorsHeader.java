package org.pellucid.weights.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.Limits;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * The JSON header of a safetensors file, read token by token, so that a header of millions of
 * entries is refused before it fills the memory.
 */
final class SafetensorsHeader {
  private static final String METADATA = "__metadata__";
  private static final int MAXIMAL_AXES = 64;

  private final FileLocation begin;
  private final String text;
  private final Limits limits;
  private final SequencedMap<String, Entry> entries = new LinkedHashMap<>();
  private final SequencedMap<String, String> metadata = new LinkedHashMap<>();
  private boolean hasMetadata;

  /**
   * What the header says of one tensor.
   *
   * @param offsets {@code [begin, end)} in bytes of the data
   * @param character the header's character at which its name begins
   */
  record Entry(String dtype, long[] shape, long[] offsets, long character) {}

  private SafetensorsHeader(FileLocation begin, String text, Limits limits) {
    this.begin = begin;
    this.text = text;
    this.limits = limits;
  }

  /**
   * Reads a header.
   *
   * @param begin where {@code text} begins in the file
   * @throws WeightsException if it is not a JSON object of the form that the format demands, says
   *     something twice or exceeds a limit
   */
  static SafetensorsHeader parse(FileLocation begin, String text, Limits limits) {
    var header = new SafetensorsHeader(begin, text, limits);
    try (var parser = new JsonFactory().createParser(text)) {
      header.read(parser);
      return header;
    } catch (JsonProcessingException e) {
      throw invalid(
          e.getLocation() == null ? begin : header.locationOf(e.getLocation().getCharOffset()),
          "the header is not valid JSON (%s)",
          e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("Text in memory can always be read.", e);
    }
  }

  SequencedMap<String, Entry> entries() {
    return entries;
  }

  SequencedMap<String, String> metadata() {
    return metadata;
  }

  /** The location of an entry in the file. */
  FileLocation locationOf(String name, Entry entry) {
    return locationOf(entry.character()).of(name);
  }

  private FileLocation locationOf(JsonParser parser) {
    return locationOf(parser.currentTokenLocation().getCharOffset());
  }

  /** Counted only when something is wrong, since characters take one to four bytes. */
  private FileLocation locationOf(long character) {
    var before = text.substring(0, Math.clamp(character, 0, text.length()));
    return begin.plus(before.getBytes(StandardCharsets.UTF_8).length);
  }

  private void read(JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw invalid(locationOf(parser), "the header is not a JSON object");
    }
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var name = parser.currentName();
      var character = parser.currentTokenLocation().getCharOffset();
      checkCount(parser);
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw invalid(locationOf(character).of(name), "the entry %s is not a JSON object", name);
      }
      if (name.equals(METADATA)) {
        readMetadata(parser);
      } else if (entries.put(name, readEntry(name, character, parser)) != null) {
        throw invalid(
            locationOf(character).of(name), "the tensor %s appears twice in the header", name);
      }
    }
    if (parser.nextToken() != null) {
      throw invalid(locationOf(parser), "there is data after the header's JSON object");
    }
  }

  private void readMetadata(JsonParser parser) throws IOException {
    if (hasMetadata) {
      throw invalid(locationOf(parser), "the metadata appears twice in the header");
    }
    hasMetadata = true;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var key = parser.currentName();
      checkCount(parser);
      if (parser.nextToken() != JsonToken.VALUE_STRING) {
        throw invalid(locationOf(parser), "the metadata %s is not text", key);
      }
      if (metadata.put(key, parser.getText()) != null) {
        throw invalid(locationOf(parser), "the metadata %s appears twice in the header", key);
      }
    }
  }

  private Entry readEntry(String name, long character, JsonParser parser) throws IOException {
    String dtype = null;
    long[] shape = null;
    long[] offsets = null;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      var key = parser.currentName();
      var token = parser.nextToken();
      if (key.equals("dtype") && dtype == null && token == JsonToken.VALUE_STRING) {
        dtype = parser.getText();
      } else if (key.equals("shape") && shape == null && token == JsonToken.START_ARRAY) {
        shape = readSizes(name, parser);
      } else if (key.equals("data_offsets") && offsets == null && token == JsonToken.START_ARRAY) {
        offsets = readSizes(name, parser);
      } else {
        throw invalid(
            locationOf(parser).of(name),
            "the tensor %s gives %s twice or in an invalid form",
            name,
            key);
      }
    }
    if (dtype == null || shape == null || offsets == null) {
      throw invalid(
          locationOf(character).of(name), "the tensor %s lacks its type, shape or offsets", name);
    }
    return new Entry(dtype, shape, offsets, character);
  }

  private long[] readSizes(String name, JsonParser parser) throws IOException {
    var sizes = new long[MAXIMAL_AXES];
    var count = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      var isLong =
          parser.currentToken() == JsonToken.VALUE_NUMBER_INT
              && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
      if (!isLong || parser.getLongValue() < 0 || count == MAXIMAL_AXES) {
        throw new WeightsException(
            Cause.INVALID_TENSOR,
            locationOf(parser).of(name),
            "the tensor %s gives %s as size %d, where at most %d whole numbers are allowed; the "
                + "file is damaged",
            name,
            parser.getText(),
            count,
            MAXIMAL_AXES);
      }
      sizes[count++] = parser.getLongValue();
    }
    return Arrays.copyOf(sizes, count);
  }

  private void checkCount(JsonParser parser) {
    if (entries.size() + metadata.size() >= limits.tensors()) {
      throw new WeightsException(
          Cause.LIMIT,
          locationOf(parser),
          "the header has more entries than the limit of %d",
          limits.tensors());
    }
  }

  private static WeightsException invalid(
      FileLocation location, String message, Object... arguments) {
    return new WeightsException(
        Cause.INVALID_HEADER,
        location,
        message + "; the file is damaged or not a safetensors file",
        arguments);
  }
}
