package org.pellucid.bench.paired;

import java.util.ArrayList;
import java.util.List;
import org.pellucid.bench.work.AttentionWork;
import org.pellucid.bench.work.BertWork;
import org.pellucid.bench.work.CnnWork;
import org.pellucid.bench.work.ConvolutionWork;
import org.pellucid.bench.work.ExplanationWork;
import org.pellucid.bench.work.ExplanationWork.Method;
import org.pellucid.bench.work.GraphWork;
import org.pellucid.bench.work.GraphWork.Network;
import org.pellucid.bench.work.HomeworkWork;
import org.pellucid.bench.work.Pass;
import org.pellucid.bench.work.Workload;

/** What the short comparison measures. */
public final class PairedSuite {
  /** Channels in, filters and side of the food classifier's convolutions. */
  private static final int[][] CONVOLUTIONS = {
    {3, 128, 128},
    {128, 128, 128},
    {128, 128, 64},
    {128, 256, 32},
    {256, 256, 32},
    {256, 512, 16},
    {512, 512, 8}
  };

  private static final List<Pass> PASSES = List.of(Pass.FORWARD, Pass.GRADIENT);

  /** Lengths of texts. */
  private static final int[] TOKENS = {32, 128, 384};

  private PairedSuite() {}

  /**
   * All lines in order.
   *
   * @param convolutionBatch images in a single convolution
   */
  public static List<Workload> workloads(int convolutionBatch) {
    var result = new ArrayList<Workload>();
    for (var pass : PASSES) {
      for (var batch : new int[] {1, 8}) {
        result.add(new CnnWork(pass, batch));
      }
    }
    for (var pass : PASSES) {
      for (var shape : CONVOLUTIONS) {
        result.add(new ConvolutionWork(pass, shape[0], shape[1], shape[2], convolutionBatch));
      }
    }
    for (var pass : PASSES) {
      for (var tokens : new int[] {128, 384}) {
        result.add(BertWork.base(pass, 1, tokens));
      }
    }
    for (var pass : PASSES) {
      result.add(new AttentionWork(pass, 1, 12, 384, 64));
    }
    result.add(new ExplanationWork(Method.SMOOTHGRAD, 50));
    result.add(new ExplanationWork(Method.LIME, 1000));
    result.add(new ExplanationWork(Method.INTEGRATED_GRADIENTS, 10));
    result.add(new ExplanationWork(Method.SALIENCY, 1, 10));
    result.add(new ExplanationWork(Method.FILTERS, 5, 10));
    result.add(new HomeworkWork(5));
    result.add(new HomeworkWork(25));
    return result;
  }

  /** Forward passes that a runtime for ONNX graphs does too: our own networks, then the graphs. */
  public static List<Workload> inference() {
    var result = new ArrayList<Workload>();
    for (var batch : new int[] {1, 8}) {
      result.add(new CnnWork(Pass.FORWARD, batch));
    }
    for (var tokens : TOKENS) {
      result.add(BertWork.base(Pass.FORWARD, 1, tokens));
    }
    result.add(BertWork.base(Pass.FORWARD, 8, 128));
    for (var tokens : TOKENS) {
      result.add(BertWork.narrow(Pass.FORWARD, 1, tokens));
    }
    result.add(BertWork.narrow(Pass.FORWARD, 8, 128));
    result.addAll(graphs(Pass.FORWARD));
    return result;
  }

  /** Passes whose memory is measured: forward and with the gradient, one example and eight. */
  public static List<Workload> passes() {
    var result = new ArrayList<Workload>();
    for (var pass : PASSES) {
      for (var batch : new int[] {1, 8}) {
        result.add(new CnnWork(pass, batch));
        result.add(BertWork.base(pass, batch, 128));
        result.add(new GraphWork(pass, Network.RESNET18, batch));
        result.add(new GraphWork(pass, Network.MOBILENET2, batch));
      }
    }
    return result;
  }

  private static List<Workload> graphs(Pass pass) {
    var result = new ArrayList<Workload>();
    for (var network : List.of(Network.FOOD, Network.RESNET18, Network.MOBILENET2)) {
      for (var batch : new int[] {1, 8}) {
        result.add(new GraphWork(pass, network, batch));
      }
    }
    for (var network : List.of(Network.BERT, Network.BERT384)) {
      for (var tokens : TOKENS) {
        result.add(new GraphWork(pass, network, 1, tokens));
      }
      result.add(new GraphWork(pass, network, 8, 128));
    }
    return result;
  }
}
