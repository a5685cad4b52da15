/**
 * Kernels written with ND4J operations only.
 *
 * <p>Internal: may change in any release. Take them by {@link org.pellucid.engine.Engine}.
 */
package org.pellucid.engine.kernels.portable;
