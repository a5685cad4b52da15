package org.pellucid.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.pellucid.explain.attribution.AttentionRelevance;
import org.pellucid.explain.attribution.BlurIntegratedGradients;
import org.pellucid.explain.attribution.Deconvolution;
import org.pellucid.explain.attribution.DeepLift;
import org.pellucid.explain.attribution.Gradient;
import org.pellucid.explain.attribution.GradientShap;
import org.pellucid.explain.attribution.GuidedBackprop;
import org.pellucid.explain.attribution.GuidedIntegratedGradients;
import org.pellucid.explain.attribution.InputTimesGradient;
import org.pellucid.explain.attribution.IntegratedGradients;
import org.pellucid.explain.attribution.LayerwiseRelevance;
import org.pellucid.explain.attribution.Saliency;
import org.pellucid.explain.attribution.SmoothGrad;
import org.pellucid.explain.attribution.Xrai;
import org.pellucid.explain.attribution.cam.AblationCam;
import org.pellucid.explain.attribution.cam.EigenCam;
import org.pellucid.explain.attribution.cam.GradCam;
import org.pellucid.explain.attribution.cam.GradCamPlusPlus;
import org.pellucid.explain.attribution.cam.GuidedGradCam;
import org.pellucid.explain.attribution.cam.HiResCam;
import org.pellucid.explain.attribution.cam.LayerCam;
import org.pellucid.explain.attribution.cam.ScoreCam;
import org.pellucid.explain.attribution.cam.XGradCam;
import org.pellucid.explain.attribution.layer.InternalInfluence;
import org.pellucid.explain.attribution.layer.LayerConductance;
import org.pellucid.explain.attribution.layer.LayerIntegratedGradients;
import org.pellucid.explain.features.Filters;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.method.MethodDescriptor.TextInput;
import org.pellucid.explain.method.MethodProvider;
import org.pellucid.explain.perturbation.Ablation;
import org.pellucid.explain.perturbation.KernelShap;
import org.pellucid.explain.perturbation.Lime;
import org.pellucid.explain.perturbation.Occlusion;
import org.pellucid.explain.perturbation.Rise;
import org.pellucid.explain.perturbation.ShapleySampling;

/** The list of all methods: the built-in ones, and those that {@link MethodProvider}s offer. */
public final class Methods {
  private static final List<MethodDescriptor> BUILT_IN =
      List.of(
          Lime.DESCRIPTOR,
          KernelShap.DESCRIPTOR,
          ShapleySampling.DESCRIPTOR,
          Ablation.DESCRIPTOR,
          Occlusion.DESCRIPTOR,
          Rise.DESCRIPTOR,
          Xrai.DESCRIPTOR,
          Saliency.DESCRIPTOR,
          InputTimesGradient.DESCRIPTOR,
          SmoothGrad.DESCRIPTOR,
          Filters.DESCRIPTOR,
          IntegratedGradients.DESCRIPTOR,
          DeepLift.DESCRIPTOR,
          LayerwiseRelevance.DESCRIPTOR,
          AttentionRelevance.DESCRIPTOR,
          GuidedBackprop.DESCRIPTOR,
          Deconvolution.DESCRIPTOR,
          GradCam.DESCRIPTOR,
          GradCamPlusPlus.DESCRIPTOR,
          HiResCam.DESCRIPTOR,
          LayerCam.DESCRIPTOR,
          XGradCam.DESCRIPTOR,
          ScoreCam.DESCRIPTOR,
          AblationCam.DESCRIPTOR,
          EigenCam.DESCRIPTOR,
          GuidedGradCam.DESCRIPTOR,
          GradientShap.DESCRIPTOR,
          GuidedIntegratedGradients.DESCRIPTOR,
          BlurIntegratedGradients.DESCRIPTOR,
          LayerIntegratedGradients.DESCRIPTOR,
          LayerConductance.DESCRIPTOR,
          InternalInfluence.DESCRIPTOR);

  private static final List<MethodDescriptor> USUAL =
      List.of(
          Lime.DESCRIPTOR,
          Saliency.DESCRIPTOR,
          SmoothGrad.DESCRIPTOR,
          Filters.DESCRIPTOR,
          IntegratedGradients.DESCRIPTOR);

  private Methods() {}

  /** The methods of a run that chooses none: the homework's five. */
  public static List<MethodDescriptor> usual() {
    return USUAL;
  }

  /**
   * The methods that explain texts too.
   *
   * @throws IllegalStateException if two methods have the same name
   */
  public static List<MethodDescriptor> ofTexts() {
    return all().stream().filter(method -> method.texts() != TextInput.NONE).toList();
  }

  /**
   * The methods for arrays of any meaning, such as tables and signals: all, and the gradient
   * itself.
   *
   * @throws IllegalStateException if two methods have the same name
   */
  public static List<MethodDescriptor> ofArrays() {
    var methods = new ArrayList<>(all());
    methods.addFirst(Gradient.DESCRIPTOR);
    return List.copyOf(methods);
  }

  /** The methods that come with the library, in the order of the reports. */
  public static List<MethodDescriptor> builtIn() {
    return BUILT_IN;
  }

  /**
   * All methods of this program.
   *
   * @throws IllegalStateException if two of them have the same name
   */
  public static List<MethodDescriptor> all() {
    var all = new ArrayList<>(BUILT_IN);
    for (var provider : ServiceLoader.load(MethodProvider.class)) {
      all.addAll(provider.methods());
    }
    for (var i = 0; i < all.size(); i++) {
      for (var j = 0; j < i; j++) {
        if (all.get(i).name().equals(all.get(j).name())) {
          throw new IllegalStateException(
              "Two methods are named %s; remove one from the class path."
                  .formatted(all.get(i).name()));
        }
      }
    }
    return List.copyOf(all);
  }
}
