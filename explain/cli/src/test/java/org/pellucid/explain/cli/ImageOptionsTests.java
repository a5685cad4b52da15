package org.pellucid.explain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The options on an image's size. */
class ImageOptionsTests {
  private static ImageOptions parsed(String... arguments) {
    var all =
        Stream.concat(Stream.of("--weights", "w", "--images", "i"), Stream.of(arguments))
            .toArray(String[]::new);
    return CommandLine.populateCommand(new ImageOptions(), all);
  }

  private static void check(
      Map<String, Object> preprocessing, Optional<List<Integer>> network, String... arguments) {
    var options = parsed(arguments);
    assertThat(options.preprocessing().asMap()).isEqualTo(preprocessing);
    assertThat(options.networkSize()).isEqualTo(network);
  }

  private static void checkRefused(String message, String... arguments) {
    var options = parsed(arguments);
    assertThatThrownBy(options::preprocessing)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void leaveTheSizeToTheNetwork() {
    check(Map.of(), Optional.empty());
    check(Map.of("fit", "squash"), Optional.empty(), "--resize", "squash");
    check(Map.of("fit", "crop"), Optional.empty(), "--resize", "shorter");
    check(Map.of("fit", "pad"), Optional.empty(), "--resize", "pad");
  }

  @Test
  void giveTheNetworksSize() {
    var size = Optional.of(List.of(64, 48));
    check(Map.of(), size, "--size", "64x48");
    check(Map.of("fit", "crop"), size, "--size", "64x48", "--resize", "shorter");
    check(Map.of("fit", "pad"), size, "--size", "64x48", "--resize", "pad");
    check(Map.of("fit", "crop"), size, "--crop", "64x48");
  }

  @Test
  void cutTheCentreOutAfterResizing() {
    var shorter = Map.<String, Object>of("fit", "crop", "resize", List.of(256));
    var square = Optional.of(List.of(224, 224));
    check(shorter, Optional.empty(), "--size", "256");
    check(shorter, square, "--size", "256", "--crop", "224");
    check(shorter, square, "--size", "256", "--crop", "224x224", "--resize", "shorter");
    check(shorter, square, "--size", "256x300", "--crop", "224x224", "--resize", "shorter");
    check(
        Map.of("fit", "crop", "resize", List.of(256, 300)),
        square,
        "--size",
        "256x300",
        "--crop",
        "224x224",
        "--resize",
        "squash");
  }

  @Test
  void areRefusedWhereTheyContradictEachOther() {
    checkRefused("--resize is 256", "--resize", "256");
    checkRefused("--size is big", "--size", "big");
    checkRefused("--crop cuts off", "--crop", "224", "--resize", "pad");
    checkRefused("--size 256 is a shorter side", "--size", "256", "--resize", "squash");
  }
}
