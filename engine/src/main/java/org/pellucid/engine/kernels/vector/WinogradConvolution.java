package org.pellucid.engine.kernels.vector;

import java.util.Optional;
import org.pellucid.engine.kernels.Rectified;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.kernels.Workspace;
import org.pellucid.engine.kernels.vector.PanelProduct.Rows;
import org.pellucid.engine.tensor.Tensor;

/**
 * Winograd's convolution for windows of 3×3 with stride 1 and padding 1 (Lavin and Gray, 2016).
 *
 * <p>The output is cut into tiles. Each needs a patch of input pixels, which {@link WinogradTile}
 * transforms into as many numbers a channel; position by position in the patch the tiles form a
 * matrix {@code [tiles, channels]} that meets the transformed weights {@code [channels, filters]};
 * the results are transformed back into pixels.
 *
 * <p>Many tiles are worked through in blocks of {@value #BLOCK}, counted through the whole batch: a
 * block's transformed input {@code [positions][tiles][channels]} and products {@code
 * [positions][tiles][filters]} stay in the caches of the thread that made them, while the weights
 * stream by. For few tiles the weights are most of the traffic. Then all tiles are transformed
 * first, the threads share the positions out, so that each weight is read once, and all results are
 * transformed back. Neither way changes a bit of the result.
 *
 * <p>Between two positions lies one vector more than their numbers fill. Without it, the addresses
 * that a tile's transform writes would be multiples of 4 KiB apart and fall on one set of the
 * first-level cache. Pixels outside of the image are read from zeros and written to a sink, so that
 * no loop has to ask.
 */
final class WinogradConvolution {
  private static final int BLOCK = 12;
  private static final int FEW_TILES = 96;
  private static final int LANES = Lanes.COUNT;

  /** Pieces of work for each thread, so that they end together. */
  private static final int PIECES = 4;

  private final Workers workers;
  private final Scratch.Pool scratches = new Scratch.Pool();

  /** One call: where input, output and bias lie, and the sizes. */
  private record Call(
      WinogradTile tile,
      long input,
      Gate mask,
      long output,
      long bias,
      Rectifier rectifier,
      int height,
      int width,
      int channels,
      int filters,
      int tileRows,
      int tileColumns,
      Panels weights,
      Rows rows) {

    int tiles(long batch) {
      return Math.toIntExact(batch * tileRows * tileColumns);
    }

    boolean masked() {
      return mask.isPresent();
    }

    /** The number of the image that a tile belongs to. */
    long image(int tile) {
      return tile / tileColumns / tileRows;
    }

    /** Bytes in an input pixel. */
    long pixel() {
      return (long) channels * Float.BYTES;
    }

    /** Floats from one position's transformed input to the next one's. */
    int inputStep(int tiles) {
      return tiles * channels + LANES;
    }

    /** Floats from one position's products to the next one's. */
    int productStep(int tiles) {
      return tiles * filters + LANES;
    }
  }

  WinogradConvolution(Workers workers) {
    this.workers = workers;
  }

  /** Whether the algorithm fits these channels. */
  static boolean fits(long channels, long filters) {
    return channels % LANES == 0 && filters % PanelProduct.WIDTH == 0;
  }

  /**
   * The transformed weights of both directions and the working memory of all threads, at most; both
   * with the larger tile.
   */
  static Workspace workspace(long channels, long filters, int threads) {
    var positions = new WinogradF4().positions();
    var weights = 2 * positions * channels * filters;
    var tiles = (long) threads * BLOCK + FEW_TILES;
    var working = positions * tiles * (channels + filters);
    return new Workspace(weights * Float.BYTES, working * Float.BYTES);
  }

  /** The number of tiles that an image is cut into. */
  static long tiles(WinogradTile tile, long height, long width) {
    return ceil(height, tile.size()) * ceil(width, tile.size());
  }

  private static long ceil(long size, int step) {
    return (size + step - 1) / step;
  }

  /**
   * Convolves {@code input} into {@code out}.
   *
   * @param mask where it is closed, the input counts as 0; of the shape of the input
   * @param bias the address of one number a filter, or 0 for none
   */
  void run(
      WinogradTile tile,
      Tensor input,
      Optional<Rectified> mask,
      Panels weights,
      long bias,
      Rectifier rectifier,
      Tensor out) {
    var call =
        new Call(
            tile,
            VectorKernels.address(input),
            Gate.of(mask),
            VectorKernels.address(out),
            bias,
            rectifier,
            (int) input.size(1),
            (int) input.size(2),
            weights.depth(),
            weights.columns(),
            (int) ceil(input.size(1), tile.size()),
            (int) ceil(input.size(2), tile.size()),
            weights,
            Rows.chains(weights.depth()));
    var tiles = call.tiles(input.size(0));
    if (tiles <= FEW_TILES) {
      byPositions(call, tiles);
    } else {
      workers.ranges(
          tiles,
          BLOCK,
          (start, end) ->
              scratches.with(own -> block(call, (int) start, (int) (end - start), own)));
    }
  }

  private void block(Call call, int first, int tiles, Scratch own) {
    var transformed = own.rows(call.tile().positions() * call.inputStep(tiles));
    var products = own.products(call.tile().positions() * call.productStep(tiles));
    var starts = starts(own, tiles, call.channels());
    for (var t = 0; t < tiles; t++) {
      transformInput(call, first + t, own, transformed, t, tiles);
    }
    var panels = PanelProduct.panels(call.filters());
    for (var position = 0; position < call.tile().positions(); position++) {
      multiply(call, position, 0, panels, transformed, starts, tiles, products);
    }
    for (var t = 0; t < tiles; t++) {
      transformOutput(call, first + t, own, products, t, tiles);
    }
  }

  private void byPositions(Call call, int tiles) {
    scratches.with(
        shared -> {
          var positions = call.tile().positions();
          var transformed = shared.rows(positions * call.inputStep(tiles));
          var products = shared.products(positions * call.productStep(tiles));
          var starts = starts(shared, tiles, call.channels());
          workers.run(
              tiles,
              t -> scratches.with(own -> transformInput(call, t, own, transformed, t, tiles)));
          var panels = PanelProduct.panels(call.filters());
          var groups = Math.min(panels, Math.ceilDiv(PIECES * workers.threads(), positions));
          workers.run(
              positions * groups,
              piece -> {
                var group = piece % groups;
                multiply(
                    call,
                    piece / groups,
                    panels * group / groups,
                    panels * (group + 1) / groups,
                    transformed,
                    starts,
                    tiles,
                    products);
              });
          workers.run(
              tiles, t -> scratches.with(own -> transformOutput(call, t, own, products, t, tiles)));
        });
  }

  private static int[] starts(Scratch own, int tiles, int channels) {
    var starts = own.starts(tiles);
    for (var t = 0; t < tiles; t++) {
      starts[t] = t * channels;
    }
    return starts;
  }

  private static void multiply(
      Call call,
      int position,
      int firstPanel,
      int endPanel,
      float[] transformed,
      int[] starts,
      int tiles,
      float[] products) {
    var out = position * call.productStep(tiles);
    for (var panel = firstPanel; panel < endPanel; panel++) {
      TwelveRows.multiplyFar(
          transformed,
          position * call.inputStep(tiles),
          starts,
          tiles,
          call.rows(),
          call.weights().values(),
          call.weights().at(position, panel),
          products,
          out + panel * PanelProduct.WIDTH,
          call.filters());
    }
  }

  private static void transformInput(
      Call call, int number, Scratch own, float[] transformed, int t, int tiles) {
    var tile = call.tile();
    var positions = tile.positions();
    var pixels = own.pixels(positions);
    var masks = own.masks(positions);
    patch(call, number, call.input(), own, pixels);
    if (call.masked()) {
      patch(call, number, call.mask().address(), own, masks);
    }
    var step = call.inputStep(tiles);
    var buffer = own.tile(tile.bufferSize());
    for (var c = 0; c < call.channels(); c += WinogradTile.VECTORS * LANES) {
      var vectors = Math.min(WinogradTile.VECTORS, (call.channels() - c) / LANES);
      var source = pixels;
      var offset = (long) c * Float.BYTES;
      if (call.masked()) {
        source = own.masked(positions, WinogradTile.VECTORS * Lanes.BYTES);
        mask(call.mask(), pixels, masks, source, positions, offset, vectors);
        offset = 0;
      }
      tile.input(source, offset, vectors, buffer, transformed, t * call.channels() + c, step);
    }
  }

  /** Copies pixels and sets those to zero whose gate is closed. */
  private static void mask(
      Gate gate, long[] pixels, long[] masks, long[] out, int positions, long offset, int vectors) {
    var zero = Lanes.zero();
    for (int position = 0; position < positions; position++) {
      long from = pixels[position] + offset;
      long mask = masks[position] + offset;
      long to = out[position];
      for (int shift = 0; shift < vectors * Lanes.BYTES; shift += Lanes.BYTES) {
        var open = gate.open(Lanes.load(mask + shift));
        Lanes.store(zero.blend(Lanes.load(from + shift), open), to + shift);
      }
    }
  }

  /** The addresses of the pixels under a tile's patch, that of zeros for those outside. */
  private static void patch(Call call, int number, long image, Scratch own, long[] pixels) {
    var size = call.tile().size();
    var patch = call.tile().patch();
    var column = number % call.tileColumns() * size - 1;
    var row = number / call.tileColumns() % call.tileRows() * size - 1;
    var origin = image + call.image(number) * call.height() * call.width() * call.pixel();
    var zeros = own.zeros(call.pixel());
    for (var y = 0; y < patch; y++) {
      var line = origin + (long) (row + y) * call.width() * call.pixel();
      var inRows = row + y >= 0 && row + y < call.height();
      for (var x = 0; x < patch; x++) {
        var inside = inRows && column + x >= 0 && column + x < call.width();
        pixels[y * patch + x] = inside ? line + (column + x) * call.pixel() : zeros;
      }
    }
  }

  private static void transformOutput(
      Call call, int number, Scratch own, float[] products, int t, int tiles) {
    var tile = call.tile();
    var size = tile.size();
    var pixels = own.pixels(size * size);
    var pixel = (long) call.filters() * Float.BYTES;
    var column = number % call.tileColumns() * size;
    var row = number / call.tileColumns() % call.tileRows() * size;
    var origin = call.output() + call.image(number) * call.height() * call.width() * pixel;
    var sink = own.sink(pixel);
    for (var y = 0; y < size; y++) {
      var line = origin + (long) (row + y) * call.width() * pixel;
      for (var x = 0; x < size; x++) {
        var inside = row + y < call.height() && column + x < call.width();
        pixels[y * size + x] = inside ? line + (column + x) * pixel : sink;
      }
    }
    var bias = call.bias() == 0 ? own.zeros(pixel) : call.bias();
    var buffer = own.tile(tile.bufferSize());
    tile.output(
        products,
        t * call.filters(),
        call.productStep(tiles),
        call.filters(),
        bias,
        call.rectifier(),
        pixels,
        buffer);
  }
}
