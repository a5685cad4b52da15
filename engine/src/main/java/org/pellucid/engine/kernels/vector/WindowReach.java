package org.pellucid.engine.kernels.vector;

import java.util.stream.IntStream;
import org.pellucid.engine.kernels.SlidingWindow;

/**
 * Which sources a window's results meet along one axis. Forward, results are a convolution's output
 * and sources its image: result {@code r} meets source {@code r·stride − padding + tap·dilation}.
 * Backward, results are the image's gradient and sources the output's: result {@code r} meets
 * {@code (r + padding − tap·dilation) / stride} where that is whole.
 *
 * <p>Results with the same remainder by the stride meet their sources by the same taps backward,
 * and are called a phase; forward all are one phase. Within a phase, results and sources move in
 * even steps.
 *
 * @param taps positions of the window
 */
record WindowReach(
    int taps, int stride, int padding, int dilation, int sources, int results, boolean isBackward) {

  static WindowReach rows(SlidingWindow window, long image, long outputs) {
    return new WindowReach(
        window.height(),
        window.strideHeight(),
        window.paddingHeight(),
        window.dilationHeight(),
        (int) image,
        (int) outputs,
        false);
  }

  static WindowReach columns(SlidingWindow window, long image, long outputs) {
    return new WindowReach(
        window.width(),
        window.strideWidth(),
        window.paddingWidth(),
        window.dilationWidth(),
        (int) image,
        (int) outputs,
        false);
  }

  /** The same axis with results and sources exchanged. */
  WindowReach backward() {
    return new WindowReach(taps, stride, padding, dilation, results, sources, !isBackward);
  }

  /** The source that a result meets at a tap, or −1. */
  int source(int result, int tap) {
    if (!isBackward) {
      var place = result * stride - padding + tap * dilation;
      return place < sources ? Math.max(place, -1) : -1;
    }
    var place = result + padding - tap * dilation;
    return place >= 0 && place % stride == 0 && place / stride < sources ? place / stride : -1;
  }

  int phases() {
    return isBackward ? stride : 1;
  }

  /** How far the sources of two neighbours in a phase lie from each other. */
  int sourceStep() {
    return isBackward ? 1 : stride;
  }

  /** The number of results in a phase. */
  int steps(int phase) {
    return Math.max(0, Math.ceilDiv(results - phase, phases()));
  }

  int result(int phase, int step) {
    return phase + step * phases();
  }

  /** The first step from which on the phase's taps meet sources until {@link #endInside}. */
  int firstInside(int phase) {
    var first = 0;
    for (var tap = 0; tap < taps; tap++) {
      if (meets(phase, tap)) {
        first = Math.max(first, Math.ceilDiv(-offset(phase, tap), sourceStep()));
      }
    }
    return first;
  }

  /** The step after the last one at which all of the phase's taps meet sources. */
  int endInside(int phase) {
    var end = steps(phase);
    for (var tap = 0; tap < taps; tap++) {
      if (meets(phase, tap)) {
        end = Math.min(end, Math.floorDiv(sources - 1 - offset(phase, tap), sourceStep()) + 1);
      }
    }
    return end;
  }

  /** The taps by which a phase meets sources, in the order of these. */
  int[] tapsOf(int phase) {
    return IntStream.range(0, taps)
        .map(i -> isBackward ? taps - 1 - i : i)
        .filter(tap -> meets(phase, tap))
        .toArray();
  }

  /** Whether a tap lies on sources, and not between them. */
  private boolean meets(int phase, int tap) {
    return !isBackward || Math.floorMod(phase + padding - tap * dilation, stride) == 0;
  }

  /** The source of a phase's first result at a tap, also where that lies outside. */
  int offset(int phase, int tap) {
    return isBackward
        ? Math.floorDiv(phase + padding - tap * dilation, stride)
        : tap * dilation - padding;
  }

  /** The first source that a result may meet. */
  int firstSource(int result) {
    var place =
        isBackward
            ? Math.ceilDiv(result + padding - (taps - 1) * dilation, stride)
            : result * stride - padding;
    return Math.clamp(place, 0, sources);
  }

  /** The source after the last one that a result may meet. */
  int endSource(int result) {
    var place =
        isBackward
            ? Math.floorDiv(result + padding, stride)
            : result * stride - padding + (taps - 1) * dilation;
    return Math.clamp(place + 1, 0, sources);
  }

  /** How many sources in a row so many results in a row may meet. */
  int sourcesOf(int count) {
    var span = (taps - 1) * dilation;
    var most = isBackward ? (count - 1 + span) / stride : (count - 1L) * stride + span;
    return (int) Math.min(sources, most + 1);
  }

  /** About how many results in a row meet so many sources in a row. */
  int resultsOf(int count) {
    var span = (taps - 1) * dilation;
    return isBackward
        ? (int) Math.min(Integer.MAX_VALUE, (long) count * stride - span)
        : (count - span - 1) / stride + 1;
  }
}
