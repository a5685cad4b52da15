package org.pellucid.weights.safetensors;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pellucid.weights.AtomicFile;
import org.pellucid.weights.FileOutput;
import org.pellucid.weights.WeightTensor;

/**
 * Writes safetensors files: tensors sorted by falling width of their type, then by name, so that
 * equal content gives equal bytes; the header padded to eight bytes. The file appears under its
 * name only when it is whole.
 */
public final class SafetensorsWriter {
  private static final int ALIGNMENT = 8;

  private SafetensorsWriter() {}

  /**
   * Writes tensors to a file, one after the other.
   *
   * @throws IllegalArgumentException if two tensors have the same name
   * @throws org.pellucid.weights.WeightsException if the file can't be written
   */
  public static void write(
      Path file, Collection<WeightTensor> tensors, Map<String, String> metadata) {
    AtomicFile.writeWeights(file, content(tensors, metadata));
  }

  /**
   * What {@link #write} writes.
   *
   * @throws IllegalArgumentException if two tensors have the same name
   */
  public static AtomicFile.Content content(
      Collection<WeightTensor> tensors, Map<String, String> metadata) {
    var names = new HashSet<String>();
    for (var tensor : tensors) {
      if (!names.add(tensor.info().name())) {
        throw new IllegalArgumentException(
            "Two tensors are named %s; rename one.".formatted(tensor.info().name()));
      }
    }
    return file -> writeAll(file, tensors, metadata);
  }

  private static void writeAll(
      Path file, Collection<WeightTensor> tensors, Map<String, String> metadata)
      throws IOException {
    var sorted = new ArrayList<>(tensors);
    sorted.sort(
        Comparator.comparingInt((WeightTensor t) -> -t.info().dtype().bytes())
            .thenComparing(t -> t.info().name()));
    try (var out = new FileOutput(file)) {
      out.write(header(sorted, metadata));
      for (var tensor : sorted) {
        var begin = out.position();
        out.writeAll(tensor::forEachChunk);
        var written = out.position() - begin;
        if (written != tensor.info().bytes()) {
          throw new IllegalStateException("%s has %d bytes.".formatted(tensor.info(), written));
        }
      }
    }
  }

  private static ByteBuffer header(List<WeightTensor> tensors, Map<String, String> metadata)
      throws IOException {
    var header = new LinkedHashMap<String, Object>();
    if (!metadata.isEmpty()) {
      header.put("__metadata__", new TreeMap<>(metadata));
    }
    var begin = 0L;
    for (var tensor : tensors) {
      var entry = new LinkedHashMap<String, Object>();
      entry.put("dtype", tensor.info().dtype().name());
      entry.put("shape", tensor.info().shape());
      entry.put("data_offsets", new long[] {begin, begin + tensor.info().bytes()});
      header.put(tensor.info().name(), entry);
      begin += tensor.info().bytes();
    }
    var json = new JsonMapper().writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
    var padded = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    var buffer = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(padded).put(json);
    while (buffer.hasRemaining()) {
      buffer.put((byte) ' ');
    }
    return buffer.flip();
  }
}
