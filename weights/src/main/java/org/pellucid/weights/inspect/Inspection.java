package org.pellucid.weights.inspect;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.Content;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.PrintableText;
import org.pellucid.weights.Sha256;
import org.pellucid.weights.UnreadableTensor;
import org.pellucid.weights.WeightTensor;

/**
 * The content of a weight file in numbers.
 *
 * @param parameters the number of numbers in all weights
 * @param tensors a line for each weight
 * @param auxiliary tensors that are not weights, such as an optimiser's
 * @param state the path of the state dict that the weights are taken from; empty where all of the
 *     file is one
 * @param notes sentences about choices made while reading
 * @param content what the file holds beside the weights
 */
@JsonPropertyOrder({
  "file",
  "format",
  "state",
  "notes",
  "parameters",
  "metadata",
  "tensors",
  "others",
  "content"
})
public record Inspection(
    String file,
    String format,
    long parameters,
    List<Line> tensors,
    @JsonProperty("others") List<Auxiliary> auxiliary,
    Map<String, String> metadata,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) String state,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> notes,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Content> content) {
  private static final int SHOWN_ENTRIES = 40;
  private static final int SHOWN_LETTERS = 300;
  private static final int WIDEST_COLUMN = 60;

  /**
   * One weight with its range, as {@link Statistics} defines it. Of a tensor that isn't read the
   * type says what it is, the range is NaN and the checksum empty.
   */
  public record Line(
      String name,
      String dtype,
      long[] shape,
      double min,
      double max,
      double mean,
      long nanCount,
      String sha256) {}

  /** A tensor that is not a weight. */
  public record Auxiliary(String name, String dtype, long[] shape) {}

  /**
   * Looks at every number of a checkpoint's weights.
   *
   * @throws org.pellucid.weights.WeightsException if a checksum differs or the file was shortened
   */
  public static Inspection of(Checkpoint checkpoint) {
    return MappedFile.reading(checkpoint.file(), () -> inspect(checkpoint));
  }

  private static Inspection inspect(Checkpoint checkpoint) {
    var lines = new ArrayList<Line>();
    var total = 0L;
    for (var tensor : checkpoint.tensors().values()) {
      total += tensor.info().elements();
      lines.add(line(tensor));
    }
    var auxiliary =
        checkpoint.auxiliary().values().stream()
            .map(tensor -> new Auxiliary(tensor.info().name(), type(tensor), shape(tensor)))
            .toList();
    return new Inspection(
        checkpoint.file().toString(),
        checkpoint.format(),
        total,
        List.copyOf(lines),
        auxiliary,
        checkpoint.metadata(),
        checkpoint.state().orElse(""),
        checkpoint.notes(),
        checkpoint.content());
  }

  private static String type(WeightTensor tensor) {
    return tensor instanceof UnreadableTensor other ? other.kind() : tensor.info().dtype().name();
  }

  private static long[] shape(WeightTensor tensor) {
    return tensor.info().shape();
  }

  private static Line line(WeightTensor tensor) {
    var info = tensor.info();
    if (tensor instanceof UnreadableTensor) {
      return new Line(
          info.name(), type(tensor), info.shape(), Double.NaN, Double.NaN, Double.NaN, 0, "");
    }
    var sum = new Sha256();
    var statistics = Statistics.of(tensor, sum::add);
    return new Line(
        info.name(),
        info.dtype().name(),
        info.shape(),
        statistics.min(),
        statistics.max(),
        statistics.mean(),
        statistics.nanCount(),
        sum.hex());
  }

  /** A table for the terminal. */
  public String toTable() {
    var text = new StringBuilder();
    text.append(
        "%s: %s, %d tensors, %,d parameters%n"
            .formatted(PrintableText.of(file), format, tensors.size(), parameters));
    notes.forEach(note -> text.append(shownLine("  note: " + note)));
    if (!state.isEmpty()) {
      text.append(shownLine("  state: " + state));
    }
    if (content.isEmpty()) {
      appendMetadata(text);
    } else {
      new ContentText(text).appendAll(content);
    }
    if (!auxiliary.isEmpty()) {
      text.append("  auxiliary: %d tensors%n".formatted(auxiliary.size()));
    }
    appendTensors(text);
    return text.toString();
  }

  private void appendTensors(StringBuilder text) {
    // A single long name would have every other one filled up to its length.
    var longest = tensors.stream().mapToInt(line -> line.name().length()).max().orElse(0);
    var width = Math.clamp(longest, 4, WIDEST_COLUMN);
    var row = "  %-" + width + "s  %-4s  %-20s  %12s  %12s  %12s  %s%n";
    text.append(row.formatted("name", "type", "shape", "min", "max", "mean", "NaN"));
    for (var line : tensors) {
      var isRead = !line.sha256().isEmpty();
      text.append(
          row.formatted(
              PrintableText.of(line.name()),
              PrintableText.of(line.dtype()),
              Arrays.toString(line.shape()),
              isRead ? number(line.min()) : "not read",
              isRead ? number(line.max()) : "",
              isRead ? number(line.mean()) : "",
              isRead ? Long.toString(line.nanCount()) : ""));
    }
  }

  private void appendMetadata(StringBuilder text) {
    metadata.entrySet().stream()
        .limit(SHOWN_ENTRIES)
        .forEach(
            entry ->
                text.append(shownLine("  %s = %s".formatted(entry.getKey(), entry.getValue()))));
    if (metadata.size() > SHOWN_ENTRIES) {
      text.append("  and %d more entries%n".formatted(metadata.size() - SHOWN_ENTRIES));
    }
  }

  /** A text from the file as a line of its own, cut where it is too long. */
  static String shownLine(String line) {
    var text = PrintableText.of(line);
    var shown = text.length() <= SHOWN_LETTERS ? text : text.substring(0, SHOWN_LETTERS) + "…";
    return shown + System.lineSeparator();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.5g", value);
  }

  /** The weights as comma-separated values (RFC 4180) with a header line; shapes as {@code 2x3}. */
  public String toCsv() {
    var text = new StringBuilder("name,dtype,shape,elements,min,max,mean,nan,sha256\r\n");
    for (var line : tensors) {
      var shape =
          LongStream.of(line.shape()).mapToObj(Long::toString).collect(Collectors.joining("x"));
      var elements = LongStream.of(line.shape()).reduce(1, Math::multiplyExact);
      text.append(
          "%s,%s,%s,%d,%s,%s,%s,%d,%s\r\n"
              .formatted(
                  field(line.name()),
                  field(line.dtype()),
                  shape,
                  elements,
                  line.min(),
                  line.max(),
                  line.mean(),
                  line.nanCount(),
                  line.sha256()));
    }
    return text.toString();
  }

  /**
   * A field of its own. A text that begins like a formula is given a space before it, since a
   * spreadsheet would evaluate it; also one of double width, and after a semicolon, which
   * spreadsheets of some countries take for the comma.
   */
  private static String field(String text) {
    var safe = PrintableText.of(text);
    var inert = !safe.isEmpty() && "=+-@＝＋－＠".indexOf(safe.charAt(0)) >= 0 ? " " + safe : safe;
    return inert.matches(".*[\",;].*") ? '"' + inert.replace("\"", "\"\"") + '"' : inert;
  }

  /** The same as JSON. */
  public String toJson() {
    try {
      return PrintableText.inJson(
          new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(this));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("An inspection is plain data.", e);
    }
  }
}
