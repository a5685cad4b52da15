package org.pellucid.explain.view;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.pellucid.explain.attention.AttentionMaps;

/** The links that the attention page should draw, by a plain reading of what it promises. */
record AttentionLinks(AttentionMaps maps, List<String> tokens) {
  private static final List<String> SPECIAL = List.of("[CLS]", "[SEP]");

  record Link(int query, int key) {}

  enum Heads {
    SUM,
    MEAN,
    MAX
  }

  /** Of each row the largest values up to a share of its sum, special tokens left out. */
  Map<Link, Double> strongest(
      int layer, List<Integer> heads, Heads how, double mass, double least) {
    var links = new HashMap<Link, Double>();
    for (var query = 0; query < tokens.size(); query++) {
      var row = row(layer, heads, how, query);
      var total = IntStream.range(0, row.length).mapToDouble(key -> Math.abs(row[key])).sum();
      var running = 0.0;
      var order =
          IntStream.range(0, row.length)
              .boxed()
              .sorted(Comparator.comparingDouble((Integer key) -> Math.abs(row[key])).reversed())
              .toList();
      for (var key : order) {
        if (row[key] == 0 || running >= total * mass / 100 || Math.abs(row[key]) < least) {
          break;
        }
        running += Math.abs(row[key]);
        links.put(new Link(query, key), row[key]);
      }
    }
    return links;
  }

  private double[] row(int layer, List<Integer> heads, Heads how, int query) {
    var row = new double[tokens.size()];
    for (var key = 0; key < row.length; key++) {
      if (SPECIAL.contains(tokens.get(query)) || SPECIAL.contains(tokens.get(key))) {
        continue;
      }
      for (var head : heads) {
        double value = maps.at(layer, head, query, key);
        row[key] =
            switch (how) {
              case SUM -> row[key] + value;
              case MEAN -> row[key] + value / heads.size();
              case MAX -> Math.abs(value) > Math.abs(row[key]) ? value : row[key];
            };
      }
    }
    return row;
  }
}
