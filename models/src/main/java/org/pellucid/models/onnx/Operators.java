package org.pellucid.models.onnx;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** All operators of ONNX that are supported, and those that several nodes become, by name. */
final class Operators {
  private static final Map<String, Operator> TABLE = table();

  private static final Map<String, Operator> PUT_TOGETHER = putTogether();

  private Operators() {}

  private static Map<String, Operator> putTogether() {
    var table = new TreeMap<String, Operator>();
    AttentionOperator.addTo(table);
    ConvolutionOperators.addChainTo(table);
    return Collections.unmodifiableMap(table);
  }

  private static Map<String, Operator> table() {
    var table = new TreeMap<String, Operator>();
    ElementOperators.addTo(table);
    PairOperators.addTo(table);
    ShapeOperators.addTo(table);
    ConstantOperators.addTo(table);
    ConversionOperators.addTo(table);
    MovementOperators.addTo(table);
    LookupOperators.addTo(table);
    ReductionOperators.addTo(table);
    AxisOperators.addTo(table);
    SamplingOperator.addTo(table);
    ProductOperators.addTo(table);
    EinsumOperator.addTo(table);
    ConvolutionOperators.addTo(table);
    PoolOperators.addTo(table);
    NormalisationOperators.addTo(table);
    ResizeOperators.addTo(table);
    return Collections.unmodifiableMap(table);
  }

  static Optional<Operator> named(String name) {
    return Optional.ofNullable(TABLE.get(name));
  }

  /** The operator of a node that {@link Fusions} made. */
  static Operator fused(String name) {
    return Optional.ofNullable(PUT_TOGETHER.get(name)).or(() -> named(name)).orElseThrow();
  }

  static Set<String> names() {
    return TABLE.keySet();
  }
}
