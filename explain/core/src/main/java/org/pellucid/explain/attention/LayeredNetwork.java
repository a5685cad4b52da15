package org.pellucid.explain.attention;

import java.util.Arrays;

/**
 * A flow network of levels of equally many nodes, with links from every node to every node of the
 * level below; the maximum flow by Dinic's algorithm (1970).
 *
 * <p>Level {@code l + 1} links to level {@code l} by {@code capacities[l]} {@code [from, to]}. The
 * source is a node of the highest level, the sink one of the lowest.
 */
final class LayeredNetwork {
  /** Less than this doesn't count as a free capacity: sums of some hundred doubles err by less. */
  private static final double NOTHING = 1e-13;

  private final double[][] capacities;
  private final int width;
  private final int levels;

  /** What may still flow down, and what flows down already and could be taken back. */
  private final double[][] free;

  private final double[][] used;

  /** A node's distance from the source, −1 if it can't be reached; the link to try next. */
  private final int[] distance;

  private final int[] next;
  private final int[] queue;

  LayeredNetwork(double[][] capacities, int width) {
    this.capacities = capacities;
    this.width = width;
    levels = capacities.length + 1;
    free = new double[capacities.length][width * width];
    used = new double[capacities.length][width * width];
    distance = new int[levels * width];
    next = new int[levels * width];
    queue = new int[levels * width];
  }

  /** The maximum flow from a node of the highest level to one of the lowest. */
  double maximumFlow(int from, int to) {
    for (var level = 0; level < capacities.length; level++) {
      System.arraycopy(capacities[level], 0, free[level], 0, width * width);
      Arrays.fill(used[level], 0);
    }
    var source = (levels - 1) * width + from;
    var sum = 0.0;
    while (reaches(source, to)) {
      Arrays.fill(next, 0);
      for (var more = push(source, to, Double.MAX_VALUE);
          more > 0;
          more = push(source, to, Double.MAX_VALUE)) {
        sum += more;
      }
    }
    return sum;
  }

  /** Measures the distances from the source by links that are free, and whether one leads on. */
  private boolean reaches(int source, int sink) {
    Arrays.fill(distance, -1);
    distance[source] = 0;
    queue[0] = source;
    var known = 1;
    for (var i = 0; i < known && distance[sink] < 0; i++) {
      var node = queue[i];
      for (var link = 0; link < 2 * width; link++) {
        var other = end(node, link);
        if (other >= 0 && distance[other] < 0 && room(node, link) > NOTHING) {
          distance[other] = distance[node] + 1;
          queue[known++] = other;
        }
      }
    }
    return distance[sink] >= 0;
  }

  /** Sends what one shortest way lets through, at most {@code limit}; 0 if there is none left. */
  private double push(int node, int sink, double limit) {
    if (node == sink) {
      return limit;
    }
    for (; next[node] < 2 * width; next[node]++) {
      var link = next[node];
      var other = end(node, link);
      if (other >= 0 && distance[other] == distance[node] + 1) {
        var room = room(node, link);
        if (room > NOTHING) {
          var sent = push(other, sink, Math.min(limit, room));
          if (sent > 0) {
            move(node, link, sent);
            return sent;
          }
        }
      }
    }
    return 0;
  }

  /** Where a link leads: the first half down, the second half back up; −1 if there is no level. */
  private int end(int node, int link) {
    var level = node / width;
    if (link < width) {
      return level == 0 ? -1 : (level - 1) * width + link;
    }
    return level == levels - 1 ? -1 : (level + 1) * width + link - width;
  }

  private double room(int node, int link) {
    var level = node / width;
    var place = node % width;
    return link < width
        ? free[level - 1][place * width + link]
        : used[level][(link - width) * width + place];
  }

  private void move(int node, int link, double amount) {
    var level = node / width;
    var place = node % width;
    var down = link < width;
    var at = down ? place * width + link : (link - width) * width + place;
    var between = down ? level - 1 : level;
    free[between][at] -= down ? amount : -amount;
    used[between][at] += down ? amount : -amount;
  }
}
