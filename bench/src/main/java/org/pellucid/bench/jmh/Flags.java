package org.pellucid.bench.jmh;

/** The flags of every fork: what the launcher gives too, and a fixed heap, touched beforehand. */
final class Flags {
  static final String VECTOR = "--add-modules=jdk.incubator.vector";
  static final String NATIVE = "--enable-native-access=ALL-UNNAMED";
  static final String UNSAFE = "--sun-misc-unsafe-memory-access=allow";
  static final String LEAST_HEAP = "-Xms3g";
  static final String MOST_HEAP = "-Xmx3g";
  static final String TOUCH = "-XX:+AlwaysPreTouch";

  /** No limit on native memory, which JavaCPP would derive from the heap's. */
  static final String OFF_HEAP = "-Dorg.bytedeco.javacpp.maxbytes=0";

  /** No limit on the process's memory either. */
  static final String PHYSICAL = "-Dorg.bytedeco.javacpp.maxphysicalbytes=0";

  static final String LOG = "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn";

  private Flags() {}
}
