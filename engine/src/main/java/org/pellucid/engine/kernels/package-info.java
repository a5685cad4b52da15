/** The narrow interface between operations and arithmetic. */
package org.pellucid.engine.kernels;
