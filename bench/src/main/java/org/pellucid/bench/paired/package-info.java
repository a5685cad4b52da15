/**
 * The short comparison: this project and a rival do the same work in turn in one process, and their
 * medians are divided.
 *
 * <p>Both sides bring threads that wait for work by spinning: PyTorch and ND4J each an OpenMP
 * runtime, OpenBLAS a pool of its own. A side that begins while the other's threads still spin
 * shares its processors with them; one that begins after a long rest first wakes its own, which
 * took up to 10 ms on a virtual machine. So a turn is a rest, then calls that don't count, then
 * calls that do; no setting of either side is touched. Measured that way, the sides differed from
 * processes of their own by less than the machine's own noise.
 *
 * <p>What else moves the figures: PyTorch takes the memory of every result from the C library,
 * which maps results above 32 MB anew each time, so the kernel clears their pages; at batch 8 that
 * was a third of PyTorch's time. It is what a Java user gets; {@code docs/benchmarks.md} says by
 * which variables of the environment it is kept from that, and {@code bench/RESULTS.md} which
 * figures are of which kind. ONNX Runtime's threads wait asleep, and it has an arena of its own.
 */
package org.pellucid.bench.paired;
