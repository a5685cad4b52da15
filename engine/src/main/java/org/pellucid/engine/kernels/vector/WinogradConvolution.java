package org.pellucid.engine.kernels.vector;

import jdk.incubator.vector.FloatVector;
import org.pellucid.engine.tensor.Tensor;

/**
 * Winograd's convolution F(4×4, 3×3) for windows of 3×3 with stride 1 and padding 1 (Lavin and
 * Gray, 2016).
 *
 * <p>The output is cut into tiles of 4×4 pixels. Each needs 6×6 input pixels, which the transform
 * {@code Bᵀ d B} turns into 36 numbers a channel; position by position of these 36 the tiles form a
 * matrix {@code [tiles, channels]} that meets the transformed weights {@code [channels, filters]};
 * {@code Aᵀ m A} turns the 36 results back into 4×4 pixels. That takes 36 multiplications where 144
 * are due, a quarter.
 *
 * <p>Work is cut into blocks of up to {@value #BLOCK} tiles, counted through the whole batch. A
 * block's transformed input {@code [36][tiles][channels]} and products {@code [36][tiles][filters]}
 * stay in the cache of the thread that made them. Channels are the innermost axis everywhere, so
 * both transforms are plain vector arithmetic on runs of channels, first along columns into a small
 * buffer, then along rows. Pixels outside of the picture count as zeros.
 */
final class WinogradConvolution {
  private static final int BLOCK = 48;
  private static final int TILE = 4;
  private static final int PATCH = 6;
  private static final int POSITIONS = PATCH * PATCH;
  private static final int LANES = Lanes.COUNT;

  /** The weight transform G with the points 0, ±1, ±2, ∞. */
  private static final double[][] WEIGHT_TRANSFORM = {
    {1 / 4.0, 0, 0},
    {-1 / 6.0, -1 / 6.0, -1 / 6.0},
    {-1 / 6.0, 1 / 6.0, -1 / 6.0},
    {1 / 24.0, 1 / 12.0, 1 / 6.0},
    {1 / 24.0, -1 / 12.0, 1 / 6.0},
    {0, 0, 1}
  };

  private final Workers workers;
  private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);

  private static final class Scratch {
    private float[] input = new float[0];
    private float[] products = new float[0];
    private final float[] transposed = new float[POSITIONS * LANES];

    void ensure(int inputSize, int productSize) {
      input = input.length < inputSize ? new float[inputSize] : input;
      products = products.length < productSize ? new float[productSize] : products;
    }
  }

  /** One call: where input, output and bias lie, and the sizes. */
  private record Call(
      long input,
      long output,
      long bias,
      boolean relu,
      int height,
      int width,
      int channels,
      int filters,
      int tileRows,
      int tileColumns,
      Panels weights) {}

  WinogradConvolution(Workers workers) {
    this.workers = workers;
  }

  /** Whether the algorithm fits these channels. */
  static boolean fits(long channels, long filters) {
    return channels % LANES == 0 && filters % PanelProduct.WIDTH == 0;
  }

  /** The number of tiles that a batch is cut into. */
  static long tiles(Tensor picture) {
    return picture.size(0) * ceil(picture.size(1)) * ceil(picture.size(2));
  }

  private static long ceil(long size) {
    return (size + TILE - 1) / TILE;
  }

  /**
   * Weights {@code G g Gᵀ}, as panels for each of the 36 positions.
   *
   * @param weight {@code [3, 3, channels, filters]}
   * @param forInputGradient whether the window is turned by half a turn and channels and filters
   *     exchange their roles
   */
  static Panels transform(float[] weight, int channels, int filters, boolean forInputGradient) {
    var depth = forInputGradient ? filters : channels;
    var columns = forInputGradient ? channels : filters;
    var panels = Panels.zeros(POSITIONS, depth, columns);
    var window = new double[9];
    for (var c = 0; c < channels; c++) {
      for (var k = 0; k < filters; k++) {
        for (var p = 0; p < 9; p++) {
          var tap = forInputGradient ? 8 - p : p;
          window[p] = weight[(tap * channels + c) * filters + k];
        }
        setTransformed(panels, window, forInputGradient ? k : c, forInputGradient ? c : k);
      }
    }
    return panels;
  }

  private static void setTransformed(Panels panels, double[] window, int row, int column) {
    var half = new double[PATCH * 3];
    for (var i = 0; i < PATCH; i++) {
      for (var j = 0; j < 3; j++) {
        for (var l = 0; l < 3; l++) {
          half[i * 3 + j] += WEIGHT_TRANSFORM[i][l] * window[l * 3 + j];
        }
      }
    }
    for (var i = 0; i < PATCH; i++) {
      for (var j = 0; j < PATCH; j++) {
        var sum = 0.0;
        for (var l = 0; l < 3; l++) {
          sum += half[i * 3 + l] * WEIGHT_TRANSFORM[j][l];
        }
        panels.set(i * PATCH + j, row, column, (float) sum);
      }
    }
  }

  /**
   * Convolves {@code input} into {@code out}.
   *
   * @param bias the address of one number a filter, or 0 for none
   */
  void run(Tensor input, Panels weights, long bias, boolean relu, Tensor out) {
    var call =
        new Call(
            VectorKernels.address(input),
            VectorKernels.address(out),
            bias,
            relu,
            (int) input.size(1),
            (int) input.size(2),
            weights.depth(),
            weights.columns(),
            (int) ceil(input.size(1)),
            (int) ceil(input.size(2)),
            weights);
    workers.ranges(
        tiles(input), BLOCK, (start, end) -> block(call, (int) start, (int) (end - start)));
  }

  private void block(Call call, int firstTile, int tiles) {
    var own = scratch.get();
    var channels = call.channels();
    var filters = call.filters();
    own.ensure(POSITIONS * BLOCK * channels, POSITIONS * BLOCK * filters);
    for (var t = 0; t < tiles; t++) {
      transformInput(call, firstTile + t, own, t * channels);
    }
    var weights = call.weights();
    for (var position = 0; position < POSITIONS; position++) {
      for (var panel = 0; panel < PanelProduct.panels(filters); panel++) {
        PanelProduct.multiply(
            own.input,
            position * BLOCK * channels,
            channels,
            tiles,
            channels,
            weights.values(),
            weights.at(position, panel),
            own.products,
            position * BLOCK * filters + panel * PanelProduct.WIDTH,
            filters);
      }
    }
    for (var t = 0; t < tiles; t++) {
      transformOutput(call, firstTile + t, own, t * filters);
    }
  }

  private static void transformInput(Call call, int tile, Scratch own, int at) {
    var column = tile % call.tileColumns() * TILE - 1;
    var row = tile / call.tileColumns() % call.tileRows() * TILE - 1;
    var picture = tile / call.tileColumns() / call.tileRows();
    var channels = call.channels();
    var pixel = (long) channels * Float.BYTES;
    var rowBytes = call.width() * pixel;
    var origin =
        call.input() + picture * call.height() * rowBytes + row * rowBytes + column * pixel;
    var step = BLOCK * channels;
    var buffer = own.transposed;
    for (var c = 0; c < channels; c += LANES) {
      for (var x = 0; x < PATCH; x++) {
        var inside = column + x >= 0 && column + x < call.width();
        var address = origin + x * pixel + (long) c * Float.BYTES;
        var d0 = pixel(call, row, inside, address);
        var d1 = pixel(call, row + 1, inside, address + rowBytes);
        var d2 = pixel(call, row + 2, inside, address + 2 * rowBytes);
        var d3 = pixel(call, row + 3, inside, address + 3 * rowBytes);
        var d4 = pixel(call, row + 4, inside, address + 4 * rowBytes);
        var d5 = pixel(call, row + 5, inside, address + 5 * rowBytes);
        inputTransform(d0, d1, d2, d3, d4, d5, buffer, x * LANES, PATCH * LANES);
      }
      for (var y = 0; y < PATCH; y++) {
        var from = y * PATCH * LANES;
        inputTransform(
            FloatVector.fromArray(Lanes.SPECIES, buffer, from),
            FloatVector.fromArray(Lanes.SPECIES, buffer, from + LANES),
            FloatVector.fromArray(Lanes.SPECIES, buffer, from + 2 * LANES),
            FloatVector.fromArray(Lanes.SPECIES, buffer, from + 3 * LANES),
            FloatVector.fromArray(Lanes.SPECIES, buffer, from + 4 * LANES),
            FloatVector.fromArray(Lanes.SPECIES, buffer, from + 5 * LANES),
            own.input,
            y * PATCH * step + at + c,
            step);
      }
    }
  }

  private static FloatVector pixel(Call call, int row, boolean inside, long address) {
    return inside && row >= 0 && row < call.height() ? Lanes.load(address) : Lanes.zero();
  }

  /** {@code Bᵀ} applied to six numbers; result {@code i} goes to {@code at + i · step}. */
  private static void inputTransform(
      FloatVector d0,
      FloatVector d1,
      FloatVector d2,
      FloatVector d3,
      FloatVector d4,
      FloatVector d5,
      float[] out,
      int at,
      int step) {
    var a = d4.sub(d2.mul(4f));
    var b = d3.sub(d1.mul(4f));
    var e = d4.sub(d2);
    var f = d3.sub(d1).mul(2f);
    d0.mul(4f).sub(d2.mul(5f)).add(d4).intoArray(out, at);
    a.add(b).intoArray(out, at + step);
    a.sub(b).intoArray(out, at + 2 * step);
    e.add(f).intoArray(out, at + 3 * step);
    e.sub(f).intoArray(out, at + 4 * step);
    d1.mul(4f).sub(d3.mul(5f)).add(d5).intoArray(out, at + 5 * step);
  }

  private static void transformOutput(Call call, int tile, Scratch own, int at) {
    var column = tile % call.tileColumns() * TILE;
    var row = tile / call.tileColumns() % call.tileRows() * TILE;
    var picture = tile / call.tileColumns() / call.tileRows();
    var filters = call.filters();
    var pixel = (long) filters * Float.BYTES;
    var rows = Math.min(TILE, call.height() - row);
    var columns = Math.min(TILE, call.width() - column);
    var origin =
        call.output() + (((long) picture * call.height() + row) * call.width() + column) * pixel;
    var step = BLOCK * filters;
    var products = own.products;
    var buffer = own.transposed;
    for (var k = 0; k < filters; k += LANES) {
      for (var x = 0; x < PATCH; x++) {
        var from = x * step + at + k;
        outputColumn(products, from, PATCH * step, buffer, x * LANES);
      }
      var bias = call.bias() == 0 ? 0 : call.bias() + k * 4L;
      for (var y = 0; y < rows; y++) {
        var address = origin + y * call.width() * pixel + k * 4L;
        outputRow(buffer, y * PATCH * LANES, bias, call.relu(), columns, address, pixel);
      }
    }
  }

  /**
   * {@code Aᵀ} applied to six numbers {@code step} apart; four results a row of the buffer apart.
   */
  private static void outputColumn(float[] m, int from, int step, float[] buffer, int at) {
    var d1 = FloatVector.fromArray(Lanes.SPECIES, m, from + step);
    var d2 = FloatVector.fromArray(Lanes.SPECIES, m, from + 2 * step);
    var d3 = FloatVector.fromArray(Lanes.SPECIES, m, from + 3 * step);
    var d4 = FloatVector.fromArray(Lanes.SPECIES, m, from + 4 * step);
    var p = d1.add(d2);
    var q = d1.sub(d2);
    var r = d3.add(d4);
    var s = d3.sub(d4);
    var row = PATCH * LANES;
    FloatVector.fromArray(Lanes.SPECIES, m, from).add(p).add(r).intoArray(buffer, at);
    q.add(s.mul(2f)).intoArray(buffer, at + row);
    p.add(r.mul(4f)).intoArray(buffer, at + 2 * row);
    var d5 = FloatVector.fromArray(Lanes.SPECIES, m, from + 5 * step);
    q.add(s.mul(8f)).add(d5).intoArray(buffer, at + 3 * row);
  }

  /** A method that isn't inlined here gets no vectors: each would be an object. */
  private static void outputRow(
      float[] buffer, int from, long bias, boolean relu, int columns, long address, long pixel) {
    var shift = bias == 0 ? Lanes.zero() : Lanes.load(bias);
    // A floor under the results instead of a branch, whose outcome would be an object too.
    var floor = Lanes.broadcast(relu ? 0 : Double.NEGATIVE_INFINITY);
    var d1 = FloatVector.fromArray(Lanes.SPECIES, buffer, from + LANES);
    var d2 = FloatVector.fromArray(Lanes.SPECIES, buffer, from + 2 * LANES);
    var d3 = FloatVector.fromArray(Lanes.SPECIES, buffer, from + 3 * LANES);
    var d4 = FloatVector.fromArray(Lanes.SPECIES, buffer, from + 4 * LANES);
    var p = d1.add(d2);
    var q = d1.sub(d2);
    var r = d3.add(d4);
    var s = d3.sub(d4);
    var d0 = FloatVector.fromArray(Lanes.SPECIES, buffer, from);
    Lanes.store(d0.add(p).add(r).add(shift).max(floor), address);
    if (columns > 1) {
      Lanes.store(q.add(s.mul(2f)).add(shift).max(floor), address + pixel);
    }
    if (columns > 2) {
      Lanes.store(p.add(r.mul(4f)).add(shift).max(floor), address + 2 * pixel);
    }
    if (columns > 3) {
      var d5 = FloatVector.fromArray(Lanes.SPECIES, buffer, from + 5 * LANES);
      Lanes.store(q.add(s.mul(8f)).add(d5).add(shift).max(floor), address + 3 * pixel);
    }
  }
}
