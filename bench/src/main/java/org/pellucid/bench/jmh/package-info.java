/**
 * The long measurements with JMH: {@code java -jar bench/target/benchmarks.jar [REGEX]}.
 *
 * <p>Each contender has forks of its own, so that one's threads don't disturb another's; answers
 * are checked against this project's portable kernels before anything is timed. {@code -p
 * contender=djl-pytorch} measures a rival where the jar was built with the Maven profile {@code
 * rivals}. The heap is fixed and touched beforehand; nothing that is measured lies in it.
 */
package org.pellucid.bench.jmh;
