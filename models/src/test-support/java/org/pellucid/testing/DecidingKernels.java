package org.pellucid.testing;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import org.pellucid.engine.kernels.ActivationKernels;
import org.pellucid.engine.kernels.ConvolutionKernels;
import org.pellucid.engine.kernels.Kernels;
import org.pellucid.engine.kernels.PoolingKernels;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.tensor.Tensor;

/**
 * Kernels that pass every call on to others, and tell a {@link Decider} of the decisions of those
 * that take some. Layers stay fused, as they are without.
 */
final class DecidingKernels implements InvocationHandler {
  private static final String CONVOLUTION = "forward";
  private static final String RELU = "relu";
  private static final String MAX_POOL = "max";

  static {
    check(ConvolutionKernels.class, CONVOLUTION);
    check(ActivationKernels.class, RELU);
    check(PoolingKernels.class, MAX_POOL);
  }

  private static void check(Class<?> family, String name) {
    if (Arrays.stream(family.getMethods()).map(Method::getName).noneMatch(name::equals)) {
      throw new AssertionError("The kernel that decides has another name in " + family);
    }
  }

  private final Object kernels;
  private final Decider decider;

  private DecidingKernels(Object kernels, Decider decider) {
    this.kernels = kernels;
    this.decider = decider;
  }

  static Kernels of(Kernels kernels, Decider decider) {
    return proxy(Kernels.class, kernels, decider);
  }

  private static <K> K proxy(Class<K> type, Object kernels, Decider decider) {
    var handler = new DecidingKernels(kernels, decider);
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    var family = method.getDeclaringClass();
    var name = method.getName();
    if (family == ConvolutionKernels.class && name.equals(CONVOLUTION)) {
      return convolve(method, arguments);
    }
    if (family == ActivationKernels.class && name.equals(RELU)) {
      return rectify(method, arguments);
    }
    if (family == PoolingKernels.class && name.equals(MAX_POOL)) {
      return pool(method, arguments);
    }
    var result = passOn(method, arguments);
    return switch (result) {
      case Kernels others -> of(others, decider);
      case ConvolutionKernels others -> proxy(ConvolutionKernels.class, others, decider);
      case ActivationKernels others -> proxy(ActivationKernels.class, others, decider);
      case PoolingKernels others -> proxy(PoolingKernels.class, others, decider);
      case null, default -> result;
    };
  }

  private Object convolve(Method method, Object[] arguments) throws Throwable {
    var relu = arguments[4] == Rectifier.RELU;
    if (relu && decider.needsSums()) {
      arguments[4] = Rectifier.NONE;
    }
    var result = passOn(method, arguments);
    if (relu) {
      var out = (Tensor) arguments[5];
      decider.signs(sums(out), out);
    }
    return result;
  }

  private Object rectify(Method method, Object[] arguments) throws Throwable {
    // The output may take the input's place.
    var x = sums((Tensor) arguments[0]);
    var result = passOn(method, arguments);
    decider.signs(x, (Tensor) arguments[1]);
    return result;
  }

  private double[] sums(Tensor x) {
    return decider.needsSums() ? x.toDoubles() : new double[0];
  }

  private Object pool(Method method, Object[] arguments) throws Throwable {
    var result = passOn(method, arguments);
    decider.winners(
        (Tensor) arguments[0],
        (SlidingWindow) arguments[1],
        (Tensor) arguments[2],
        (Tensor) arguments[3]);
    return result;
  }

  private Object passOn(Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(kernels, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
