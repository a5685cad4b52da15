package org.pellucid.models.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Taps;

/** What follows a layer, begun at the output that the layer gave in the whole network. */
@Tag("numeric")
class NetworkTailTests {
  private static final int NETWORKS = 12;

  /** Folded layers round otherwise than single ones. */
  private static final double ROUNDING = 1e-11;

  private static ConvolutionalNetwork network(long seed) {
    return NetworkBuilder.initialise(RandomDescription.of(seed), seed, ElementType.FLOAT64);
  }

  private static Tensor images(ConvolutionalNetwork network, long seed) {
    var shape = network.inputShape();
    var tensor = Tensor.uninitialised(network.type(), 2, shape[0], shape[1], shape[2]);
    tensor.set(new Random(seed).doubles(tensor.elements()).toArray());
    return tensor;
  }

  /** Each layer's output, channels first. */
  private static HashMap<String, Tensor> outputs(
      Tape tape, ConvolutionalNetwork network, Tensor images) {
    var outputs = new HashMap<String, Tensor>();
    network.forward(
        tape,
        images,
        new Taps() {
          @Override
          public boolean wants(String layer) {
            return true;
          }

          @Override
          public Tensor tap(Tape on, String layer, Tensor output) {
            outputs.put(
                layer, output.rank() == 4 ? Transpose.apply(on, output, 0, 3, 1, 2) : output);
            return output;
          }
        });
    return outputs;
  }

  @Test
  void continuesWhatTheLayerBegan() {
    var cuts = 0;
    var others = 0;
    for (var seed = 0L; seed < NETWORKS; seed++) {
      try (var network = network(seed);
          var images = images(network, seed);
          var tape = new Tape(Engine.portable())) {
        var expected = network.forward(tape, images).toDoubles();
        for (var output : outputs(tape, network, images).entrySet()) {
          var tail = network.after(output.getKey());
          if (tail.isEmpty()) {
            others++;
            continue;
          }
          cuts++;
          var shape = output.getValue().shape();
          assertThat(tail.get().inputShape()).isEqualTo(Arrays.copyOfRange(shape, 1, shape.length));
          assertThat(tail.get().forward(tape, output.getValue()).toDoubles())
              .as("seed %d, after %s", seed, output.getKey())
              .containsExactly(expected, within(ROUNDING));
        }
      }
    }
    assertThat(cuts).isPositive();
    assertThat(others).as("layers beside which another branch runs").isPositive();
  }

  @Test
  void namesWhatFollows() {
    try (var network = network(0)) {
      var names = network.layerNames();
      var first = names.getFirst();
      assertThat(network.after(names.getLast()).orElseThrow().layerNames()).isEmpty();
      assertThatThrownBy(() -> network.after("no-such-layer"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no-such-layer");
      network
          .after(first)
          .ifPresent(
              tail -> {
                assertThat(tail.layerNames()).isEqualTo(names.subList(1, names.size()));
                assertThatThrownBy(() -> tail.after(first))
                    .isInstanceOf(IllegalArgumentException.class);
              });
    }
  }
}
