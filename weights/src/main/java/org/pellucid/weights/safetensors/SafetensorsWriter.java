package org.pellucid.weights.safetensors;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
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
import org.pellucid.weights.DType;
import org.pellucid.weights.FileOutput;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightWriter;

/**
 * Writes safetensors files: tensors sorted by falling width of their type, then by name, so that
 * equal content gives equal bytes; the header padded to eight bytes. The file appears under its
 * name only when it is whole.
 */
public final class SafetensorsWriter implements WeightWriter {
  private static final int ALIGNMENT = 8;

  /** What the header says of a tensor. */
  @JsonPropertyOrder({"dtype", "shape", "data_offsets"})
  private record Entry(DType dtype, long[] shape, @JsonProperty("data_offsets") long[] offsets) {}

  @Override
  public List<String> endings() {
    return List.of(".safetensors");
  }

  /**
   * Writes tensors to a file, one after the other.
   *
   * @throws IllegalArgumentException if two tensors have the same name
   * @throws org.pellucid.weights.WeightsException if the file can't be written
   */
  public static void write(
      Path file, Collection<WeightTensor> tensors, Map<String, String> metadata) {
    AtomicFile.writeWeights(file, new SafetensorsWriter().content(file, tensors, metadata));
  }

  @Override
  public AtomicFile.Content content(
      Path file, Collection<WeightTensor> tensors, Map<String, String> metadata) {
    var names = new HashSet<String>();
    for (var tensor : tensors) {
      if (!names.add(tensor.info().name())) {
        throw new IllegalArgumentException(
            "Two tensors are named %s; rename one.".formatted(tensor.info().name()));
      }
    }
    return temporary -> writeAll(temporary, tensors, metadata);
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
      var info = tensor.info();
      var end = begin + info.bytes();
      header.put(info.name(), new Entry(info.dtype(), info.shape(), new long[] {begin, end}));
      begin = end;
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
