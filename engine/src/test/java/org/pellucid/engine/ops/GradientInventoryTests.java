package org.pellucid.engine.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.engine.autograd.Operation;

/**
 * No operation goes without a test of its gradients: for each class there is a test method beside
 * this one that applies it in an {@link OperationCheck} and checks all its gradients.
 */
class GradientInventoryTests {

  static List<Class<? extends Operation>> operations() throws Exception {
    var folder = Path.of(Add.class.getResource("Add.class").toURI()).getParent();
    var operations = new ArrayList<Class<? extends Operation>>();
    try (var files = Files.list(folder)) {
      for (var file : files.map(f -> f.getFileName().toString()).sorted().toList()) {
        if (file.endsWith(".class") && !file.equals("package-info.class")) {
          var name = Add.class.getPackageName() + "." + file.replace(".class", "");
          var type = Class.forName(name, false, Add.class.getClassLoader());
          if (Operation.class.isAssignableFrom(type) && !type.isInterface()) {
            operations.add(type.asSubclass(Operation.class));
          }
        }
      }
    }
    assertThat(operations).contains(Add.class, Convolution2d.class);
    return operations;
  }

  private static List<String> testMethods() throws IOException {
    var folder = Path.of("src/test/java", Add.class.getPackageName().replace('.', '/'));
    var methods = new ArrayList<String>();
    try (var files = Files.list(folder)) {
      for (var file : files.filter(f -> f.toString().endsWith("Tests.java")).toList()) {
        Stream.of(Files.readString(file).split("(?m)^  (?=@Test|@ParameterizedTest)"))
            .forEach(methods::add);
      }
    }
    return methods;
  }

  @ParameterizedTest
  @MethodSource("operations")
  void everyOperationsGradientsAreChecked(Class<?> operation) throws IOException {
    var call = operation.getSimpleName() + ".";
    assertThat(testMethods())
        .as("a test with OperationCheck.of(… %sapply …) and hasTrueGradients()", call)
        .anyMatch(
            method ->
                method.contains("OperationCheck.of")
                    && method.matches("(?s).*\\b" + operation.getSimpleName() + "\\.\\w+\\(.*")
                    && method.contains(".hasTrueGradients()"));
  }
}
