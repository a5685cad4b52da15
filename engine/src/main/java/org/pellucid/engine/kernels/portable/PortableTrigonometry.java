package org.pellucid.engine.kernels.portable;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.floating.Sqrt;
import org.nd4j.linalg.api.ops.impl.transforms.strict.ACos;
import org.nd4j.linalg.api.ops.impl.transforms.strict.ACosh;
import org.nd4j.linalg.api.ops.impl.transforms.strict.ASin;
import org.nd4j.linalg.api.ops.impl.transforms.strict.ASinh;
import org.nd4j.linalg.api.ops.impl.transforms.strict.ATan;
import org.nd4j.linalg.api.ops.impl.transforms.strict.ATanh;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Cos;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Cosh;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sinh;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Tan;
import org.nd4j.linalg.factory.Nd4j;
import org.pellucid.engine.kernels.ElementFunction.Trigonometric;

/** Functions of angles and of the hyperbola with their slopes, each written to {@code out}. */
final class PortableTrigonometry {
  private PortableTrigonometry() {}

  static void apply(Trigonometric f, INDArray x, INDArray out) {
    Nd4j.exec(
        switch (f) {
          case TANGENT -> new Tan(x, out);
          case ARC_SINE -> new ASin(x, out);
          case ARC_COSINE -> new ACos(x, out);
          case ARC_TANGENT -> new ATan(x, out);
          case HYPERBOLIC_SINE -> new Sinh(x, out);
          case HYPERBOLIC_COSINE -> new Cosh(x, out);
          case INVERSE_HYPERBOLIC_SINE -> new ASinh(x, out);
          case INVERSE_HYPERBOLIC_COSINE -> new ACosh(x, out);
          case INVERSE_HYPERBOLIC_TANGENT -> new ATanh(x, out);
        });
  }

  static void slope(Trigonometric f, INDArray x, INDArray out) {
    switch (f) {
      case TANGENT -> {
        Nd4j.exec(new Cos(x, out));
        out.muli(out).rdivi(1);
      }
      case ARC_SINE -> inverseRoot(x, -1, 1, out);
      case ARC_COSINE -> {
        inverseRoot(x, -1, 1, out);
        out.negi();
      }
      case ARC_TANGENT -> {
        x.muli(x, out);
        out.addi(1).rdivi(1);
      }
      case HYPERBOLIC_SINE -> Nd4j.exec(new Cosh(x, out));
      case HYPERBOLIC_COSINE -> Nd4j.exec(new Sinh(x, out));
      case INVERSE_HYPERBOLIC_SINE -> inverseRoot(x, 1, 1, out);
      case INVERSE_HYPERBOLIC_COSINE -> inverseRoot(x, 1, -1, out);
      case INVERSE_HYPERBOLIC_TANGENT -> {
        x.muli(x, out);
        out.rsubi(1).rdivi(1);
      }
    }
  }

  /** {@code 1 / √(sign · x² + offset)}. */
  private static void inverseRoot(INDArray x, double sign, double offset, INDArray out) {
    x.muli(x, out);
    out.muli(sign).addi(offset);
    Nd4j.exec(new Sqrt(out, out));
    out.rdivi(1);
  }
}
