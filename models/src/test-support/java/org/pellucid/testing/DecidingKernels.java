package org.pellucid.testing;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import org.pellucid.engine.kernels.Kernels;
import org.pellucid.engine.kernels.Window;
import org.pellucid.engine.tensor.Tensor;

/**
 * Kernels that pass every call on to others, and tell a {@link Decider} of the decisions of those
 * that take some. Layers stay fused, as they are without.
 */
final class DecidingKernels implements InvocationHandler {
  private static final String CONVOLUTION = "convolution";
  private static final String RELU = "relu";
  private static final String MAX_POOL = "maxPool";

  static {
    var names = Arrays.stream(Kernels.class.getMethods()).map(Method::getName).toList();
    if (!names.containsAll(List.of(CONVOLUTION, RELU, MAX_POOL))) {
      throw new AssertionError("The kernels that take decisions have other names: " + names);
    }
  }

  private final Kernels kernels;
  private final Decider decider;

  private DecidingKernels(Kernels kernels, Decider decider) {
    this.kernels = kernels;
    this.decider = decider;
  }

  static Kernels of(Kernels kernels, Decider decider) {
    var handler = new DecidingKernels(kernels, decider);
    var loader = Kernels.class.getClassLoader();
    return (Kernels) Proxy.newProxyInstance(loader, new Class<?>[] {Kernels.class}, handler);
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
    return switch (method.getName()) {
      case CONVOLUTION -> convolve(method, arguments);
      case RELU -> rectify(method, arguments);
      case MAX_POOL -> pool(method, arguments);
      case "forType" -> of((Kernels) passOn(method, arguments), decider);
      default -> passOn(method, arguments);
    };
  }

  private Object convolve(Method method, Object[] arguments) throws Throwable {
    var relu = (boolean) arguments[4];
    if (relu && decider.needsSums()) {
      arguments[4] = false;
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
        (Tensor) arguments[0], (Window) arguments[1], (Tensor) arguments[2], (Tensor) arguments[3]);
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
