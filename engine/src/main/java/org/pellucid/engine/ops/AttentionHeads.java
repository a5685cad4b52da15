package org.pellucid.engine.ops;

import static org.pellucid.engine.tensor.Shapes.check;

import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * The two orders of attention's numbers: heads side by side, {@code [batch, tokens, hidden]}, as
 * projections give and take them, and heads apart, {@code [batch, heads, tokens, head size]}, as
 * their products are computed.
 */
public final class AttentionHeads {
  private AttentionHeads() {}

  /**
   * Takes heads apart.
   *
   * @param x {@code [batch, tokens, hidden]}; a head is a range of {@code hidden / heads} columns
   * @return {@code [batch, heads, tokens, head size]}
   * @throws IllegalArgumentException if the columns can't be shared out among the heads
   */
  public static Tensor apart(Tape tape, Tensor x, int heads) {
    Shapes.checkRank("What heads are taken from", x, 3);
    check(
        heads > 0 && x.size(2) % heads == 0,
        "%d columns can't be shared out among %d heads",
        x.size(2),
        heads);
    var split = Reshape.apply(tape, x, x.size(0), x.size(1), heads, x.size(2) / heads);
    var perHead = Transpose.apply(tape, split, 0, 2, 1, 3);
    tape.discard(split);
    return perHead;
  }

  /**
   * Puts heads side by side.
   *
   * @param perHead {@code [batch, heads, tokens, head size]}
   * @return {@code [batch, tokens, hidden]}
   * @throws IllegalArgumentException if it has not four axes
   */
  public static Tensor sideBySide(Tape tape, Tensor perHead) {
    Shapes.checkRank("Heads that are apart", perHead, 4);
    var inOrder = Transpose.apply(tape, perHead, 0, 2, 1, 3);
    var hidden = inOrder.size(2) * inOrder.size(3);
    var joined = Reshape.apply(tape, inOrder, inOrder.size(0), inOrder.size(1), hidden);
    tape.discard(inOrder);
    return joined;
  }
}
