package org.pellucid.explain.segmentation;

/**
 * The last step of SLIC: makes every piece connected, gives fragments that are too small to a
 * neighbour and cuts pieces that are too large.
 *
 * <p>Pixels are visited line by line. From the first unassigned one a piece grows over unassigned
 * four-neighbours of the same cluster until none is left or the largest size is reached. A piece
 * below the smallest size takes the number of the neighbouring piece it met last.
 */
final class ConnectedPieces {
  private static final int[] ROW_STEPS = {0, 0, 1, -1};
  private static final int[] COLUMN_STEPS = {1, -1, 0, 0};

  private final int[] clusters;
  private final int height;
  private final int width;
  private final int smallest;
  private final int largest;
  private final int[] pieces;
  private final int[] members;
  private int size;
  private int neighbour;

  ConnectedPieces(int[] clusters, int height, int width, int smallest, int largest) {
    this.clusters = clusters;
    this.height = height;
    this.width = width;
    this.smallest = smallest;
    this.largest = largest;
    this.pieces = new int[clusters.length];
    this.members = new int[Math.max(largest, 1)];
  }

  /** The piece of each pixel, numbered from 1 without a gap. */
  int[] labels() {
    var piece = 1;
    for (var pixel = 0; pixel < pieces.length; pixel++) {
      if (pieces[pixel] != 0) {
        continue;
      }
      grow(pixel, piece);
      if (size < smallest) {
        for (var i = 0; i < size; i++) {
          pieces[members[i]] = neighbour;
        }
      } else {
        piece++;
      }
    }
    return pieces.clone();
  }

  private void grow(int start, int piece) {
    pieces[start] = piece;
    members[0] = start;
    size = 1;
    neighbour = piece;
    for (var i = 0; i < size && size < largest; i++) {
      for (var direction = 0; direction < 4 && size < largest; direction++) {
        var row = members[i] / width + ROW_STEPS[direction];
        var column = members[i] % width + COLUMN_STEPS[direction];
        if (row >= 0 && row < height && column >= 0 && column < width) {
          visit(row * width + column, start, piece);
        }
      }
    }
  }

  private void visit(int pixel, int start, int piece) {
    if (pieces[pixel] == 0 && clusters[pixel] == clusters[start]) {
      pieces[pixel] = piece;
      members[size++] = pixel;
    } else if (pieces[pixel] > 0 && pieces[pixel] != piece) {
      neighbour = pieces[pixel];
    }
  }
}
