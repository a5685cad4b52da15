package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.pellucid.engine.ops.Linear;
import org.pellucid.engine.ops.MatMul;
import org.pellucid.engine.ops.Multiply;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Sum;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.onnx.Value.Known;
import org.pellucid.models.onnx.Value.Real;

/**
 * Sums of products by Einstein's convention, such as {@code bij,bjk->bik}: axes with one letter run
 * together, and those that the result doesn't name are summed over. Operands are taken two at a
 * time, as a product of matrices.
 */
final class EinsumOperator {
  /** Stand for the axes of an ellipsis, counted from the last. */
  private static final char FIRST_HIDDEN = '\u2460';

  private EinsumOperator() {}

  static void addTo(Map<String, Operator> table) {
    table.put("Einsum", Operator.single(EinsumOperator::apply));
  }

  /**
   * A tensor with a letter for each axis.
   *
   * @param constant whether it is the same in every run
   */
  private record Term(Tensor tensor, String letters, boolean constant) {
    Term(Tensor tensor, String letters) {
      this(tensor, letters, false);
    }

    long size(char letter) {
      return tensor.size(letters.indexOf(letter));
    }
  }

  private static Value apply(NodeCall call) {
    var equation = call.text("equation", "").replace(" ", "");
    var sides = equation.split("->", -1);
    var operands = sides[0].split(",", -1);
    check(operands.length == call.inputs(), "%s names %d inputs", call, operands.length);
    var terms = new ArrayList<Term>();
    var hidden = 0;
    for (var i = 0; i < operands.length; i++) {
      var tensor = call.tensor(i);
      var dots = tensor.rank() - operands[i].replace("...", "").length();
      check(dots >= 0 && (dots == 0 || operands[i].contains("...")), "%s: %s", call, equation);
      hidden = Math.max(hidden, dots);
      var constant = call.input(i) instanceof Known;
      terms.add(
          diagonal(call, new Term(tensor, operands[i].replace("...", letters(dots)), constant)));
    }
    var result =
        sides.length > 1
            ? sides[1].replace("...", letters(hidden))
            : letters(hidden) + lettersOfOne(sides[0]);
    var term = terms.removeFirst();
    while (!terms.isEmpty()) {
      var next = terms.removeFirst();
      var needed = new LinkedHashSet<Character>();
      terms.forEach(each -> addTo(needed, each.letters()));
      addTo(needed, result);
      term = product(call, term, next, needed);
    }
    return new Real(ordered(call, summed(call, term, result), result), false);
  }

  private static void addTo(Set<Character> letters, String text) {
    text.chars().forEach(letter -> letters.add((char) letter));
  }

  private static String letters(int hidden) {
    var letters = new StringBuilder();
    for (var i = hidden - 1; i >= 0; i--) {
      letters.append((char) (FIRST_HIDDEN + i));
    }
    return letters.toString();
  }

  /** Without an arrow the result has the letters that stand once, in alphabetical order. */
  private static String lettersOfOne(String operands) {
    var counts = new TreeMap<Character, Integer>();
    for (var letter : operands.replace("...", "").replace(",", "").toCharArray()) {
      counts.merge(letter, 1, Integer::sum);
    }
    return counts.entrySet().stream()
        .filter(entry -> entry.getValue() == 1)
        .map(entry -> entry.getKey().toString())
        .collect(Collectors.joining());
  }

  /** Two axes with one letter become their diagonal. */
  private static Term diagonal(NodeCall call, Term term) {
    var sizes = new HashMap<Character, Long>();
    var letters = new StringBuilder();
    for (var i = 0; i < term.letters().length(); i++) {
      var letter = term.letters().charAt(i);
      if (sizes.put(letter, term.tensor().size(i)) == null) {
        letters.append(letter);
      }
    }
    if (letters.length() == term.letters().length()) {
      return term;
    }
    var strides = Shapes.strides(term.tensor().shape());
    var steps = new long[letters.length()];
    var shape = new long[letters.length()];
    for (var i = 0; i < term.letters().length(); i++) {
      var axis = letters.indexOf(term.letters().substring(i, i + 1));
      steps[axis] += strides[i];
      shape[axis] = term.tensor().size(i);
    }
    var plan =
        RowPlan.of(
            shape,
            index -> {
              var source = 0L;
              for (var i = 0; i < index.length; i++) {
                source += index[i] * steps[i];
              }
              return source;
            });
    return new Term(
        call.use(plan.apply(call.tape(), term.tensor())), letters.toString(), term.constant());
  }

  private static Term summed(NodeCall call, Term term, String kept) {
    var axes = new ArrayList<Integer>();
    var letters = new StringBuilder();
    var shape = new ArrayList<Long>();
    for (var i = 0; i < term.letters().length(); i++) {
      if (kept.indexOf(term.letters().charAt(i)) < 0) {
        axes.add(i);
      } else {
        letters.append(term.letters().charAt(i));
        shape.add(term.tensor().size(i));
      }
    }
    if (axes.isEmpty()) {
      return term;
    }
    var numbers = axes.stream().mapToInt(Integer::intValue).toArray();
    var sum = call.use(Sum.apply(call.tape(), term.tensor(), numbers));
    return new Term(
        call.use(Reshape.apply(call.tape(), sum, wholes(shape))),
        letters.toString(),
        term.constant());
  }

  private static long[] wholes(List<Long> sizes) {
    return sizes.stream().mapToLong(Long::longValue).toArray();
  }

  private static Tensor ordered(NodeCall call, Term term, String letters) {
    check(
        term.letters().length() == letters.length(),
        "%s names an axis in its result that no input has",
        call);
    var axes = letters.chars().map(term.letters()::indexOf).toArray();
    return axes.length < 2
        ? Reshape.apply(call.tape(), term.tensor(), term.tensor().shape())
        : Transpose.apply(call.tape(), term.tensor(), axes);
  }

  /** Two terms as stacks of matrices: axes of both that stay, of one alone, and summed ones. */
  private static Term product(NodeCall call, Term first, Term second, Set<Character> needed) {
    var a = summed(call, first, letters(needed) + second.letters());
    var b = summed(call, second, letters(needed) + first.letters());
    var broadcast =
        a.letters()
            .chars()
            .anyMatch(
                letter ->
                    b.letters().indexOf(letter) >= 0
                        && a.size((char) letter) != b.size((char) letter));
    if (broadcast) {
      return elementwise(call, a, b);
    }
    if (a.constant() && !b.constant()) {
      return product(call, b, a, needed);
    }
    var stack = new StringBuilder();
    var inner = new StringBuilder();
    var rows = new StringBuilder();
    var columns = new StringBuilder();
    for (var letter : a.letters().toCharArray()) {
      var target = b.letters().indexOf(letter) < 0 ? rows : needed.contains(letter) ? stack : inner;
      target.append(letter);
    }
    for (var letter : b.letters().toCharArray()) {
      if (a.letters().indexOf(letter) < 0) {
        columns.append(letter);
      }
    }
    var left = matrices(call, a, stack, rows, inner);
    call.checkRoom(left.size(0), left.size(1), size(b, columns));
    var y =
        b.constant() && stack.isEmpty()
            ? withConstant(call, left, b, columns, inner)
            : call.use(MatMul.apply(call.tape(), left, matrices(call, b, stack, inner, columns)));
    var letters = stack.toString() + rows + columns;
    var shape = new ArrayList<Long>();
    for (var letter : letters.toCharArray()) {
      shape.add(a.letters().indexOf(letter) >= 0 ? a.size(letter) : b.size(letter));
    }
    return new Term(call.use(Reshape.apply(call.tape(), y, wholes(shape))), letters);
  }

  /** Rows times a constant, which have the same bits in any batch. */
  private static Tensor withConstant(
      NodeCall call, Tensor rows, Term constant, CharSequence columns, CharSequence inner) {
    var matrix = matrices(call, constant, "", columns, inner);
    var weight = call.use(Reshape.apply(call.tape(), matrix, matrix.size(1), matrix.size(2)));
    var none = ProductOperators.noBias(call, weight.size(0));
    return call.use(Linear.apply(call.tape(), rows, weight, none));
  }

  private static String letters(Set<Character> all) {
    return all.stream().map(String::valueOf).collect(Collectors.joining());
  }

  private static Tensor matrices(
      NodeCall call, Term term, CharSequence stack, CharSequence rows, CharSequence columns) {
    var order = stack.toString() + rows + columns;
    var tensor = call.use(ordered(call, term, order));
    return call.use(
        Reshape.apply(
            call.tape(), tensor, size(term, stack), size(term, rows), size(term, columns)));
  }

  private static long size(Term term, CharSequence letters) {
    return letters.chars().mapToLong(letter -> term.size((char) letter)).reduce(1, (a, b) -> a * b);
  }

  /** An axis of size 1 stretches, which a product of matrices doesn't do. */
  private static Term elementwise(NodeCall call, Term a, Term b) {
    var all = new LinkedHashSet<Character>();
    addTo(all, a.letters());
    addTo(all, b.letters());
    var letters = letters(all);
    var first = spread(call, a, letters);
    var second = spread(call, b, letters);
    return new Term(call.use(Multiply.apply(call.tape(), first, second)), letters);
  }

  private static Tensor spread(NodeCall call, Term term, String letters) {
    var own =
        letters
            .chars()
            .filter(letter -> term.letters().indexOf(letter) >= 0)
            .mapToObj(letter -> String.valueOf((char) letter))
            .collect(Collectors.joining());
    var tensor = call.use(ordered(call, term, own));
    var shape =
        letters
            .chars()
            .mapToLong(letter -> own.indexOf(letter) < 0 ? 1 : term.size((char) letter))
            .toArray();
    return call.use(Reshape.apply(call.tape(), tensor, shape));
  }
}
