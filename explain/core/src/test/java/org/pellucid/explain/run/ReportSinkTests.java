package org.pellucid.explain.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import javax.imageio.ImageIO;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.explain.attribution.IntegratedGradients;
import org.pellucid.explain.attribution.Saliency;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.run.Recipes.Recipe;
import org.pellucid.explain.view.Drawing;
import org.pellucid.explain.view.DrawingForm;
import org.pellucid.explain.view.DrawingStyle;
import org.pellucid.explain.view.Scale;
import org.pellucid.explain.view.Thumbnails;

/** What a report leaves in the folder of a run, while it works and at its end. */
class ReportSinkTests {
  private static final int SIDE = 6;
  private static final List<Method> METHODS =
      List.of(Saliency.standard(), IntegratedGradients.steps(9));

  @TempDir Path directory;

  /** An image and maps of 8-bit numbers, the maps the larger the higher the number. */
  private static ExplainedInput input(String name, int number) {
    var pixels = new float[3 * SIDE * SIDE];
    for (var i = 0; i < pixels.length; i++) {
      pixels[i] = (i * 7 + number) % 256 / 255f;
    }
    var explanations = new ArrayList<Explanation>();
    for (var method : METHODS) {
      var map = new float[SIDE * SIDE];
      for (var i = 0; i < map.length; i++) {
        map[i] = number * (i - (method == METHODS.getFirst() ? 0 : 18)) / 36f;
      }
      explanations.add(
          new Explanation(
              method.name(),
              Values.of(map, SIDE, SIDE),
              method.display(),
              Target.output(1),
              Values.of(new float[] {0, 1}, 2),
              method.parameters().asMap(),
              0,
              0,
              List.of(),
              Map.of(),
              0.5));
    }
    return new ExplainedInput(
        name,
        OptionalInt.of(0),
        Values.of(pixels, 3, SIDE, SIDE),
        Values.of(new float[] {0, 1}, 2),
        Target.output(1),
        explanations);
  }

  private ReportSink sink(ReportOptions options) {
    var wording =
        new ReportSink.Wording("Title", "Sub", "Foot", List.of(), output -> "class " + output);
    return new ReportSink(directory, wording, METHODS, options);
  }

  private void run(ReportOptions options, ExplainedInput... inputs) {
    try (var sink = sink(options)) {
      for (var input : inputs) {
        new ResultFiles(directory).accept(input);
        sink.accept(input);
      }
      sink.finish(new RunSummary(inputs.length, 0, 1));
    }
  }

  private static int[] pixels(Path file) throws IOException {
    return pixels(ImageIO.read(file.toFile()));
  }

  private static int[] pixels(BufferedImage image) {
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }

  @Test
  void growsWithEachInputAndSaysHowItEnds() throws Exception {
    var index = directory.resolve("index.html");
    try (var sink = sink(ReportOptions.standard().withImages(3))) {
      assertThat(Files.readString(index)).contains("\"images\":3").doesNotContain("3_5/index.html");
      sink.accept(input("3_5", 1));
      assertThat(Files.readString(index)).contains("3_5/index.html", "3_5/thumbnails.png");
      sink.fail("broken", "The file is empty.");
      assertThat(Files.readString(index))
          .contains("The file is empty.")
          .doesNotContain("\"finished\":");
    }
    assertThat(Files.readString(index)).contains("\"finished\":false");
    var written = directory.resolve("3_5");
    assertThat(written.toFile().list())
        .containsExactlyInAnyOrder(
            "image.png",
            "index.html",
            "thumbnails.png",
            "saliency.png",
            "integrated-gradients.png");
    var thumbnails = ImageIO.read(written.resolve("thumbnails.png").toFile());
    assertThat(thumbnails.getWidth()).isEqualTo(3 * Thumbnails.SIDE);
    assertThat(pixels(written.resolve("saliency.png")))
        .isEqualTo(
            pixels(
                Drawing.of(input("x", 1).explanations().getFirst(), input("x", 1).input())
                    .withLegend()
                    .pixels()));
  }

  @Test
  void endsTheSameAfterAnInterruption() throws Exception {
    var options = ReportOptions.standard().withImages(2).withSheets(true);
    var files = List.of("index.html", "b/index.html", "b/saliency.png", "sheet-1.png");
    run(options, input("a", 1), input("b", 2));
    var undisturbed = new ArrayList<byte[]>();
    for (var file : files) {
      undisturbed.add(Files.readAllBytes(directory.resolve(file)));
    }
    try (var sink = sink(options)) {
      sink.accept(input("a", 1));
    }
    assertThat(Files.readAllBytes(directory.resolve("index.html")))
        .isNotEqualTo(undisturbed.getFirst());
    try (var sink = sink(options)) {
      sink.restore(input("a", 1));
      sink.accept(input("b", 2));
      sink.finish(new RunSummary(2, 0, 1));
    }
    for (var i = 0; i < files.size(); i++) {
      assertThat(directory.resolve(files.get(i))).hasBinaryContent(undisturbed.get(i));
    }
  }

  @Test
  void drawsEverythingOnOneScaleAtTheEnd() throws Exception {
    var style = DrawingStyle.standard().withForm(DrawingForm.OVERLAY);
    run(
        ReportOptions.standard().withStyle(style).shared(true).withSheets(true),
        input("a", 1),
        input("b", 4),
        input("c", 2));
    for (var method : List.of(0, 1)) {
      var explanation = input("a", 1).explanations().get(method);
      var largest = input("b", 4).explanations().get(method);
      var shared = style.withScale(new Scale.Shared(style.reach(largest), 3));
      assertThat(pixels(directory.resolve("a/" + explanation.method() + ".png")))
          .isEqualTo(
              pixels(Drawing.of(explanation, input("a", 1).input(), shared).withLegend().pixels()));
    }
    assertThat(directory.resolve("sheet-1.png")).exists();
  }

  @Test
  void beginsANewSheetAfterTwelveImages() throws Exception {
    var inputs = new ExplainedInput[13];
    for (var i = 0; i < inputs.length; i++) {
      inputs[i] = input("i" + i, i + 1);
    }
    Files.writeString(directory.resolve("sheet-3.png"), "of an earlier run");
    run(ReportOptions.standard().withSheets(true), inputs);
    var first = ImageIO.read(directory.resolve("sheet-1.png").toFile());
    var second = ImageIO.read(directory.resolve("sheet-2.png").toFile());
    assertThat(first.getWidth()).isEqualTo(second.getWidth());
    assertThat(first.getHeight()).isGreaterThan(11 * second.getHeight() / 2);
    assertThat(directory.resolve("sheet-3.png")).doesNotExist();
  }

  @Test
  void linksNamesOfAnyLetters() throws Exception {
    var name = "sub/é #1 <b> ملف 🍜";
    run(ReportOptions.standard(), input(name, 1));
    assertThat(Files.readString(directory.resolve("index.html")))
        .contains("\"name\":\"sub/é #1 \\u003cb> ملف 🍜\"", "sub/%C3%A9%20%231%20%3Cb%3E%20%D9%85")
        .doesNotContain("<b>");
    assertThat(Files.readString(directory.resolve(name).resolve("index.html")))
        .contains("\"report\":\"../../index.html\"");
  }

  @Test
  void givesLinesOfJavaThatCompile() throws Exception {
    var options =
        ReportOptions.standard()
            .withRecipes(
                name -> Optional.of(new Recipe("./pellucid …", "a \"b\" \\", "c.png", true)));
    run(options, input("one", 1));
    var lines =
        JavaLines.of(
            input("one", 1).explanations().get(1),
            METHODS.get(1),
            new Recipe("", "a \"b\" \\", "c.png", true));
    assertThat(lines)
        .contains("List.of(\"integrated-gradients.steps=9\")", "Target.parse(\"output:1\")");
    assertThat(JavaLines.settings(METHODS.getFirst())).isEmpty();
    var source = Files.writeString(directory.resolve("Again.java"), lines);
    var code =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                directory + File.separator + "classes",
                source.toString());
    assertThat(code).isZero();
  }
}
