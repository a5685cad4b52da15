package org.pellucid.models.vision;

import java.util.List;

/**
 * An image as a network's input.
 *
 * @param values {@code [channels, height, width]} in C order, the image's own pixels in 0..1
 * @param remarks what a reader should know, each the end of a sentence that begins with the image's
 *     name: "holds several frames, of which the first is taken"
 */
public record PreparedImage(float[] values, List<String> remarks) {
  /** Copies the remarks. */
  public PreparedImage {
    remarks = List.copyOf(remarks);
  }
}
