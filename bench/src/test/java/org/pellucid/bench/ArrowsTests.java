package org.pellucid.bench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Data flows one way: weights, models, engine, explain, view; no package looks back. */
class ArrowsTests {
  private static JavaClasses classes;

  @BeforeAll
  static void read() {
    classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.pellucid");
  }

  @ParameterizedTest
  @CsvSource({
    "org.pellucid.engine.., org.pellucid.weights..",
    "org.pellucid.engine.., org.pellucid.models..",
    "org.pellucid.engine.., org.pellucid.explain..",
    "org.pellucid.weights.., org.pellucid.engine..",
    "org.pellucid.weights.., org.pellucid.models..",
    "org.pellucid.weights.., org.pellucid.explain..",
    "org.pellucid.models.., org.pellucid.explain..",
    "org.pellucid.engine.tensor.., org.pellucid.engine.kernels..",
    "org.pellucid.engine.tensor.., org.pellucid.engine.autograd..",
    "org.pellucid.engine.kernels.., org.pellucid.engine.ops..",
    "org.pellucid.engine.kernels.., org.pellucid.engine.autograd..",
    "org.pellucid.engine.kernels.portable.., org.pellucid.engine.kernels.vector..",
    "org.pellucid.engine.autograd.., org.pellucid.engine.ops..",
    "org.pellucid.engine.ops.., org.pellucid.engine.kernels.vector..",
    "org.pellucid.engine.ops.., org.pellucid.engine.kernels.portable..",
    "org.pellucid.weights, org.pellucid.weights.*..",
    "org.pellucid.weights.archive.., org.pellucid.weights.numpy..",
    "org.pellucid.weights.archive.., org.pellucid.weights.pytorch..",
    "org.pellucid.weights.files.., org.pellucid.weights.convert..",
    "org.pellucid.weights.files.., org.pellucid.weights.inspect..",
    "org.pellucid.weights.inspect.., org.pellucid.weights.convert..",
    "org.pellucid.models.nn.., org.pellucid.models.zoo..",
    "org.pellucid.models.nn.., org.pellucid.models.bert..",
    "org.pellucid.models.vision.., org.pellucid.models.bert..",
    "org.pellucid.models.bert.., org.pellucid.models.zoo..",
    "org.pellucid.models.text.., org.pellucid.models.zoo..",
    "org.pellucid.models.bert.., org.pellucid.models.text..",
    "org.pellucid.models.onnx.., org.pellucid.models.text..",
    "org.pellucid.models.onnx.., org.pellucid.models.zoo..",
    "org.pellucid.models.onnx.., org.pellucid.models.bert..",
    "org.pellucid.models.onnx.., org.pellucid.models.nn..",
    "org.pellucid.explain.attribution.., org.pellucid.explain.view..",
    "org.pellucid.explain.evaluation.., org.pellucid.explain.method..",
    "org.pellucid.explain.method.., org.pellucid.explain.attribution..",
    "org.pellucid.explain.perturbation.., org.pellucid.explain.attribution..",
    "org.pellucid.explain.segmentation.., org.pellucid.explain.perturbation..",
    "org.pellucid.explain.segmentation.., org.pellucid.explain.attribution..",
    "org.pellucid.explain.text.., org.pellucid.explain.view..",
    "org.pellucid.explain.view.., org.pellucid.explain.run..",
    "org.pellucid.explain.run.., org.pellucid.explain.cli..",
    "org.pellucid.explain.run.., org.pellucid.explain.server..",
    "org.pellucid.explain.server.., org.pellucid.explain.cli..",
    "org.pellucid.explain.server.http.., org.pellucid.explain.text..",
    "org.pellucid.explain.server.http.., org.pellucid.explain.search..",
    "org.pellucid.explain.server.http.., org.pellucid.models..",
    "org.pellucid.explain.text.., org.pellucid.explain.search..",
    "org.pellucid.explain.view.., org.pellucid.explain.search..",
    "org.pellucid.explain.search.., org.pellucid.explain.run..",
    "org.pellucid.explain.search.., org.pellucid.explain.server..",
    "org.pellucid.explain.search.., org.pellucid.explain.cli.."
  })
  void pointsOneWay(String from, String to) {
    noClasses()
        .that()
        .resideInAPackage(from)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(to)
        .check(classes);
  }

  /** Every package is a slice of its own, those that hold others too. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "org.pellucid.engine",
        "org.pellucid.weights",
        "org.pellucid.models",
        "org.pellucid.explain"
      })
  void formsNoCircleOfPackages(String module) {
    slices().assignedFrom(new PackagesOf(module)).should().beFreeOfCycles().check(classes);
  }

  private record PackagesOf(String module) implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
      var name = javaClass.getPackageName();
      return name.equals(module) || name.startsWith(module + ".")
          ? SliceIdentifier.of(name)
          : SliceIdentifier.ignore();
    }

    @Override
    public String getDescription() {
      return "packages of " + module;
    }
  }

  /** Archives are what several formats share; otherwise a format knows the data model alone. */
  @ParameterizedTest
  @ValueSource(strings = {"pytorch", "safetensors", "tensorflow", "onnx", "numpy"})
  void aWeightFormatKnowsNoOther(String format) {
    classes()
        .that()
        .resideInAPackage("org.pellucid.weights." + format + "..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "org.pellucid.weights",
            "org.pellucid.weights.archive..",
            "org.pellucid.weights." + format + "..",
            "java..",
            "com.fasterxml.jackson..",
            "com.google.protobuf..")
        .check(classes);
  }

  /** What computes neither reads nor writes files and draws no pages. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "evaluation",
        "attention",
        "attribution",
        "segmentation",
        "perturbation",
        "features",
        "embedding",
        "metrics"
      })
  void aMethodKnowsNothingOfFilesAndPages(String methods) {
    noClasses()
        .that()
        .resideInAPackage("org.pellucid.explain." + methods + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.pellucid.weights..",
            "org.pellucid.explain.view..",
            "org.pellucid.explain.run..",
            "org.pellucid.explain.text..")
        .check(classes);
  }

  @Test
  void onlyTheClassifiersOpenerKnowsFood() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("org.pellucid.models.zoo.ClassifierFiles")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("org.pellucid.models.zoo.FoodClasses")
        .check(classes);
  }

  @Test
  void usesNoOtherAutomaticDifferentiation() {
    noClasses()
        .that()
        .resideInAPackage("org.pellucid..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.nd4j.autodiff..")
        .check(classes);
  }

  @Test
  void operationsDontTouchHostMemory() {
    noClasses()
        .that()
        .resideInAPackage("org.pellucid.engine.ops..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.lang.foreign..")
        .check(classes);
  }
}
