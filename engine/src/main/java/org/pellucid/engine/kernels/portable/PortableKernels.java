package org.pellucid.engine.kernels.portable;

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

/**
 * Kernels written with ND4J operations only, so that they run wherever ND4J runs, in single and
 * double precision. They are the truth that faster kernels are compared with.
 */
public final class PortableKernels implements Kernels {
  private final MovementKernels movement = new PortableMovement();
  private final ArithmeticKernels arithmetic = new PortableArithmetic(movement);
  private final ActivationKernels activations = new PortableActivations();
  private final LookupKernels lookups = new PortableLookups();
  private final ProductKernels products = new PortableProducts(activations);
  private final AttentionKernels attention = new PortableAttention();
  private final ConvolutionKernels convolutions = new PortableConvolutions();
  private final PoolingKernels pooling = new PortablePooling();
  private final SoftmaxKernels softmax = new PortableSoftmax();
  private final LossKernels losses = new PortableLosses();
  private final LayerNormKernels layerNorm = new PortableLayerNorm();
  private final BatchNormKernels batchNorm = new PortableBatchNorm(arithmetic);
  private final TrainingKernels training = new PortableTraining();

  @Override
  public String name() {
    return "portable";
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
  public MovementKernels movement() {
    return movement;
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
