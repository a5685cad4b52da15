package org.pellucid.bench.contender;

import java.util.ServiceLoader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.nd4j.linalg.factory.Nd4j;
import org.pellucid.engine.Engine;
import org.pellucid.engine.kernels.portable.PortableKernels;
import org.pellucid.engine.kernels.vector.VectorKernels;

/** Opens contenders by name. */
public final class Contenders {
  /** This project with its fast kernels. */
  public static final String VECTOR = "pellucid-vector";

  /** This project with kernels made of ND4J's operations. */
  public static final String PORTABLE = "pellucid-portable";

  /** ND4J's own operations. */
  public static final String ND4J = "nd4j";

  /** DJL with PyTorch; there with the Maven profile {@code rivals}. */
  public static final String DJL = "djl-pytorch";

  /** The same with batch normalisations folded into the convolutions by hand. */
  public static final String DJL_FOLDED = "djl-pytorch-folded";

  private Contenders() {}

  /**
   * Starts a contender.
   *
   * @param threads how many threads it may use, at least 1
   * @throws IllegalArgumentException if there is none of that name
   */
  public static Contender open(String name, int threads) {
    return switch (name) {
      case VECTOR -> {
        openblas_nolapack.blas_set_num_threads(threads);
        yield new PellucidContender(name, new Engine(new VectorKernels(threads)));
      }
      case PORTABLE -> {
        limitNd4j(threads);
        yield new PellucidContender(name, new Engine(new PortableKernels()));
      }
      case ND4J -> {
        limitNd4j(threads);
        yield new Nd4jContender();
      }
      default -> provided(name).open(name, threads);
    };
  }

  private static void limitNd4j(int threads) {
    openblas_nolapack.blas_set_num_threads(threads);
    Nd4j.getEnvironment().setMaxThreads(threads);
    Nd4j.getEnvironment().setMaxMasterThreads(threads);
  }

  private static ContenderProvider provided(String name) {
    return ServiceLoader.load(ContenderProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.names().contains(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "There is no contender %s here; build with the profile rivals (-Privals)."
                        .formatted(name)));
  }
}
