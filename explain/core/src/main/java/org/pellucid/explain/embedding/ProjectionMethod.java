package org.pellucid.explain.embedding;

import java.util.Locale;

/** A way from hidden vectors to a drawing. */
public enum ProjectionMethod {
  /** Each layer's own principal components, turned to the same side as the layer before. */
  PCA(3),
  /** The principal components of all layers' vectors together, one basis for all layers. */
  PCA_SHARED(3),
  /** {@link TSne} of each layer, turned towards the layer before. */
  TSNE(2),
  /** {@link Umap} of each layer, turned towards the layer before. */
  UMAP(2);

  private final int dimensions;

  ProjectionMethod(int dimensions) {
    this.dimensions = dimensions;
  }

  /** The number of coordinates, 2 or 3. */
  public int dimensions() {
    return dimensions;
  }

  /** The name of its files, such as {@code pca-shared}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
