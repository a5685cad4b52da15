package org.pellucid.weights.pytorch;

import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * The state dict that the weights are taken from.
 *
 * @param taken the one
 * @param notes complete sentences on those that were left aside
 */
record StateChoice(Candidate taken, List<String> notes) {
  /** How many times as many numbers the network holds as anything beside it. */
  private static final int CLEARLY_LARGER = 10;

  private static final int MOST_NOTES = 5;

  /**
   * The one candidate; of several the one under a usual name, or the one that is much larger than
   * the others. Averaged copies are left aside where there is another.
   *
   * @throws WeightsException if several could be meant, or no tensor is there
   */
  static StateChoice among(ValueNode root, FileLocation file) {
    var all = StateSearch.candidates(root, file);
    var trained = all.stream().filter(each -> !StateSearch.isAveraged(each.path())).toList();
    var considered = trained.isEmpty() ? all : trained;
    if (considered.isEmpty()) {
      return new StateChoice(StateSearch.whole(root, file), List.of());
    }
    var taken = preferred(considered, file);
    var notes =
        all.stream()
            .filter(other -> other != taken)
            .limit(MOST_NOTES)
            .map(other -> note(file, other))
            .toList();
    return new StateChoice(taken, notes);
  }

  private static String note(FileLocation file, Candidate other) {
    return "%s also holds %s%s; choose it with --state %s"
        .formatted(
            file.file().getFileName(),
            StateSearch.isAveraged(other.path()) ? "an averaged copy of the weights, " : "",
            other,
            other.path());
  }

  private static Candidate preferred(List<Candidate> candidates, FileLocation file) {
    if (candidates.size() == 1) {
      return candidates.getFirst();
    }
    var common = commonBeginning(candidates);
    return onlyLeast(candidates, each -> rank(each, common))
        .or(() -> clearlyLargest(candidates))
        .orElseThrow(() -> ambiguous(candidates, file));
  }

  /** The one candidate with the least rank; none if several have it. */
  private static Optional<Candidate> onlyLeast(
      List<Candidate> candidates, ToIntFunction<Candidate> rank) {
    var least = candidates.stream().mapToInt(rank).min().orElseThrow();
    var those =
        candidates.stream().filter(each -> rank.applyAsInt(each) == least).limit(2).toList();
    return those.size() == 1 ? Optional.of(those.getFirst()) : Optional.empty();
  }

  private static Optional<Candidate> clearlyLargest(List<Candidate> candidates) {
    var largest = candidates.stream().mapToLong(Candidate::numbers).max().orElseThrow();
    var those =
        candidates.stream()
            .filter(each -> each.numbers() > largest / CLEARLY_LARGER)
            .limit(2)
            .toList();
    return those.size() == 1 ? Optional.of(those.getFirst()) : Optional.empty();
  }

  private static WeightsException ambiguous(List<Candidate> candidates, FileLocation file) {
    return new WeightsException(
        Cause.AMBIGUOUS,
        file,
        "the file holds several networks: %s; choose one with --state, such as --state %s",
        Candidate.listed(candidates),
        candidates.getFirst().path());
  }

  /** The first part of its path that not all candidates share decides. */
  private static int rank(Candidate candidate, int common) {
    var rest = candidate.path().substring(common);
    return StateSearch.rank(rest.contains(".") ? rest.substring(0, rest.indexOf('.')) : rest);
  }

  /** How many characters of whole parts all paths begin with. */
  private static int commonBeginning(List<Candidate> candidates) {
    var first = candidates.getFirst().path();
    var common = first.length();
    for (var candidate : candidates) {
      var end = 0;
      var path = candidate.path();
      while (end < Math.min(common, path.length()) && path.charAt(end) == first.charAt(end)) {
        end++;
      }
      common = end;
    }
    return first.lastIndexOf('.', common - 1) + 1;
  }

  /**
   * The state dict under a path: the one candidate in it, or else all tensors in it.
   *
   * @throws WeightsException if no tensor is there; it lists what can be chosen
   */
  static StateChoice at(String path, ValueNode root, FileLocation file) {
    var isWhole = path.equals(StateSearch.WHOLE);
    var node =
        isWhole
            ? root
            : find(path, root)
                .filter(found -> !found.isTensor())
                .orElse(new ValueNode("", "", "", List.of()));
    var inner = isWhole ? List.<Candidate>of() : StateSearch.candidates(node, file);
    var taken = inner.size() == 1 ? inner.getFirst() : StateSearch.whole(node, file);
    if (taken.tensors().isEmpty()) {
      throw new WeightsException(
          Cause.MISSING_TENSOR,
          file,
          "the file holds no state dict %s; choose one of %s",
          path,
          Candidate.listed(StateSearch.candidates(root, file)));
    }
    return new StateChoice(taken, List.of());
  }

  private static Optional<ValueNode> find(String path, ValueNode node) {
    if (!path.isEmpty() && node.path().equals(path)) {
      return Optional.of(node);
    }
    return node.children().stream()
        .filter(child -> path.equals(child.path()) || path.startsWith(child.path() + "."))
        .flatMap(child -> find(path, child).stream())
        .findFirst();
  }
}
