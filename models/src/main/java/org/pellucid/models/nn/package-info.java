/**
 * Feed-forward image classifiers built from the engine's operations: layers, their descriptions,
 * building them from a checkpoint's parameters, and saving them in PyTorch's layout. The rules of
 * {@link org.pellucid.models} hold.
 */
package org.pellucid.models.nn;
