package org.pellucid.models.bert.tuning;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Which examples each step is computed from: in every epoch all of them once, in an order that the
 * seed and the epoch alone decide. So a training goes on anywhere without having kept the order.
 *
 * @param examples their number
 * @param perStep most examples of a step
 */
record ExampleOrder(int examples, int perStep, long seed) {

  long stepsPerEpoch() {
    return (examples + perStep - 1L) / perStep;
  }

  /** The epoch that a step belongs to, both from 0. */
  int epoch(long step) {
    return Math.toIntExact(step / stepsPerEpoch());
  }

  /** The indices of a step's examples. */
  List<Integer> of(long step) {
    var order = shuffled(epoch(step));
    var from = Math.toIntExact(step % stepsPerEpoch() * perStep);
    var to = Math.min(examples, from + perStep);
    return Arrays.stream(order, from, to).boxed().toList();
  }

  /** Fisher and Yates's way. */
  private int[] shuffled(int epoch) {
    var order = IntStream.range(0, examples).toArray();
    var random = new SplittableRandom(Seeds.of(seed, Seeds.Purpose.ORDER, epoch));
    for (var i = examples - 1; i > 0; i--) {
      var other = random.nextInt(i + 1);
      var kept = order[i];
      order[i] = order[other];
      order[other] = kept;
    }
    return order;
  }
}
