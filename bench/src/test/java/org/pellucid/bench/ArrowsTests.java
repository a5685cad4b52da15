package org.pellucid.bench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    "org.pellucid.models.nn.., org.pellucid.models.zoo..",
    "org.pellucid.models.nn.., org.pellucid.models.bert..",
    "org.pellucid.models.vision.., org.pellucid.models.bert..",
    "org.pellucid.models.bert.., org.pellucid.models.zoo..",
    "org.pellucid.explain.attribution.., org.pellucid.explain.view..",
    "org.pellucid.explain.perturbation.., org.pellucid.explain.attribution..",
    "org.pellucid.explain.embedding.., org.pellucid.explain.view..",
    "org.pellucid.explain.text.., org.pellucid.explain.view..",
    "org.pellucid.explain.view.., org.pellucid.explain.cli.."
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

  @Test
  void onlyTheCommandLineAndWhatSavesResultsUsesWeightsInExplain() {
    noClasses()
        .that()
        .resideInAPackage("org.pellucid.explain..")
        .and()
        .resideOutsideOfPackages(
            "org.pellucid.explain.cli..",
            "org.pellucid.explain.text..",
            "org.pellucid.explain.view..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.pellucid.weights..")
        .check(classes);
  }

  @Test
  void nobodyUsesAnotherAutomaticDifferentiation() {
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
