package org.pellucid.weights;

/**
 * How much a file may ask for before it is refused, so that a hostile one costs little.
 *
 * @param headerBytes of a header or pickle
 * @param tensors in one file
 * @param depth of nested values in a pickle
 * @param expansion how many times its compressed size an entry of more than 64 MiB may unfold to
 */
public record Limits(long headerBytes, int tensors, int depth, int expansion) {
  /** Limits that every honest file keeps: 100 MB of header, as the safetensors format says. */
  public static Limits standard() {
    return new Limits(100_000_000, 1_000_000, 100, 200);
  }
}
