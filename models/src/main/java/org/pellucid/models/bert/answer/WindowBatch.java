package org.pellucid.models.bert.answer;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.List;

/**
 * Windows side by side, the shorter ones padded.
 *
 * @param length of every row
 * @param ids token ids, {@code [windows · length]}
 * @param segmentIds 0 in the question and in padding, 1 in the context, {@code [windows · length]}
 * @param mask 1 for a token, 0 for padding, {@code [windows · length]}
 */
public record WindowBatch(int windows, int length, int[] ids, int[] segmentIds, int[] mask) {
  /**
   * Pads windows to one length.
   *
   * @param padId the id of {@code [PAD]}
   * @throws IllegalArgumentException if there is no window or one is longer
   */
  public static WindowBatch of(List<ContextWindow> windows, int length, int padId) {
    check(!windows.isEmpty(), "A batch needs at least one window");
    var ids = new int[windows.size() * length];
    var segmentIds = new int[ids.length];
    var mask = new int[ids.length];
    Arrays.fill(ids, padId);
    for (var row = 0; row < windows.size(); row++) {
      var tokens = windows.get(row).tokens();
      check(
          tokens.size() <= length,
          "A window of %d tokens doesn't fit rows of %d",
          tokens.size(),
          length);
      System.arraycopy(tokens.ids(), 0, ids, row * length, tokens.size());
      System.arraycopy(tokens.segmentIds(), 0, segmentIds, row * length, tokens.size());
      Arrays.fill(mask, row * length, row * length + tokens.size(), 1);
    }
    return new WindowBatch(windows.size(), length, ids, segmentIds, mask);
  }

  /** The windows padded to the longest one. */
  public static WindowBatch of(List<ContextWindow> windows, int padId) {
    return of(windows, longest(windows), padId);
  }

  /** The tokens of the longest window. */
  static int longest(List<ContextWindow> windows) {
    return windows.stream().mapToInt(window -> window.tokens().size()).max().orElse(0);
  }

  /** Whether a row is padded. */
  public boolean isPadded() {
    return Arrays.stream(mask).anyMatch(one -> one == 0);
  }
}
