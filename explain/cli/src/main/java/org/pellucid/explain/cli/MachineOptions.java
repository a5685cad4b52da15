package org.pellucid.explain.cli;

import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.pellucid.engine.tensor.Shapes;

/**
 * The resources that a command may use: {@code --threads} and {@code --memory}.
 *
 * @param threads that compute; default: all processors
 * @param memory bytes for tensors; default: half of the free memory
 */
record MachineOptions(OptionalInt threads, OptionalLong memory) {
  private static final int MOST_THREADS = 1024;
  private static final Pattern SIZE = Pattern.compile("(\\d{1,9})(k|m|g|t)?b?");

  /**
   * Reads the options' texts; an empty one stands for the default.
   *
   * @throws IllegalArgumentException naming the option that isn't of its form
   */
  static MachineOptions parse(String threads, String memory) {
    return new MachineOptions(
        threads.isEmpty() ? OptionalInt.empty() : OptionalInt.of(count(threads)),
        memory.isEmpty() ? OptionalLong.empty() : OptionalLong.of(bytes(memory)));
  }

  private static int count(String text) {
    var count = text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
    Shapes.check(
        count >= 1 && count <= MOST_THREADS,
        "--threads is %s, but must be a whole number from 1 to %d",
        text,
        MOST_THREADS);
    return count;
  }

  private static long bytes(String text) {
    var parts = SIZE.matcher(text.toLowerCase(Locale.ROOT));
    Shapes.check(parts.matches(), "--memory is %s, but must be a size such as 800m or 2g", text);
    var unit = parts.group(2) == null ? 0 : 1 + "kmgt".indexOf(parts.group(2));
    var count = Long.parseLong(parts.group(1));
    Shapes.check(count <= Long.MAX_VALUE >> 10 * unit, "--memory is %s, which is too large", text);
    var bytes = count << 10 * unit;
    Shapes.check(bytes > 0, "--memory is %s, but must be above 0", text);
    return bytes;
  }
}
