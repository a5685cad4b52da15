package org.pellucid.weights.pytorch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
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
    var notes = new ArrayList<String>();
    for (var other : all) {
      if (other != taken) {
        notes.add(
            "%s also holds %s%s; choose it with --state %s"
                .formatted(
                    file.file().getFileName(),
                    StateSearch.isAveraged(other.path()) ? "an averaged copy of the weights, " : "",
                    other,
                    other.path()));
      }
    }
    return new StateChoice(taken, notes.stream().limit(5).toList());
  }

  private static Candidate preferred(List<Candidate> candidates, FileLocation file) {
    if (candidates.size() == 1) {
      return candidates.getFirst();
    }
    var common = commonParts(candidates);
    var best = candidates.stream().mapToInt(each -> rank(each, common)).min().orElseThrow();
    var usual = candidates.stream().filter(each -> rank(each, common) == best).toList();
    if (usual.size() == 1) {
      return usual.getFirst();
    }
    var bySize =
        candidates.stream()
            .sorted(Comparator.comparingLong(Candidate::numbers).reversed())
            .toList();
    if (bySize.get(0).numbers() / CLEARLY_LARGER >= Math.max(1, bySize.get(1).numbers())) {
      return bySize.getFirst();
    }
    throw new WeightsException(
        Cause.AMBIGUOUS,
        file,
        "the file holds several networks: %s; choose one with --state, such as --state %s",
        Candidate.listed(candidates),
        candidates.getFirst().path());
  }

  /** The first part of its path that not all candidates share decides. */
  private static int rank(Candidate candidate, int common) {
    var parts = parts(candidate);
    return common < parts.length ? StateSearch.rank(parts[common]) : StateSearch.rank("");
  }

  private static int commonParts(List<Candidate> candidates) {
    var first = parts(candidates.getFirst());
    var common = 0;
    while (common < first.length && allHave(candidates, common, first[common])) {
      common++;
    }
    return common;
  }

  private static boolean allHave(List<Candidate> candidates, int index, String part) {
    return candidates.stream()
        .map(StateChoice::parts)
        .allMatch(parts -> parts.length > index && parts[index].equals(part));
  }

  private static String[] parts(Candidate candidate) {
    return candidate.path().split("\\.", -1);
  }

  /**
   * The state dict under a path: the one candidate in it, or else all tensors in it.
   *
   * @throws WeightsException if no tensor is there; it lists what can be chosen
   */
  static StateChoice at(String path, ValueNode root, FileLocation file) {
    var isWhole = path.equals(StateSearch.WHOLE);
    var node = isWhole ? root : find(path, root).orElse(new ValueNode("", "", "", List.of()));
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
