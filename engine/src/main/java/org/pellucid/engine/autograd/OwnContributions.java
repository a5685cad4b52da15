package org.pellucid.engine.autograd;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.pellucid.engine.tensor.Tensor;

/**
 * The contributions of one backward step by input position, added to no gradient. Two positions of
 * one tensor have a contribution each.
 */
final class OwnContributions implements Contributions {
  private final Tape tape;
  private final Node node;
  private final IntPredicate wanted;
  private final List<Optional<Tensor>> byPosition;

  OwnContributions(Tape tape, Node node, IntPredicate wanted) {
    this.tape = tape;
    this.node = node;
    this.wanted = wanted;
    byPosition = new ArrayList<>(Collections.nCopies(node.inputs().length, Optional.empty()));
  }

  @Override
  public boolean wants(int index) {
    return wanted.test(index);
  }

  @Override
  public void add(int index, Tensor contribution) {
    if (!wants(index)) {
      tape.discard(contribution);
      return;
    }
    var fitting = GradientSums.unbroadcast(tape, contribution, node.inputs()[index]);
    byPosition.set(
        index,
        Optional.of(byPosition.get(index).map(present -> sum(present, fitting)).orElse(fitting)));
  }

  private Tensor sum(Tensor present, Tensor further) {
    var sum = tape.allocate(present.type(), present.shape());
    tape.engine().kernels().forType(present.type()).arithmetic().add(present, further, sum);
    tape.discard(present);
    tape.discard(further);
    return sum;
  }

  List<Optional<Tensor>> byPosition() {
    return List.copyOf(byPosition);
  }
}
