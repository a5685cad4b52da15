package org.pellucid.engine.kernels.vector;

import static org.pellucid.engine.kernels.vector.Lanes.SPECIES;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Lays pixels {@code [pixels][channels]} out channel by channel, {@code [channels][pixels]}.
 *
 * <p>Squares of as many pixels as a vector has lanes are turned in memory near the processor. A
 * square's halves change places off the diagonal, then the halves of its quarters, and so on: each
 * step takes two rows apart and together again with two moves of lanes, where number by number
 * every one of them would take a load and a store.
 */
final class PixelTranspose {
  private static final int LANES = Lanes.COUNT;

  /** Numbers that the squares need. */
  static final int SQUARE = LANES * LANES;

  private static final List<Step> STEPS =
      IntStream.iterate(LANES / 2, half -> half > 0, half -> half / 2).mapToObj(Step::of).toList();

  /**
   * One of the steps that turn a square.
   *
   * @param upper lanes that belong to the second half
   */
  private record Step(
      int half,
      VectorShuffle<Float> up,
      VectorShuffle<Float> down,
      VectorMask<Float> upper,
      VectorMask<Float> lower) {

    static Step of(int half) {
      var lanes = new boolean[LANES];
      for (var lane = 0; lane < LANES; lane++) {
        lanes[lane] = (lane & half) != 0;
      }
      var upper = VectorMask.fromArray(SPECIES, lanes, 0);
      return new Step(
          half,
          VectorShuffle.fromOp(SPECIES, lane -> (lane + LANES - half) % LANES),
          VectorShuffle.fromOp(SPECIES, lane -> (lane + half) % LANES),
          upper,
          upper.not());
    }
  }

  /** Whether whole squares take two ways through memory, one to the square and one from it. */
  private static final boolean FOUR_STEPS = STEPS.size() == 4;

  private PixelTranspose() {}

  /**
   * Turns a row of pixels.
   *
   * @param from holds the pixels from its beginning on, and after them room for one vector
   * @param out receives the first channel from index {@code at} on and each other one {@code pitch}
   *     further, with zeros behind the pixels up to a whole vector
   * @param square room for {@link #SQUARE} numbers
   */
  static void run(
      float[] from, int pixels, int channels, float[] out, int at, int pitch, float[] square) {
    for (int x = 0; x < pixels; x += LANES) {
      int rows = Math.min(LANES, pixels - x);
      for (int c = 0; c < channels; c += LANES) {
        int count = Math.min(LANES, channels - c);
        if (FOUR_STEPS && rows == LANES && count == LANES) {
          turn(from, x * channels + c, channels, square, 0, LANES, STEPS.get(0), STEPS.get(1));
          turn(square, 0, LANES, out, at + c * pitch + x, pitch, STEPS.get(2), STEPS.get(3));
          continue;
        }
        for (int i = 0; i < rows; i++) {
          FloatVector.fromArray(SPECIES, from, (x + i) * channels + c).intoArray(square, i * LANES);
        }
        Arrays.fill(square, rows * LANES, SQUARE, 0);
        turn(square);
        for (int i = 0; i < count; i++) {
          FloatVector.fromArray(SPECIES, square, i * LANES)
              .intoArray(out, at + (c + i) * pitch + x);
        }
      }
    }
  }

  private static void turn(float[] square) {
    var at = 0;
    for (; at + 1 < STEPS.size(); at += 2) {
      turn(square, 0, LANES, square, 0, LANES, STEPS.get(at), STEPS.get(at + 1));
    }
    if (at < STEPS.size()) {
      turn(square, STEPS.get(at));
    }
  }

  private static void turn(float[] square, Step step) {
    for (int first = 0; first < LANES; first += 2 * step.half()) {
      for (int i = first; i < first + step.half(); i++) {
        int j = i + step.half();
        var a = FloatVector.fromArray(SPECIES, square, i * LANES);
        var b = FloatVector.fromArray(SPECIES, square, j * LANES);
        a.blend(b.rearrange(step.up()), step.upper()).intoArray(square, i * LANES);
        b.blend(a.rearrange(step.down()), step.lower()).intoArray(square, j * LANES);
      }
    }
  }

  /** Two steps, of which the second one's half is half as long, with one way through memory. */
  private static void turn(
      float[] from, int at, int pitch, float[] to, int outAt, int outPitch, Step step, Step next) {
    var up = step.up();
    var down = step.down();
    var upper = step.upper();
    var lower = step.lower();
    var nextUp = next.up();
    var nextDown = next.down();
    var nextUpper = next.upper();
    var nextLower = next.lower();
    int apart = next.half() * pitch;
    int outApart = next.half() * outPitch;
    for (int first = 0; first < LANES; first += 2 * step.half()) {
      for (int i = first; i < first + next.half(); i++) {
        int a = at + i * pitch;
        var a0 = FloatVector.fromArray(SPECIES, from, a);
        var a1 = FloatVector.fromArray(SPECIES, from, a + apart);
        var a2 = FloatVector.fromArray(SPECIES, from, a + 2 * apart);
        var a3 = FloatVector.fromArray(SPECIES, from, a + 3 * apart);
        var b0 = a0.blend(a2.rearrange(up), upper);
        var b1 = a1.blend(a3.rearrange(up), upper);
        var b2 = a2.blend(a0.rearrange(down), lower);
        var b3 = a3.blend(a1.rearrange(down), lower);
        int o = outAt + i * outPitch;
        b0.blend(b1.rearrange(nextUp), nextUpper).intoArray(to, o);
        b1.blend(b0.rearrange(nextDown), nextLower).intoArray(to, o + outApart);
        b2.blend(b3.rearrange(nextUp), nextUpper).intoArray(to, o + 2 * outApart);
        b3.blend(b2.rearrange(nextDown), nextLower).intoArray(to, o + 3 * outApart);
      }
    }
  }
}
