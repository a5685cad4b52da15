package org.pellucid.explain.run;

import java.util.Optional;

/** How the results of an image are made again, for the pages that show them. */
@FunctionalInterface
public interface Recipes {
  /** Knows no way. */
  Recipes NONE = name -> Optional.empty();

  /** The recipe of an image by the name of its results. */
  Optional<Recipe> of(String name);

  /**
   * A way to make results again.
   *
   * @param command a line for a shell
   * @param weights as {@link org.pellucid.models.zoo.ImageClassifier#open} takes them
   * @param image the image's file
   * @param hasMore whether the command has options that lines of Java don't repeat
   */
  record Recipe(String command, String weights, String image, boolean hasMore) {}
}
