package org.pellucid.weights.onnx;

/**
 * What the graph tells of a linear layer's weight.
 *
 * @param name the layer's name with {@code .weight}
 * @param isTransposed whether it is stored as {@code [inputs, outputs]}, against PyTorch's order
 */
public record LinearWeight(String name, boolean isTransposed) {}
