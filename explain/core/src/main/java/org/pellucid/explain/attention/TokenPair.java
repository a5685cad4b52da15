package org.pellucid.explain.attention;

/**
 * One token's view of another.
 *
 * @param query the position that attends
 * @param key the position that is attended to
 */
public record TokenPair(int query, int key) {}
