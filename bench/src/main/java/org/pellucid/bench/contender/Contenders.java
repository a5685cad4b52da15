package org.pellucid.bench.contender;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeSet;
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

  /** The same, but explanations in batches and without the gradients of parameters. */
  public static final String DJL_LEAN = "djl-pytorch-lean";

  /** DJL with PyTorch and with batch normalisations folded into the convolutions by hand. */
  public static final String DJL_FOLDED = "djl-pytorch-folded";

  /** ONNX Runtime on the CPU; there with the Maven profile {@code rivals}. Forward passes only. */
  public static final String ONNX_RUNTIME = "onnxruntime";

  private static final String VECTOR_MODULE = "jdk.incubator.vector";

  private Contenders() {}

  /**
   * Starts a contender.
   *
   * @param threads the most threads it may use, at least 1
   * @throws IllegalArgumentException if there is none of that name, or the JVM was started without
   *     what it needs
   */
  public static Contender open(String name, int threads) {
    return switch (name) {
      case VECTOR -> {
        if (!vectorsRun()) {
          throw new IllegalArgumentException(
              "%s needs Java to be started with --add-modules %s".formatted(name, VECTOR_MODULE));
        }
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

  private static boolean vectorsRun() {
    return ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent();
  }

  private static void limitNd4j(int threads) {
    openblas_nolapack.blas_set_num_threads(threads);
    Nd4j.getEnvironment().setMaxThreads(threads);
    Nd4j.getEnvironment().setMaxMasterThreads(threads);
  }

  /** The names of all contenders that this build brings and this JVM runs. */
  public static List<String> names() {
    var names = new ArrayList<String>();
    if (vectorsRun()) {
      names.add(VECTOR);
    }
    names.addAll(List.of(PORTABLE, ND4J));
    providers().forEach(provider -> names.addAll(new TreeSet<>(provider.names())));
    return names;
  }

  private static ContenderProvider provided(String name) {
    return providers().stream()
        .filter(provider -> provider.names().contains(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "the contender %s doesn't exist, only %s; a build with the Maven profile rivals has %s, %s, %s and %s"
                        .formatted(name, names(), DJL, DJL_LEAN, DJL_FOLDED, ONNX_RUNTIME)));
  }

  private static List<ContenderProvider> providers() {
    var result = new ArrayList<ContenderProvider>();
    try {
      ServiceLoader.load(ContenderProvider.class).forEach(result::add);
    } catch (ServiceConfigurationError _) {
      // Left over from a build with the profile, whose libraries this one doesn't have.
      return List.of();
    }
    return result;
  }
}
