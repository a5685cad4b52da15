package org.pellucid.explain.method;

import java.util.List;

/**
 * Offers a program's own methods through {@link java.util.ServiceLoader}: the command line and the
 * report treat them like the built-in ones.
 */
public interface MethodProvider {
  /** The offered methods. */
  List<MethodDescriptor> methods();
}
