package org.pellucid.explain.cli;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.run.ExplainedInput;
import org.pellucid.explain.run.Sink;

/**
 * What a user should know besides the results, on standard error: choices made while opening the
 * network, and what is special about images, once for each kind of remark.
 */
final class Remarks implements Sink {
  private final Console console;
  private final Set<String> made = new HashSet<>();

  Remarks(Console console) {
    this.console = console;
  }

  /** Prints sentences as they are. */
  void notes(List<String> sentences) {
    sentences.forEach(console::complain);
  }

  /** Prints what there is to say of an image, unless it was said of another. */
  void of(String image, String remark) {
    if (made.add(remark)) {
      console.complain(
          "%s %s; other images of the kind are not mentioned.".formatted(image, remark));
    }
  }

  @Override
  public void accept(ExplainedInput input) {
    var pixels = (long) input.input().size(-1) * input.input().size(-2);
    if (input.explanations().stream().anyMatch(e -> hidesNothing(e, pixels))) {
      of(
          input.name(),
          "is so small that LIME's superpixels are single pixels, of which hiding changes nothing;"
              + " give fewer with --set lime.segments=16");
    }
  }

  /** A superpixel is hidden by its mean colour, which for a single pixel is its own. */
  private static boolean hidesNothing(Explanation explanation, long pixels) {
    return explanation.method().equals("lime")
        && "superpixel".equals(explanation.parameters().get("hide-colour"))
        && explanation.quality("superpixels").orElse(0) >= pixels;
  }
}
