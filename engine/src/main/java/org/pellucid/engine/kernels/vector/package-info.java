/**
 * The fast kernels for the CPU: the JDK's Vector API over the tensors' own memory, and BLAS called
 * straight on their addresses.
 *
 * <p>Internal: may change in any release. Take them by {@link org.pellucid.engine.Engine}.
 */
package org.pellucid.engine.kernels.vector;
