/**
 * The short comparison: this project and a rival do the same work in turn in one process, and their
 * medians are divided.
 *
 * <p>Both sides bring threads that wait for work by spinning: PyTorch and ND4J each an OpenMP
 * runtime, OpenBLAS a pool of its own. A side that begins while the other's threads still spin
 * loses a core to them. So before each turn there is a rest, longer than any of them spins, and no
 * setting of either side is touched.
 */
package org.pellucid.bench.paired;
