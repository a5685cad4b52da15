package org.pellucid.engine.autograd;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.engine.kernels.Kernels;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * The gradients under construction during one backward pass; the one place where contributions are
 * added up and broadcasting is undone.
 */
final class GradientSums {
  private final Tape tape;
  private final Set<Tensor> wanted;
  private final Map<Tensor, Tensor> sums = new IdentityHashMap<>();
  private final Set<Tensor> exclusive = Collections.newSetFromMap(new IdentityHashMap<>());

  GradientSums(Tape tape, Set<Tensor> wanted) {
    this.tape = tape;
    this.wanted = wanted;
  }

  boolean wants(Tensor tensor) {
    return wanted.contains(tensor);
  }

  /** The part of the sums that one recorded call sees. */
  Contributions of(Node node) {
    return new Contributions() {
      @Override
      public boolean wants(int index) {
        return GradientSums.this.wants(node.inputs()[index]);
      }

      @Override
      public void add(int index, Tensor contribution) {
        GradientSums.this.add(node.inputs()[index], contribution);
      }
    };
  }

  private static Kernels kernels(Tape tape, Tensor tensor) {
    return tape.engine().kernels().forType(tensor.type());
  }

  void add(Tensor tensor, Tensor contribution) {
    if (!wants(tensor)) {
      tape.discard(contribution);
      return;
    }
    var fitting = unbroadcast(tape, contribution, tensor);
    var sum = sums.get(tensor);
    if (sum == null) {
      sums.put(tensor, fitting);
    } else if (exclusive.contains(sum)) {
      kernels(tape, tensor).arithmetic().addScaled(fitting, 1, sum);
      tape.discard(fitting);
    } else {
      // The first contribution may be a view of a gradient that others still read.
      var fresh = tape.allocate(tensor.type(), tensor.shape());
      kernels(tape, tensor).arithmetic().add(sum, fitting, fresh);
      tape.discard(sum);
      tape.discard(fitting);
      sums.put(tensor, fresh);
      exclusive.add(fresh);
    }
  }

  /** Sums a contribution over the axes along which {@code tensor} was stretched. */
  static Tensor unbroadcast(Tape tape, Tensor contribution, Tensor tensor) {
    if (contribution.sameShape(tensor)) {
      return contribution;
    }
    if (!Shapes.broadcastsTo(tensor.shape(), contribution.shape())) {
      throw new IllegalStateException(
          "A gradient of shape %s was given for an input of shape %s."
              .formatted(Shapes.text(contribution.shape()), Shapes.text(tensor.shape())));
    }
    var summed = tape.allocate(tensor.type(), tensor.shape());
    kernels(tape, tensor).arithmetic().sum(contribution, summed);
    tape.discard(contribution);
    return summed;
  }

  /** The sum for a tensor, or an empty one if nothing has arrived. */
  Optional<Tensor> of(Tensor tensor) {
    return Optional.ofNullable(sums.get(tensor));
  }

  /** Takes the sum for a tensor out. */
  Optional<Tensor> take(Tensor tensor) {
    return Optional.ofNullable(sums.remove(tensor));
  }
}
