/**
 * Benchmarks: this project beside those that a Java user would pick instead.
 *
 * <p>{@link org.pellucid.bench.work} says what is computed and how closely honest answers agree,
 * {@link org.pellucid.bench.contender} who computes it, {@link org.pellucid.bench.paired} is the
 * short comparison behind {@code pellucid bench}, {@link org.pellucid.bench.jmh} the long
 * measurement. DJL with PyTorch stands in {@code src/rivals}, which the Maven profile {@code
 * rivals} adds. The tests hold the arrows between all modules, and the format.
 */
package org.pellucid.bench;
