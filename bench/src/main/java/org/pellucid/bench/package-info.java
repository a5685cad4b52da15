/**
 * Benchmarks: this project beside the libraries that a Java user would pick instead.
 *
 * <p>{@link org.pellucid.bench.work} says what is computed and how closely correct answers agree,
 * {@link org.pellucid.bench.contender} contains what computes it, {@link org.pellucid.bench.paired}
 * is the short comparison that {@code pellucid bench} runs, {@link org.pellucid.bench.jmh} the long
 * measurement; {@link org.pellucid.bench.graph} writes ONNX graphs. DJL with PyTorch and ONNX
 * Runtime stand in {@code src/rivals}, which the Maven profile {@code rivals} adds. The tests hold
 * the arrows between all modules, and the format.
 */
package org.pellucid.bench;
