/** Reverse-mode differentiation: the tape that records operations and passes gradients back. */
package org.pellucid.engine.autograd;
