package org.pellucid.explain.evaluation;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What is explained: one number as a function of a model's outputs, such as a class's score, a
 * masked token's logit, the difference of two words, a span's start plus its end, or a regression's
 * output.
 */
public sealed interface Target {

  /** One output as it is: a class's or token's logit, a regression's output. */
  record Output(int index) implements Target {
    @Override
    public String text() {
      return "output:" + index;
    }
  }

  /** The softmax of all outputs at one of them. */
  record Probability(int index) implements Target {
    @Override
    public String text() {
      return "probability:" + index;
    }
  }

  /** The cross entropy between all outputs and one of them. */
  record Loss(int index) implements Target {
    @Override
    public String text() {
      return "loss:" + index;
    }
  }

  /** One output minus another. */
  record Difference(int index, int other) implements Target {
    @Override
    public String text() {
      return "difference:" + index + ":" + other;
    }
  }

  /** The sum of several outputs, such as a span's start and end score. */
  record Sum(List<Integer> indices) implements Target {
    /** Copies the indices. */
    public Sum {
      check(!indices.isEmpty(), "A sum of outputs needs at least one of them");
      indices = List.copyOf(indices);
    }

    @Override
    public String text() {
      return indices.stream().map(Object::toString).collect(Collectors.joining(":", "sum:", ""));
    }
  }

  /**
   * The sum of one channel of a layer's output over all its places.
   *
   * @param layer such as {@code cnn.6}
   * @param channel from 0
   */
  record Channel(String layer, int channel) implements Target {
    @Override
    public String text() {
      return "channel:" + layer + ":" + channel;
    }
  }

  /** The largest output, whichever that is for an input; resolved before anything is explained. */
  record Predicted() implements Target {
    @Override
    public String text() {
      return "predicted";
    }
  }

  /** One output as it is. */
  static Target output(int index) {
    return new Output(index);
  }

  /** The largest output. */
  static Target predicted() {
    return new Predicted();
  }

  /** The target's form on the command line and in files, which {@link #parse} reads. */
  String text();

  /**
   * Reads a target's text: {@code predicted}, {@code 3}, {@code output:3}, {@code probability:3},
   * {@code loss:3}, {@code difference:3:5}, {@code sum:3:15} or {@code channel:LAYER:0}.
   *
   * @throws IllegalArgumentException if it has none of these forms
   */
  static Target parse(String text) {
    var colon = text.indexOf(':');
    var kind = colon < 0 ? "output" : text.substring(0, colon);
    var rest = text.substring(colon + 1);
    if (text.equals("predicted")) {
      return new Predicted();
    }
    if (kind.equals("channel") && rest.lastIndexOf(':') > 0) {
      var last = rest.lastIndexOf(':');
      return new Channel(rest.substring(0, last), number(text, rest.substring(last + 1)));
    }
    var numbers = Arrays.stream(rest.split(":", -1)).map(part -> number(text, part)).toList();
    return switch (kind + numbers.size()) {
      case "output1" -> new Output(numbers.getFirst());
      case "probability1" -> new Probability(numbers.getFirst());
      case "loss1" -> new Loss(numbers.getFirst());
      case "difference2" -> new Difference(numbers.getFirst(), numbers.getLast());
      default -> {
        if (!kind.equals("sum")) {
          throw unreadable(text);
        }
        yield new Sum(numbers);
      }
    };
  }

  private static int number(String text, String part) {
    if (!part.matches("\\d{1,9}")) {
      throw unreadable(text);
    }
    return Integer.parseInt(part);
  }

  private static IllegalArgumentException unreadable(String text) {
    return new IllegalArgumentException(
        "The target %s is not predicted, a number from 0 on, or one of probability:N, loss:N, difference:N:M, sum:N:M and channel:LAYER:N."
            .formatted(text));
  }

  /** This target, or the largest of the outputs where it is {@link Predicted}. */
  default Target resolve(Values outputs) {
    return this instanceof Predicted ? new Output(outputs.indexOfLargest()) : this;
  }

  /** The outputs that it reads by index; empty for a layer's channel. */
  default List<Integer> indices() {
    return switch (this) {
      case Output o -> List.of(o.index());
      case Probability p -> List.of(p.index());
      case Loss l -> List.of(l.index());
      case Difference d -> List.of(d.index(), d.other());
      case Sum s -> s.indices();
      case Channel _, Predicted _ -> List.of();
    };
  }

  /**
   * The target's number for one row of outputs.
   *
   * @throws IllegalArgumentException for a layer's channel or an unresolved target
   */
  default double of(double[] outputs) {
    return switch (this) {
      case Output o -> outputs[o.index()];
      case Probability p -> Math.exp(outputs[p.index()] - logSumExp(outputs));
      case Loss l -> logSumExp(outputs) - outputs[l.index()];
      case Difference d -> outputs[d.index()] - outputs[d.other()];
      case Sum s -> s.indices().stream().mapToDouble(index -> outputs[index]).sum();
      case Channel _, Predicted _ ->
          throw new IllegalArgumentException(
              "The target %s is not a function of the outputs.".formatted(text()));
    };
  }

  private static double logSumExp(double[] outputs) {
    var largest = Arrays.stream(outputs).max().orElse(0);
    var sum = Arrays.stream(outputs).map(value -> Math.exp(value - largest)).sum();
    return largest + Math.log(sum);
  }
}
