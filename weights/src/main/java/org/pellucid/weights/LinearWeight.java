package org.pellucid.weights;

/**
 * The layer that an unnamed tensor belongs to, as the graph in a file gives it: the weight of a
 * linear layer.
 *
 * @param name the layer's name with {@code .weight}
 * @param isTransposed whether it is stored as {@code [inputs, outputs]}, unlike in PyTorch
 */
public record LinearWeight(String name, boolean isTransposed) {}
