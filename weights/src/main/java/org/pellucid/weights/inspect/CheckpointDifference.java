package org.pellucid.weights.inspect;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.DType;
import org.pellucid.weights.PrintableText;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.UnreadableTensor;
import org.pellucid.weights.WeightTensor;

/**
 * Two weight files of any formats, compared tensor by tensor.
 *
 * @param onlyFirst names of tensors that the second file lacks
 * @param onlySecond names of tensors that the first file lacks
 * @param unread names of tensors that both have, of a kind that isn't read in one of them
 * @param tensors a line for each tensor that both have and that can be compared
 */
public record CheckpointDifference(
    List<String> onlyFirst, List<String> onlySecond, List<String> unread, List<Line> tensors) {
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /**
   * One tensor in both files. Where the shapes differ no numbers are compared, and the differences
   * are NaN; so are they where one file has a NaN that the other has not.
   *
   * @param largestAbsolute the largest difference of two numbers
   * @param largestRelative the largest difference divided by the larger of the two magnitudes
   * @param differing how many numbers differ
   */
  public record Line(
      String name,
      TensorInfo first,
      TensorInfo second,
      double largestAbsolute,
      double largestRelative,
      long differing) {
    /** Whether shape and all numbers are equal; the types may differ. */
    public boolean isEqual() {
      return Arrays.equals(first.shape(), second.shape()) && differing == 0;
    }
  }

  /**
   * Compares two open files.
   *
   * @throws org.pellucid.weights.WeightsException if a checksum differs
   */
  public static CheckpointDifference of(Checkpoint first, Checkpoint second) {
    var onlyFirst = new ArrayList<>(first.names());
    onlyFirst.removeAll(second.names());
    var onlySecond = new ArrayList<>(second.names());
    onlySecond.removeAll(first.names());
    var unread = new ArrayList<String>();
    var lines = new ArrayList<Line>();
    first
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (second.names().contains(name)) {
                var other = second.tensor(name);
                if (tensor instanceof UnreadableTensor || other instanceof UnreadableTensor) {
                  unread.add(name);
                } else {
                  lines.add(line(tensor, other));
                }
              }
            });
    return new CheckpointDifference(
        List.copyOf(onlyFirst), List.copyOf(onlySecond), List.copyOf(unread), List.copyOf(lines));
  }

  /** Whether both files hold the same tensors with the same numbers, as far as that is known. */
  public boolean isEqual() {
    return onlyFirst.isEmpty()
        && onlySecond.isEmpty()
        && unread.isEmpty()
        && tensors.stream().allMatch(Line::isEqual);
  }

  private static Line line(WeightTensor first, WeightTensor second) {
    var name = first.info().name();
    if (!Arrays.equals(first.info().shape(), second.info().shape())) {
      return new Line(name, first.info(), second.info(), Double.NaN, Double.NaN, 0);
    }
    var pass = new Pass(first.info().dtype(), second);
    first.forEachChunk(pass);
    return new Line(
        name, first.info(), second.info(), pass.absolute, pass.relative, pass.differing);
  }

  private static final class Pass implements Consumer<MemorySegment> {
    private final DType dtype;
    private final DType otherType;
    private final MemorySegment other;
    private final boolean isLong;
    private long at;
    private double absolute;
    private double relative;
    private long differing;

    Pass(DType dtype, WeightTensor other) {
      this.dtype = dtype;
      this.otherType = other.info().dtype();
      this.other = other.bytes();
      this.isLong = dtype == otherType && (dtype == DType.I64 || dtype == DType.U64);
    }

    private void add(double a, double b, double difference) {
      differing++;
      absolute = Math.max(absolute, difference);
      relative = Math.max(relative, difference / Math.max(Math.abs(a), Math.abs(b)));
    }

    @Override
    public void accept(MemorySegment chunk) {
      var begin = at;
      for (var i = 0L; i < chunk.byteSize(); i += dtype.bytes()) {
        var a = dtype.read(chunk, i);
        var b = otherType.read(other, at);
        if (a != b && !(Double.isNaN(a) && Double.isNaN(b))) {
          add(a, b, Math.abs(a - b));
        } else if (isLong && chunk.get(LONG, i) != other.get(LONG, at)) {
          // Double precision rounds both to the same, and so can't tell by how much they differ.
          add(a, b, Math.abs((double) (chunk.get(LONG, i) - other.get(LONG, at))));
        }
        at += otherType.bytes();
      }
      var done = other.asSlice(begin, at - begin);
      if (done.isMapped()) {
        done.unload();
      }
    }
  }

  /** A table for the terminal: what is only in one file, then every tensor that differs. */
  public String toTable() {
    var text = new StringBuilder();
    onlyFirst.forEach(name -> text.append("only in the first   %s%n".formatted(shown(name))));
    onlySecond.forEach(name -> text.append("only in the second  %s%n".formatted(shown(name))));
    unread.forEach(
        name ->
            text.append("not read            %s: its kind isn't read%n".formatted(shown(name))));
    for (var line : tensors) {
      if (!Arrays.equals(line.first().shape(), line.second().shape())) {
        text.append(
            "different shape     %s: %s, %s%n"
                .formatted(
                    shown(line.name()),
                    Arrays.toString(line.first().shape()),
                    Arrays.toString(line.second().shape())));
      } else if (line.differing() > 0) {
        text.append(
            String.format(
                Locale.ROOT,
                "different values    %s: %,d of %,d, largest difference %.5g, relative %.5g%n",
                shown(line.name()),
                line.differing(),
                line.first().elements(),
                line.largestAbsolute(),
                line.largestRelative()));
      }
    }
    var equal = tensors.stream().filter(Line::isEqual).count();
    return text.append("%d tensors are equal, %d differ%n".formatted(equal, differing()))
        .toString();
  }

  private long differing() {
    return onlyFirst.size()
        + onlySecond.size()
        + unread.size()
        + tensors.stream().filter(line -> !line.isEqual()).count();
  }

  private static String shown(String name) {
    return PrintableText.of(name);
  }
}
