package org.pellucid.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.method.MethodSelection;
import org.pellucid.explain.method.MethodSelection.Preset;
import org.pellucid.explain.method.Parameter;

/** The declarations of all methods' parameters. */
class MethodsTests {
  private static final Pattern WHOLE_NUMBER =
      Pattern.compile("a whole number from (-?\\d+) (?:on|to (-?\\d+))");
  private static final Pattern NUMBER =
      Pattern.compile("a number from (-?[\\d.E]+) (?:on|to (-?[\\d.E]+)).*");
  private static final Pattern CHOICE = Pattern.compile("one of ([a-z0-9-]+),.*");

  static Stream<Arguments> parameters() {
    return Methods.all().stream()
        .flatMap(
            method ->
                method.parameters().stream()
                    .map(parameter -> Arguments.of(method.name(), parameter.name())));
  }

  private static MethodDescriptor method(String name) {
    return Methods.all().stream().filter(m -> m.name().equals(name)).findFirst().orElseThrow();
  }

  private static Parameter<?> parameter(String method, String name) {
    return method(method).parameters().stream()
        .filter(parameter -> parameter.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static MethodSelection selection(String method, String setting) {
    return MethodSelection.of(
        Methods.all(), List.of(method), List.of(setting), Preset.STANDARD, 10);
  }

  /** Texts that a sentence on what is allowed forbids. */
  private static List<String> wrongTexts(String allowed) {
    if (allowed.contains("of layers")) {
      return List.of("", ",", "a,,b");
    }
    if (allowed.contains("FILTER:ROW:COLUMN")) {
      return List.of("", "-1", "1.5", "1:2", "1:2:-3", "a", "1,", "1,NaN");
    }
    if (allowed.contains("HEIGHTxWIDTH")) {
      return List.of("", "0", "-3", "8x", "x8", "8x0", "2x3x4", "8X8", "1.5", "9999999999");
    }
    if (allowed.endsWith("the name of a layer")) {
      return List.of("", " ");
    }
    var wrong = new ArrayList<>(List.of("", " ", "abc"));
    var whole = WHOLE_NUMBER.matcher(allowed);
    var number = NUMBER.matcher(allowed);
    var choice = CHOICE.matcher(allowed);
    if (whole.matches()) {
      wrong.addAll(List.of("1.5", "NaN", "99999999999999999999"));
      wrong.add(Long.toString(Long.parseLong(whole.group(1)) - 1));
      if (whole.group(2) != null) {
        wrong.add(Long.toString(Long.parseLong(whole.group(2)) + 1));
      }
    } else if (number.matches()) {
      wrong.addAll(List.of("NaN", "Infinity", "-Infinity"));
      wrong.add(Double.toString(Double.parseDouble(number.group(1)) - 1));
      if (number.group(2) != null) {
        wrong.add(Double.toString(Double.parseDouble(number.group(2)) + 1));
      }
    } else if (allowed.equals("a number above 0")) {
      wrong.addAll(List.of("0", "-1", "NaN", "Infinity"));
    } else if (allowed.equals("true or false")) {
      wrong.addAll(List.of("TRUE", "yes", "1"));
    } else {
      assertThat(choice.matches()).as("the sentence '%s' has a known form", allowed).isTrue();
      wrong.addAll(List.of(choice.group(1).toUpperCase(Locale.ROOT), "NaN", choice.group(1) + ","));
    }
    return wrong;
  }

  @ParameterizedTest
  @MethodSource("parameters")
  void refusesWrongTexts(String method, String name) {
    var allowed = parameter(method, name).type().allowed();
    for (var text : wrongTexts(allowed)) {
      assertThatThrownBy(() -> selection(method, method + "." + name + "=" + text))
          .as("%s.%s=%s", method, name, text)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(method + "." + name)
          .hasMessageContaining(allowed);
    }
  }

  @ParameterizedTest
  @MethodSource("parameters")
  void readsBackWhatItWrites(String method, String name) {
    checkTexts(method, parameter(method, name));
  }

  private static <T> void checkTexts(String method, Parameter<T> parameter) {
    var values =
        List.of(
            parameter.standard(), parameter.homework().apply(1), parameter.homework().apply(10));
    for (var value : values) {
      var text = parameter.type().writer().apply(value).toString();
      var read = selection(method, method + "." + parameter.name() + "=" + text);
      assertThat(read.values().get(method(method)).get(parameter)).isEqualTo(value);
    }
  }

  @Test
  void namesWhatIsThereWhereANameIsWrong() {
    assertThatThrownBy(() -> selection("lrp", "lrp.delta=1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lrp has no parameter delta")
        .hasMessageContaining("epsilon");
    assertThatThrownBy(() -> selection("lrp", "lpr.epsilon=1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("lpr")
        .hasMessageContaining("deeplift");
    assertThatThrownBy(() -> selection("lrp", "epsilon=1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("METHOD.PARAMETER=VALUE");
  }

  @Test
  void tellsEverythingThatIsToldOfAMethod() {
    for (var method : Methods.all()) {
      assertThat(method.name()).matches("[a-z0-9-]+");
      assertThat(method.title()).as(method.name()).isNotBlank();
      assertThat(method.sentence()).as(method.name()).endsWith(".");
      assertThat(method.source()).as(method.name()).isNotBlank();
      assertThat(method.guidance().question()).as(method.name()).endsWith("?");
      assertThat(method.guidance().cost()).as(method.name()).contains("pass").endsWith(".");
      assertThat(method.guidance().caution()).as(method.name()).endsWith(".");
      for (var parameter : method.parameters()) {
        assertThat(parameter.name()).matches("[a-z0-9-]+");
        assertThat(parameter.sentence()).as(method.name()).endsWith(".");
      }
    }
  }
}
