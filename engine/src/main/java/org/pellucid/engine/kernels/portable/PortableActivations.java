package org.pellucid.engine.kernels.portable;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Tanh;
import org.nd4j.linalg.factory.Nd4j;
import org.pellucid.engine.kernels.ActivationKernels;
import org.pellucid.engine.kernels.ElementFunction;
import org.pellucid.engine.tensor.Tensor;

/** Activation functions. */
final class PortableActivations implements ActivationKernels {

  @Override
  public void relu(Tensor x, Tensor out) {
    Nd4jOperations.relu(x.array(), out.array());
  }

  @Override
  public void reluGradient(Tensor output, Tensor gradient, Tensor out) {
    if (out.elements() > 0) {
      Nd4jOperations.passWherePositive(output.array(), gradient.array(), out.array());
    }
  }

  @Override
  public void gelu(Tensor x, Tensor out) {
    normalDistribution(x.array(), out.array());
    out.array().muli(x.array());
  }

  private static void normalDistribution(INDArray x, INDArray out) {
    x.muli(Math.sqrt(0.5), out);
    Nd4j.exec(new Erf(out, out));
    out.addi(1).muli(0.5);
  }

  @Override
  public void geluGradient(Tensor x, Tensor gradient, Tensor out) {
    try (var density = x.array().mul(x.array())) {
      density.muli(-0.5);
      Nd4j.exec(new Exp(density, density));
      density.muli(1 / Math.sqrt(2 * Math.PI)).muli(x.array());
      normalDistribution(x.array(), out.array());
      out.array().addi(density).muli(gradient.array());
    }
  }

  @Override
  public void tanh(Tensor x, Tensor out) {
    Nd4j.exec(new Tanh(x.array(), out.array()));
  }

  @Override
  public void tanhGradient(Tensor output, Tensor gradient, Tensor out) {
    output.array().muli(output.array(), out.array()).rsubi(1).muli(gradient.array());
  }

  @Override
  public void sigmoid(Tensor x, Tensor out) {
    x.array().muli(-1, out.array());
    Nd4j.exec(new Exp(out.array(), out.array()));
    out.array().addi(1).rdivi(1);
  }

  @Override
  public void sigmoidGradient(Tensor output, Tensor gradient, Tensor out) {
    output.array().rsubi(1, out.array()).muli(output.array()).muli(gradient.array());
  }

  @Override
  public void exp(Tensor x, Tensor out) {
    Nd4j.exec(new Exp(x.array(), out.array()));
  }

  @Override
  public void log(Tensor x, Tensor out) {
    Nd4j.exec(new Log(x.array(), out.array()));
  }

  @Override
  public void logGradient(Tensor x, Tensor gradient, Tensor out) {
    gradient.array().divi(x.array(), out.array());
  }

  @Override
  public void function(ElementFunction f, Tensor x, Tensor out) {
    if (out.elements() > 0) {
      PortableFunctions.apply(f, x.array(), out.array());
    }
  }

  @Override
  public void functionGradient(ElementFunction f, Tensor x, Tensor gradient, Tensor out) {
    if (out.elements() > 0) {
      PortableFunctions.slope(f, x.array(), out.array());
      out.array().muli(gradient.array());
    }
  }
}
