package org.pellucid.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.pytorch.PyTorchFormat;

/**
 * What is in a weight file.
 *
 * @param parameters the number of numbers in all weights
 * @param tensors a line for each weight
 * @param others the names of tensors beside the weights, such as an optimiser's
 */
public record Inspection(
    String file,
    String format,
    long parameters,
    List<Line> tensors,
    List<String> others,
    Map<String, String> metadata) {
  private static final Set<String> CHECKSUMMED = Set.of("pytorch-zip", "tensorflow-bundle");

  /**
   * One tensor with its range; not-a-numbers are counted and left out of it. Where no number is
   * left, the range and the mean are not-a-number.
   *
   * @param sha256 of the dense little-endian bytes
   */
  public record Line(
      String name,
      String dtype,
      long[] shape,
      double min,
      double max,
      double mean,
      long notNumbers,
      String sha256) {}

  /** Looks at every number of a checkpoint. */
  public static Inspection of(Checkpoint checkpoint) {
    var lines = new ArrayList<Line>();
    var total = 0L;
    for (var tensor : checkpoint.tensors().values()) {
      total += tensor.info().elements();
      lines.add(line(tensor));
    }
    return new Inspection(
        checkpoint.file().toString(),
        checkpoint.format(),
        total,
        List.copyOf(lines),
        List.copyOf(checkpoint.others().keySet()),
        checkpoint.metadata());
  }

  private static Line line(WeightTensor tensor) {
    var min = Double.POSITIVE_INFINITY;
    var max = Double.NEGATIVE_INFINITY;
    var sum = 0.0;
    var bad = 0L;
    var values = tensor.toDoubles();
    for (var value : values) {
      if (Double.isNaN(value)) {
        bad++;
      } else {
        min = Math.min(min, value);
        max = Math.max(max, value);
        sum += value;
      }
    }
    var info = tensor.info();
    var counted = values.length - bad;
    return new Line(
        info.name(),
        info.dtype().name(),
        info.shape(),
        counted == 0 ? Double.NaN : min,
        counted == 0 ? Double.NaN : max,
        sum / counted,
        bad,
        tensor.sha256());
  }

  /**
   * Checks a file as far as its format allows: structure, checksums, and that all weights are
   * finite.
   *
   * @return one sentence on what was checked
   * @throws WeightsException naming the first thing that is wrong
   */
  public static String verify(Path file) {
    try (var checkpoint = Checkpoint.open(file);
        var arena = Arena.ofConfined()) {
      if (checkpoint.format().equals("pytorch-zip")) {
        var content = Checkpoint.map(checkpoint.file(), arena);
        PyTorchFormat.checkSums(checkpoint.file(), content, Limits.standard());
      }
      for (var tensor : checkpoint.tensors().values()) {
        if (!Arrays.stream(tensor.toDoubles()).allMatch(Double::isFinite)) {
          throw new WeightsException(
              Cause.INVALID_TENSOR,
              file,
              "the tensor %s holds numbers that are not finite; train or convert it again",
              tensor.info().name());
        }
      }
      var checked =
          CHECKSUMMED.contains(checkpoint.format()) ? "structure and checksums" : "structure";
      return "%s: %s, %d tensors, %s right, all numbers finite"
          .formatted(file, checkpoint.format(), checkpoint.names().size(), checked);
    }
  }

  /** A table for people. */
  public String toTable() {
    var width = tensors.stream().mapToInt(line -> line.name().length()).max().orElse(4);
    var text = new StringBuilder();
    text.append(
        "%s: %s, %d tensors, %,d parameters%n".formatted(file, format, tensors.size(), parameters));
    metadata.entrySet().stream()
        .filter(entry -> !entry.getKey().startsWith("optimizer"))
        .limit(20)
        .forEach(entry -> text.append("  %s = %s%n".formatted(entry.getKey(), entry.getValue())));
    if (!others.isEmpty()) {
      text.append("  beside the weights: %d tensors%n".formatted(others.size()));
    }
    var row = "  %-" + width + "s  %-4s  %-20s  %12s  %12s  %12s  %s%n";
    text.append(row.formatted("name", "type", "shape", "min", "max", "mean", "NaN"));
    for (var line : tensors) {
      text.append(
          row.formatted(
              line.name(),
              line.dtype(),
              Arrays.toString(line.shape()),
              number(line.min()),
              number(line.max()),
              number(line.mean()),
              line.notNumbers()));
    }
    return text.toString();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.5g", value);
  }

  /** The same as JSON. */
  public String toJson() {
    var root = new LinkedHashMap<String, Object>();
    root.put("file", file);
    root.put("format", format);
    root.put("parameters", parameters);
    root.put("metadata", metadata);
    root.put("tensors", tensors);
    root.put("others", others);
    try {
      return new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("An inspection is plain data.", e);
    }
  }
}
