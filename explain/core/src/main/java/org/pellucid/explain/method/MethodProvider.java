package org.pellucid.explain.method;

import java.util.List;

/**
 * Offers methods of other people's through {@link java.util.ServiceLoader}: the command line, the
 * report and the documentation then treat them like the built-in ones.
 */
public interface MethodProvider {
  /** The methods that it offers. */
  List<MethodDescriptor> methods();
}
