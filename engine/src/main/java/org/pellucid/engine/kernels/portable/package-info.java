/** Kernels written with ND4J operations only. */
package org.pellucid.engine.kernels.portable;
