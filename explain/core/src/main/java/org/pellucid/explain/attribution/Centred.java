package org.pellucid.explain.attribution;

/** A row of numbers without their mean, as layer normalisations take them. */
final class Centred {
  private final double[] numbers;

  private Centred(double[] numbers) {
    this.numbers = numbers;
  }

  /** So many numbers from a position on. */
  static Centred of(double[] source, int from, int size) {
    var mean = 0.0;
    for (var i = 0; i < size; i++) {
      mean += source[from + i] / size;
    }
    var centred = new double[size];
    for (var i = 0; i < size; i++) {
      centred[i] = source[from + i] - mean;
    }
    return new Centred(centred);
  }

  double get(int index) {
    return numbers[index];
  }

  /** The variance of what was centred. */
  double meanSquare() {
    var sum = 0.0;
    for (var number : numbers) {
      sum += number * number;
    }
    return sum / numbers.length;
  }

  void copyTo(double[] target, int offset) {
    System.arraycopy(numbers, 0, target, offset, numbers.length);
  }
}
