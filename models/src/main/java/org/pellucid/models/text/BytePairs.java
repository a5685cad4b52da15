package org.pellucid.models.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Byte-pair encoding (Sennrich et al., 2016): of all neighbouring pieces, the pair that was learnt
 * first is joined, the leftmost of equals, until none is left that was learnt.
 */
final class BytePairs {
  private final Map<Pair, Integer> ranks;

  /** Two pieces that become one. */
  record Pair(String left, String right) {}

  /** Pairs in the order in which they were learnt. */
  BytePairs(List<Pair> learnt) {
    ranks = HashMap.newHashMap(learnt.size());
    for (var pair : learnt) {
      ranks.putIfAbsent(pair, ranks.size());
    }
  }

  /** A pair of neighbours at some moment. */
  private record Candidate(int rank, int at, int length) implements Comparable<Candidate> {
    @Override
    public int compareTo(Candidate other) {
      return rank != other.rank ? Integer.compare(rank, other.rank) : Integer.compare(at, other.at);
    }
  }

  /** The pieces of a word's letters. */
  List<String> split(String letters) {
    return new Word(letters).pieces();
  }

  /** A word whose pieces are joined. */
  private final class Word {
    private final String letters;

    /** Where each piece ends, by its start; 0 where none starts. */
    private final int[] ends;

    /** Where the piece before begins, by a piece's start; −1 before the first. */
    private final int[] before;

    private final PriorityQueue<Candidate> candidates = new PriorityQueue<>();

    Word(String letters) {
      this.letters = letters;
      this.ends = new int[letters.length()];
      this.before = new int[letters.length()];
      for (var i = 0; i < ends.length; i++) {
        ends[i] = i + 1;
        before[i] = i - 1;
      }
      for (var i = 0; i < ends.length; i++) {
        offer(i);
      }
    }

    /** Considers a piece and the one after it. */
    private void offer(int at) {
      var middle = ends[at];
      if (middle == letters.length()) {
        return;
      }
      var end = ends[middle];
      var rank = ranks.get(new Pair(letters.substring(at, middle), letters.substring(middle, end)));
      if (rank != null) {
        candidates.add(new Candidate(rank, at, end - at));
      }
    }

    /** Whether both pieces are still as they were when the pair was considered. */
    private boolean isValid(Candidate candidate) {
      var middle = ends[candidate.at];
      return middle != 0
          && middle != letters.length()
          && ends[middle] - candidate.at == candidate.length
          && candidate.rank
              == ranks.getOrDefault(
                  new Pair(
                      letters.substring(candidate.at, middle),
                      letters.substring(middle, ends[middle])),
                  -1);
    }

    List<String> pieces() {
      for (Candidate best; (best = candidates.poll()) != null; ) {
        if (isValid(best)) {
          join(best.at);
        }
      }
      var pieces = new ArrayList<String>();
      for (var at = 0; at < letters.length(); at = ends[at]) {
        pieces.add(letters.substring(at, ends[at]));
      }
      return pieces;
    }

    private void join(int at) {
      var middle = ends[at];
      var end = ends[middle];
      ends[at] = end;
      ends[middle] = 0;
      if (end < letters.length()) {
        before[end] = at;
      }
      offer(at);
      if (before[at] >= 0) {
        offer(before[at]);
      }
    }
  }
}
