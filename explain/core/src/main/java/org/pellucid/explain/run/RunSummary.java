package org.pellucid.explain.run;

/**
 * How a run ended.
 *
 * @param explained the number of inputs that were explained
 * @param failed the number of inputs that failed and were named to the sinks
 * @param seconds the time it took
 */
public record RunSummary(int explained, int failed, double seconds) {}
