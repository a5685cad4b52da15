package org.pellucid.explain.features;

import java.util.regex.Pattern;

/** Names of files that are called after a layer, whose own name comes from a stranger's model. */
public final class LayerFiles {
  private static final Pattern UNSAFE = Pattern.compile("[^\\p{L}\\p{N}._-]");
  private static final Pattern DOTS = Pattern.compile("\\.+");

  private LayerFiles() {}

  /**
   * A layer's name as one part of a path, in which {@code _} stands for what has a meaning there:
   * {@code _3_Relu_output_0} for {@code /3/Relu_output_0}.
   */
  public static String name(String layer) {
    var safe = UNSAFE.matcher(layer).replaceAll("_");
    return DOTS.matcher(safe).matches() || safe.isEmpty() ? "_" + safe : safe;
  }
}
