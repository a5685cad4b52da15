package org.pellucid.explain.perturbation;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Coalitions for the regression that gives Shapley values, with their weights: the smallest and the
 * largest coalitions all, as far as the budget goes, and a sample of the others.
 *
 * @param shown the players in each coalition {@code [2 + coalitions, players]}; row 0 has none, row
 *     1 all
 * @param weights one for each coalition from row 2 on
 * @param complete whether all coalitions are there
 * @see "S. M. Lundberg and S.-I. Lee: A unified approach to interpreting model predictions, NIPS
 *     2017"
 */
record ShapleyCoalitions(BitMatrix shown, double[] weights, boolean complete) {
  private static final int TRIES = 4;
  private static final double ROUNDING = 1e-8;

  /**
   * Chooses coalitions.
   *
   * @param budget the most coalitions besides none and all; fewer where there are no more
   * @param paired whether a coalition is drawn together with its complement
   */
  static ShapleyCoalitions draw(int players, int budget, boolean paired, long seed) {
    var choice = new Choice(players, budget, paired, seed);
    var shown = new BitMatrix(2 + choice.weights.size(), players);
    shown.fill(1);
    var weights = new double[choice.weights.size()];
    var row = 0;
    for (var entry : choice.weights.entrySet()) {
      var coalition = 2 + row;
      entry.getKey().stream().forEach(player -> shown.set(coalition, player));
      weights[row++] = entry.getValue();
    }
    return new ShapleyCoalitions(shown, weights, choice.complete);
  }

  /** The coalitions that were chosen, each with its weight. */
  private static final class Choice {
    private final Map<BitSet, Double> weights = new LinkedHashMap<>();
    private final int players;
    private boolean complete = true;

    Choice(int players, int budget, boolean paired, long seed) {
      this.players = players;
      var left = budget;
      var weightLeft = sizesWeight(1);
      for (var size = 1; size <= players / 2; size++) {
        var subsets = subsets(size) * (isMiddle(size) ? 1 : 2);
        var expected = left * pairWeight(size) / weightLeft;
        if (expected < subsets * (1 - ROUNDING) && !fit(size, left)) {
          complete = false;
          sample(size, left, paired, new SplittableRandom(seed));
          return;
        }
        enumerate(size);
        left -= (int) subsets;
        weightLeft -= pairWeight(size);
      }
    }

    private boolean isMiddle(int size) {
      return 2 * size == players;
    }

    /** The kernel's weight of all coalitions of a size. */
    private double sizeWeight(int size) {
      return (players - 1.0) / ((double) size * (players - size));
    }

    private double pairWeight(int size) {
      return sizeWeight(size) * (isMiddle(size) ? 1 : 2);
    }

    private double sizesWeight(int first) {
      var sum = 0.0;
      for (var size = first; size <= players / 2; size++) {
        sum += pairWeight(size);
      }
      return sum;
    }

    private double subsets(int size) {
      var subsets = 1.0;
      for (var i = 1; i <= size; i++) {
        subsets = subsets * (players - size + i) / i;
      }
      return Math.rint(subsets);
    }

    /**
     * Whether all coalitions of the sizes from {@code first} to its complement are within a budget.
     */
    private boolean fit(int first, int budget) {
      var sum = 0.0;
      for (var size = first; size <= players / 2 && sum <= budget; size++) {
        sum += subsets(size) * (isMiddle(size) ? 1 : 2);
      }
      return sum <= budget;
    }

    private void enumerate(int size) {
      var weight = sizeWeight(size) / subsets(size);
      var members = new int[size];
      for (var i = 0; i < size; i++) {
        members[i] = i;
      }
      do {
        var coalition = new BitSet(players);
        for (var member : members) {
          coalition.set(member);
        }
        weights.put(coalition, weight);
        if (!isMiddle(size)) {
          weights.put(complement(coalition), weight);
        }
      } while (advance(members));
    }

    /** The next subset in lexical order, if there is one. */
    private boolean advance(int[] members) {
      var at = members.length - 1;
      while (at >= 0 && members[at] == players - members.length + at) {
        at--;
      }
      if (at < 0) {
        return false;
      }
      members[at]++;
      for (var i = at + 1; i < members.length; i++) {
        members[i] = members[i - 1] + 1;
      }
      return true;
    }

    private BitSet complement(BitSet coalition) {
      var complement = (BitSet) coalition.clone();
      complement.flip(0, players);
      return complement;
    }

    /** Draws coalitions of the sizes from {@code first} to its complement, by their weights. */
    private void sample(int first, int budget, boolean paired, SplittableRandom random) {
      var counts = new LinkedHashMap<BitSet, Integer>();
      var all = sizesWeight(first);
      var draws = 0;
      for (var tries = 0L; tries < (long) TRIES * budget && counts.size() < budget; tries++) {
        var coalition = subset(size(first, all, random), random);
        if (!paired && random.nextBoolean()) {
          coalition = complement(coalition);
        }
        var drawn = new ArrayList<>(List.of(coalition));
        if (paired && counts.size() + 1 < budget) {
          drawn.add(complement(coalition));
        }
        for (var one : drawn) {
          counts.merge(one, 1, Integer::sum);
          draws++;
        }
      }
      for (var entry : counts.entrySet()) {
        weights.put(entry.getKey(), all * entry.getValue() / draws);
      }
    }

    private int size(int first, double all, SplittableRandom random) {
      var point = random.nextDouble() * all;
      var size = first;
      while (size < players / 2 && point >= pairWeight(size)) {
        point -= pairWeight(size++);
      }
      return size;
    }

    /** A subset, each of its size as likely as any other. */
    private BitSet subset(int size, SplittableRandom random) {
      var subset = new BitSet(players);
      for (var last = players - size; last < players; last++) {
        var player = random.nextInt(last + 1);
        subset.set(subset.get(player) ? last : player);
      }
      return subset;
    }
  }
}
