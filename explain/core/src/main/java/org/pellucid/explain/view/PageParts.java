package org.pellucid.explain.view;

/**
 * The consistency of a page's data.
 *
 * @see Page
 */
final class PageParts {
  private PageParts() {}

  /**
   * Checks a part against the others.
   *
   * @throws IllegalArgumentException if it doesn't fit
   */
  static void check(boolean fits, String part) {
    if (!fits) {
      throw new IllegalArgumentException(
          "The page's part \"%s\" doesn't fit its other parts.".formatted(part));
    }
  }
}
