package org.pellucid.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.method.MethodDescriptor.TextInput;
import org.pellucid.explain.method.Parameter;

/** The documentation's table of methods says what their descriptors say. */
class MethodsTableTests {
  private static final String BEGIN = "<!-- begin of the methods' table -->\n";
  private static final String END = "<!-- end of the methods' table -->\n";

  /** The homework explained ten images at a time. */
  private static final int HOMEWORK_INPUTS = 10;

  @Test
  void documentsEveryMethodAsItIsDescribed() throws IOException {
    var file = Path.of(System.getProperty("pellucid.root"), "docs/methods.md");
    var text = Files.readString(file);
    var begin = text.indexOf(BEGIN);
    var end = text.indexOf(END);
    assertThat(begin >= 0 && end > begin).as("%s marks the table", file).isTrue();
    assertThat(text.substring(begin + BEGIN.length(), end))
        .as("the table in %s; put the expected text in its place", file)
        .isEqualTo(table());
  }

  private static String table() {
    return Methods.builtIn().stream()
        .map(MethodsTableTests::rows)
        .collect(
            Collectors.joining(
                "",
                """
                | method | what it shows; its parameters | values | default | homework | texts |
                |---|---|---|---|---|---|
                """,
                ""));
  }

  private static String rows(MethodDescriptor method) {
    var standard = method.standard().asMap();
    var homework = method.homework(HOMEWORK_INPUTS).asMap();
    var guidance = method.guidance();
    var title =
        "| **`%s`** | **%s.** %s *%s*<br>**Answers:** %s **Costs:** %s **Misleads:** %s | | | | %s |\n"
            .formatted(
                method.name(),
                method.title(),
                method.sentence(),
                method.source(),
                guidance.question(),
                guidance.cost(),
                guidance.caution(),
                method.texts() == TextInput.NONE ? "" : "yes");
    var texts = method.ofTexts().asMap();
    return method.parameters().stream()
        .map(parameter -> row(parameter, standard, homework, texts))
        .collect(Collectors.joining("", title, ""));
  }

  private static String row(
      Parameter<?> parameter,
      Map<String, Object> standard,
      Map<String, Object> homework,
      Map<String, Object> texts) {
    var usual = text(standard.get(parameter.name()));
    var own = text(homework.get(parameter.name()));
    var ofTexts = text(texts.get(parameter.name()));
    return "| `%s` | %s | %s | %s | %s | %s |\n"
        .formatted(
            parameter.name(),
            parameter.sentence(),
            parameter.type().allowed(),
            usual,
            own.equals(usual) ? "" : own,
            ofTexts.equals(usual) ? "" : ofTexts);
  }

  /** The largest number stands for no limit. */
  private static String text(Object value) {
    return value.equals(Integer.MAX_VALUE) ? "no limit" : value.toString();
  }
}
