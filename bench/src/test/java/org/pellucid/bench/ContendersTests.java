package org.pellucid.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.bench.contender.Contender;
import org.pellucid.bench.contender.Contenders;
import org.pellucid.bench.graph.GraphFile;
import org.pellucid.bench.work.Agreement;
import org.pellucid.bench.work.AttentionWork;
import org.pellucid.bench.work.BertWork;
import org.pellucid.bench.work.CnnWork;
import org.pellucid.bench.work.ConvolutionWork;
import org.pellucid.bench.work.DoubleReference;
import org.pellucid.bench.work.ElementwiseWork;
import org.pellucid.bench.work.ExplanationWork;
import org.pellucid.bench.work.ExplanationWork.Method;
import org.pellucid.bench.work.FoodParameters;
import org.pellucid.bench.work.GraphWork;
import org.pellucid.bench.work.GraphWork.Network;
import org.pellucid.bench.work.HomeworkWork;
import org.pellucid.bench.work.Pass;
import org.pellucid.bench.work.ProductWork;
import org.pellucid.bench.work.Workload;
import org.pellucid.engine.Engine;
import org.pellucid.engine.kernels.portable.PortableKernels;
import org.pellucid.models.bert.BertConfig;
import org.pellucid.models.onnx.NumericArray;
import org.pellucid.models.onnx.OnnxModel;

/**
 * Every contender of this build answers every workload as the portable kernels do; the profile
 * {@code rivals} brings more of them.
 */
@Tag("numeric")
class ContendersTests {
  private static final BertConfig SMALL_BERT =
      new BertConfig(50, 32, 2, 4, 64, 16, 2, 1e-12, "gelu", 0, List.of());

  private static final Map<String, Contender> CONTENDERS = new HashMap<>();

  @BeforeAll
  static void open() {
    Contenders.names().forEach(name -> CONTENDERS.put(name, Contenders.open(name, 2)));
  }

  @AfterAll
  static void close() {
    CONTENDERS.values().forEach(Contender::close);
    CONTENDERS.clear();
  }

  static Stream<Workload> workloads() {
    return Stream.of(
            Stream.of(Pass.values())
                .flatMap(
                    pass ->
                        Stream.of(
                            new ConvolutionWork(pass, 3, 17, 7, 2),
                            new ConvolutionWork(pass, 16, 32, 12, 3),
                            new BertWork(pass, SMALL_BERT, 2, 5))),
            Stream.of(Pass.FORWARD, Pass.GRADIENT)
                .flatMap(
                    pass ->
                        Stream.of(
                            new AttentionWork(pass, 2, 3, 7, 8), new ProductWork(pass, 5, 7, 11))),
            Stream.of(ElementwiseWork.Kind.values()).map(kind -> new ElementwiseWork(kind, 5, 33)),
            Stream.of(
                new CnnWork(Pass.FORWARD, 1), new GraphWork(Pass.FORWARD, Network.RESNET18, 1)))
        .flatMap(workload -> workload);
  }

  @ParameterizedTest
  @MethodSource("workloads")
  void answerAsThePortableKernelsDo(Workload workload) {
    float[] expected;
    try (var task = CONTENDERS.get(Contenders.PORTABLE).prepare(workload).orElseThrow()) {
      expected = task.answer();
    }
    CONTENDERS.forEach((name, contender) -> check(workload, name, contender, expected));
  }

  static Stream<Workload> networks() {
    return Stream.of(
        new CnnWork(Pass.GRADIENT, 1),
        new CnnWork(Pass.WEIGHTS, 1),
        new ExplanationWork(Method.SMOOTHGRAD, 1),
        new ExplanationWork(Method.INTEGRATED_GRADIENTS, 2),
        new ExplanationWork(Method.LIME, 2),
        new ExplanationWork(Method.SALIENCY, 1, 2),
        new ExplanationWork(Method.FILTERS, 1, 2),
        new GraphWork(Pass.FORWARD, Network.MOBILENET2, 1),
        new HomeworkWork(1));
  }

  /** Not by the portable kernels, which would take too long. */
  @ParameterizedTest
  @MethodSource("networks")
  void answerAsTheVectorKernelsDo(Workload workload) {
    assumeTrue(CONTENDERS.containsKey(Contenders.VECTOR), "no module jdk.incubator.vector");
    float[] expected;
    try (var task = CONTENDERS.get(Contenders.VECTOR).prepare(workload).orElseThrow()) {
      expected = task.answer();
    }
    assertThat(expected).doesNotContain(Float.NaN);
    CONTENDERS.forEach(
        (name, contender) -> {
          if (!name.startsWith("pellucid")) {
            check(workload, name, contender, expected);
          }
        });
  }

  private static void check(Workload workload, String name, Contender contender, float[] expected) {
    contender
        .prepare(workload)
        .ifPresent(
            prepared -> {
              try (var task = prepared) {
                task.before();
                task.run();
                Agreement.check(workload, name, task.answer(), "reference", expected);
              }
            });
  }

  /** The graph has the same weights as the network of our own, and what is masked isn't seen. */
  @Test
  void aGraphOfBertAnswersAsBertDoes() {
    var work = new BertWork(Pass.FORWARD, SMALL_BERT, 2, 5);
    try (var task = CONTENDERS.get(Contenders.PORTABLE).prepare(work).orElseThrow();
        var file = GraphFile.bert(SMALL_BERT);
        var model = OnnxModel.open(file.path());
        var engine = new Engine(new PortableKernels())) {
      var ids = Arrays.stream(work.ids()).asLongStream().toArray();
      var padded = Arrays.copyOf(ids, 2 * 7);
      System.arraycopy(ids, 5, padded, 7, 5);
      var mask = new long[] {1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 0, 0};
      var outputs =
          model.run(
              engine,
              Map.of(
                  GraphFile.IDS, NumericArray.of(padded, 2, 7),
                  GraphFile.SEGMENTS, NumericArray.of(new long[14], 2, 7),
                  GraphFile.MASK, NumericArray.of(mask, 2, 7)));
      var all = outputs.get(GraphFile.HIDDEN).values();
      var answer = new float[2 * 5 * 32];
      for (var i = 0; i < answer.length; i++) {
        answer[i] = (float) all[i / (5 * 32) * 7 * 32 + i % (5 * 32)];
      }
      Agreement.check(work, "the graph", answer, "the network", task.answer());
    }
  }

  /** The reference is written as loops of its own, so it checks the workload and is checked. */
  @ParameterizedTest
  @EnumSource(
      value = Pass.class,
      names = {"FORWARD", "GRADIENT"})
  void directSumsStayBelowAMillionthFromDoublePrecision(Pass pass) {
    var work = new ConvolutionWork(pass, 5, 7, 9, 2);
    try (var task = CONTENDERS.get(Contenders.PORTABLE).prepare(work).orElseThrow()) {
      assertThat(DoubleReference.relativeError(work, task.answer())).isBetween(1e-9, 1e-6);
    }
  }

  @Test
  void differencesAreFound() {
    var work = new ProductWork(Pass.FORWARD, 1, 1, 2);
    var reference = new float[] {1, 2};
    assertThatCode(() -> Agreement.check(work, "a", new float[] {1, 2.00001f}, "b", reference))
        .doesNotThrowAnyException();
    for (var wrong : List.of(new float[] {1, 2.001f}, new float[] {1, Float.NaN}, new float[1])) {
      assertThatThrownBy(() -> Agreement.check(work, "a", wrong, "b", reference))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("product-forward-1-1-2: a");
    }
  }

  @Test
  void anUnknownContenderIsNamed() {
    assertThatThrownBy(() -> Contenders.open("tensorflow", 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tensorflow");
  }

  @Test
  void vectorsAreRefusedWithoutTheirModule() {
    var missing = ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty();
    assertThat(Contenders.names().contains(Contenders.VECTOR)).isNotEqualTo(missing);
    assumeTrue(missing, "the module jdk.incubator.vector is there");
    assertThatThrownBy(() -> Contenders.open(Contenders.VECTOR, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--add-modules jdk.incubator.vector");
  }

  /** In double precision, (W·x + b − μ)·γ/√(σ² + ε) + β is W'·x + b'. */
  @Test
  void foldingKeepsTheSum() {
    var plain = FoodParameters.read();
    var folded = FoodParameters.folded();
    var scale =
        plain.get("cnn.1.weight").values()[5]
            / Math.sqrt(plain.get("cnn.1.running_var").values()[5] + FoodParameters.EPSILON);
    var shifted = plain.get("cnn.0.bias").values()[5] - plain.get("cnn.1.running_mean").values()[5];
    assertThat((double) folded.get("cnn.0.bias").values()[5])
        .isCloseTo(shifted * scale + plain.get("cnn.1.bias").values()[5], within(1e-6));
    assertThat((double) folded.get("cnn.0.weight").values()[5 * 27 + 3])
        .isCloseTo(plain.get("cnn.0.weight").values()[5 * 27 + 3] * scale, within(1e-6));
  }
}
