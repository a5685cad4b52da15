package org.pellucid.engine.autograd;

import static org.pellucid.engine.tensor.Shapes.check;

import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The backward rules of one tape; among those that concern an operation the latest wins. */
final class BackwardRules {
  private final List<Registration<?>> registrations = new ArrayList<>();

  /** A rule with the layers and the kind of operation that it is for. */
  record Registration<O extends Operation>(
      Predicate<String> layers, Class<O> kind, BackwardRule<? super O> rule) {

    boolean concerns(String layer, Class<? extends Operation> operation) {
      return kind == operation && layers.test(layer);
    }

    void backward(Operation operation, Backward backward) {
      rule.backward(kind.cast(operation), backward);
    }
  }

  <O extends Operation> void add(
      Predicate<String> layers, Class<O> kind, BackwardRule<? super O> rule) {
    check(
        !Modifier.isAbstract(kind.getModifiers()),
        "A backward rule is for one class of operations, but %s is abstract",
        kind.getSimpleName());
    registrations.addFirst(new Registration<>(layers, kind, rule));
  }

  boolean isEmpty() {
    return registrations.isEmpty();
  }

  Optional<Registration<?>> find(String layer, Class<? extends Operation> kind) {
    for (var registration : registrations) {
      if (registration.concerns(layer, kind)) {
        return Optional.of(registration);
      }
    }
    return Optional.empty();
  }
}
