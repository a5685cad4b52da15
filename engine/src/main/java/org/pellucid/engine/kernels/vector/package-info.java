/**
 * The fast kernels for the CPU: the JDK's Vector API over the tensors' own memory, and BLAS called
 * straight on their addresses.
 */
package org.pellucid.engine.kernels.vector;
