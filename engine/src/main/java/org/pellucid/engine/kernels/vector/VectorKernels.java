package org.pellucid.engine.kernels.vector;

import org.pellucid.engine.kernels.ActivationKernels;
import org.pellucid.engine.kernels.ArithmeticKernels;
import org.pellucid.engine.kernels.AttentionKernels;
import org.pellucid.engine.kernels.BatchNormKernels;
import org.pellucid.engine.kernels.ConvolutionKernels;
import org.pellucid.engine.kernels.Kernels;
import org.pellucid.engine.kernels.LayerNormKernels;
import org.pellucid.engine.kernels.LookupKernels;
import org.pellucid.engine.kernels.LossKernels;
import org.pellucid.engine.kernels.MovementKernels;
import org.pellucid.engine.kernels.PoolingKernels;
import org.pellucid.engine.kernels.ProductKernels;
import org.pellucid.engine.kernels.SoftmaxKernels;
import org.pellucid.engine.kernels.TrainingKernels;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.kernels.portable.PortableKernels;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;

/**
 * The fast kernels for the CPU, in single precision only, with the JDK's Vector API and BLAS
 * straight on the tensors' memory. Where a family has no fast way it takes the portable one, and
 * tensors of other types go to the portable kernels by {@link #forType}.
 */
public final class VectorKernels implements Kernels {
  private final PortableKernels portable = new PortableKernels();
  private final MovementKernels movement;
  private final ArithmeticKernels arithmetic;
  private final ActivationKernels activations;
  private final LookupKernels lookups;
  private final ProductKernels products;
  private final AttentionKernels attention;
  private final ConvolutionKernels convolutions;
  private final PoolingKernels pooling;
  private final SoftmaxKernels softmax;
  private final LossKernels losses;
  private final LayerNormKernels layerNorm;
  private final BatchNormKernels batchNorm;
  private final TrainingKernels training;

  /** Kernels that use all processors. */
  public VectorKernels() {
    this(Runtime.getRuntime().availableProcessors());
  }

  /**
   * Kernels that use the given number of threads.
   *
   * @throws IllegalArgumentException if it isn't positive
   */
  public VectorKernels(int threads) {
    this(new Workers(threads));
  }

  /** Kernels that compute with the given threads. */
  public VectorKernels(Workers workers) {
    movement = new VectorMovement(workers, portable.movement());
    arithmetic = new VectorArithmetic(workers, portable.arithmetic());
    activations = new VectorActivations(workers, portable.activations());
    lookups = new VectorLookups(workers);
    products = new VectorProducts(workers, activations, portable.products());
    attention = new VectorAttention(workers, portable.attention());
    convolutions = new VectorConvolutions(workers);
    pooling = new VectorPooling(workers);
    softmax = new VectorSoftmax(workers, portable.softmax());
    losses = new VectorLosses(workers);
    layerNorm = new VectorLayerNorm(workers, portable.layerNorm());
    batchNorm = new VectorBatchNorm(workers);
    training = new VectorTraining(workers);
  }

  /** Where a tensor's first element lies. */
  static long address(Tensor tensor) {
    return tensor.memory().address();
  }

  @Override
  public String name() {
    return "vector";
  }

  @Override
  public Kernels forType(ElementType type) {
    return type == ElementType.FLOAT32 ? this : portable;
  }

  @Override
  public MovementKernels movement() {
    return movement;
  }

  @Override
  public ArithmeticKernels arithmetic() {
    return arithmetic;
  }

  @Override
  public ActivationKernels activations() {
    return activations;
  }

  @Override
  public LookupKernels lookups() {
    return lookups;
  }

  @Override
  public ProductKernels products() {
    return products;
  }

  @Override
  public AttentionKernels attention() {
    return attention;
  }

  @Override
  public ConvolutionKernels convolutions() {
    return convolutions;
  }

  @Override
  public PoolingKernels pooling() {
    return pooling;
  }

  @Override
  public SoftmaxKernels softmax() {
    return softmax;
  }

  @Override
  public LossKernels losses() {
    return losses;
  }

  @Override
  public LayerNormKernels layerNorm() {
    return layerNorm;
  }

  @Override
  public BatchNormKernels batchNorm() {
    return batchNorm;
  }

  @Override
  public TrainingKernels training() {
    return training;
  }
}
