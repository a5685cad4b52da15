package org.pellucid.weights.pytorch;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.pytorch.PickleDictionary.Key;
import org.pellucid.weights.pytorch.PickleValue.Tensor;

/**
 * Finds what may be a network's state dict: a dictionary most of whose values are tensors, or a
 * whole module, wherever it lies. An optimiser's state, a random generator's and single figures
 * don't count.
 */
final class StateSearch {
  /** The path that stands for all of the file. */
  static final String WHOLE = ".";

  /** The name of a tensor that was saved without one. */
  private static final String ONLY_TENSOR = "tensor";

  /** What training programs call the weights; the first is preferred. */
  private static final List<String> USUAL_NAMES =
      List.of(
          "model_state_dict",
          "model_state",
          "state_dict",
          "model",
          "net",
          "weights",
          "params",
          "network",
          "module",
          "net_state_dict",
          "network_state_dict",
          "model_weights");

  private static final Pattern NO_LETTERS = Pattern.compile("[^a-z]+");

  private static final Set<String> AVERAGES =
      Set.of("ema", "swa", "shadow", "averaged", "average", "avg", "polyak");

  private static final Set<String> NO_NETWORKS =
      Set.of(
          "optim",
          "optimizer",
          "optimizers",
          "optimiser",
          "optimisers",
          "opt",
          "scheduler",
          "schedulers",
          "scaler",
          "rng",
          "grad",
          "grads",
          "gradients");

  /** What optimisers keep of a parameter. */
  private static final Set<String> MOMENTS =
      Set.of(
          "step",
          "exp_avg",
          "exp_avg_sq",
          "max_exp_avg_sq",
          "exp_inf",
          "momentum_buffer",
          "square_avg",
          "grad_avg",
          "acc_delta",
          "sum",
          "prev",
          "step_size");

  private final FileLocation file;
  private final boolean isStrict;

  private StateSearch(FileLocation file, boolean isStrict) {
    this.file = file;
    this.isStrict = isStrict;
  }

  /**
   * All candidates below a value, in the file's order; any dictionary of tensors if there is none.
   *
   * @throws WeightsException if two tensors of one of them have the same name
   */
  static List<Candidate> candidates(ValueNode root, FileLocation file) {
    var likely = new StateSearch(file, true).search(root);
    if (likely.isEmpty()) {
      return new StateSearch(file, false).search(root);
    }
    // Such as a mean and a deviation, which are no network where another looks more like one.
    return likely.stream().anyMatch(Candidate::hasNamesOfParameters)
        ? likely.stream().filter(each -> each.hasNamesOfParameters() || isNamed(each)).toList()
        : likely;
  }

  /**
   * All tensors below a value, under their paths in it.
   *
   * @throws WeightsException if two have the same name
   */
  static Candidate whole(ValueNode node, FileLocation file) {
    var search = new StateSearch(file, false);
    var all = new LinkedHashMap<String, ValueNode>();
    if (node.isTensor()) {
      all.put(ONLY_TENSOR, node);
    }
    search.addTensors(node, begin(node), all);
    return new Candidate(node, all);
  }

  private void addTensors(ValueNode node, int begin, Map<String, ValueNode> tensors) {
    for (var child : node.children()) {
      if (child.isTensor()) {
        put(tensors, child.path().substring(begin), child);
      } else {
        addTensors(child, begin, tensors);
      }
    }
  }

  /** Where the names in a node begin in the paths. */
  private static int begin(ValueNode node) {
    return node.path().isEmpty() ? 0 : node.path().length() + 1;
  }

  private void put(Map<String, ValueNode> tensors, String name, ValueNode tensor) {
    if (tensors.put(name, tensor) != null) {
      throw new WeightsException(
          Cause.INVALID_LAYOUT,
          file.of(name),
          "two tensors have the name %s; the file is made to mislead",
          name);
    }
  }

  /** The rank of a path's first part among the usual names; beyond all of them if it is none. */
  static int rank(String name) {
    var rank = USUAL_NAMES.indexOf(name);
    return rank < 0 ? USUAL_NAMES.size() : rank;
  }

  static boolean isUsual(String name) {
    return USUAL_NAMES.contains(name);
  }

  /** Whether a path is that of an averaged copy, such as {@code state_dict_ema}. */
  static boolean isAveraged(String path) {
    return hasWord(path, AVERAGES);
  }

  private static boolean hasWord(String path, Set<String> words) {
    return NO_LETTERS.splitAsStream(path.toLowerCase(Locale.ROOT)).anyMatch(words::contains);
  }

  private List<Candidate> search(ValueNode node) {
    if (node.children().isEmpty()
        || isStrict && hasWord(node.key(), NO_NETWORKS)
        || isOptimiser(node)) {
      return List.of();
    }
    var direct = node.tensors();
    if (node.isModule()) {
      return direct.isEmpty() ? List.of() : List.of(whole(node, file));
    }
    var byChild = node.children().stream().map(this::search).toList();
    var inner = byChild.stream().flatMap(List::stream).toList();
    if (direct.isEmpty()) {
      var isOne =
          inner.size() > 1 && isNamed(node.key()) && inner.stream().noneMatch(StateSearch::isNamed);
      return isOne ? List.of(union(node, byChild)) : inner;
    }
    var isInside =
        inner.stream().anyMatch(each -> isNamed(each) || each.tensors().size() > direct.size());
    return isInside || !looksLikeANetwork(node, direct) ? inner : List.of(union(node, byChild));
  }

  private static boolean isNamed(Candidate candidate) {
    return isNamed(candidate.node().key());
  }

  private static boolean isNamed(String key) {
    return isUsual(key) || isAveraged(key);
  }

  /** The tensors of a dictionary and those of the candidates in it. */
  private Candidate union(ValueNode node, List<List<Candidate>> byChild) {
    var all = new LinkedHashMap<String, ValueNode>();
    for (var i = 0; i < byChild.size(); i++) {
      var child = node.children().get(i);
      if (child.isTensor()) {
        put(all, child.path().substring(begin(node)), child);
      }
      for (var candidate : byChild.get(i)) {
        for (var tensor : candidate.tensors().values()) {
          put(all, tensor.path().substring(begin(node)), tensor);
        }
      }
    }
    return new Candidate(node, all);
  }

  private static boolean isOptimiser(ValueNode node) {
    var keys = node.children().stream().map(ValueNode::key).toList();
    return keys.contains("param_groups") && keys.contains("state");
  }

  private boolean looksLikeANetwork(ValueNode node, List<ValueNode> direct) {
    if (!isStrict) {
      return true;
    }
    return haveTexts(node, direct)
        && 2 * direct.size() >= node.children().size()
        && direct.stream().anyMatch(StateSearch::mayBeAWeight)
        && !direct.stream().allMatch(tensor -> MOMENTS.contains(tensor.key()));
  }

  /** Whether the keys of tensors are texts, as the names of parameters are. */
  private static boolean haveTexts(ValueNode node, List<ValueNode> tensors) {
    return switch (node.value()) {
      case PickleDictionary dictionary ->
          tensors.stream().allMatch(tensor -> dictionary.contains(Key.text(tensor.key())));
      case PickleObject object -> object.items().isEmpty();
      default -> false;
    };
  }

  /** A figure such as an accuracy has no axes, and a random generator's state no fractions. */
  private static boolean mayBeAWeight(ValueNode node) {
    return node.value() instanceof Tensor tensor
        ? tensor.shape().length > 0 && tensor.dtype().isFloatingPoint()
        : node.isTensor();
  }
}
