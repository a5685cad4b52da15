package org.pellucid.engine.kernels;

import org.pellucid.engine.tensor.ElementType;

/**
 * The arithmetic of the operations, in families: the one narrow interface between operations and a
 * processor.
 *
 * <p>Every method of a family reads dense tensors and writes its last argument, which the caller
 * allocated with the right shape and which overlaps no input unless a method allows it. All
 * floating-point tensors of a call have one type, that which {@link #forType} was asked for. Shapes
 * were checked by the operation; a kernel checks nothing. Images are channels-last, {@code [batch,
 * height, width, channels]}. Safe to call from several threads.
 */
public interface Kernels {

  /** A short name for logs and benchmarks. */
  String name();

  /** The kernels that compute with tensors of a type: these, or others in their place. */
  default Kernels forType(ElementType type) {
    return this;
  }

  /** Arithmetic on elements, and sums over axes. */
  ArithmeticKernels arithmetic();

  /** Functions of each element, such as activations. */
  ActivationKernels activations();

  /** Copies of elements to other positions. */
  MovementKernels movement();

  /** Rows of a table by their numbers. */
  LookupKernels lookups();

  /** Matrix products and fully connected layers. */
  ProductKernels products();

  /** Scaled dot-product attention. */
  AttentionKernels attention();

  /** Two-dimensional convolution. */
  ConvolutionKernels convolutions();

  /** Pooling under a sliding window. */
  PoolingKernels pooling();

  /** Softmax along rows. */
  SoftmaxKernels softmax();

  /** The logarithm of softmax, and cross entropy. */
  LossKernels losses();

  /** Layer normalisation. */
  LayerNormKernels layerNorm();

  /** Batch normalisation. */
  BatchNormKernels batchNorm();

  /** Dropout and the optimiser's step. */
  TrainingKernels training();
}
