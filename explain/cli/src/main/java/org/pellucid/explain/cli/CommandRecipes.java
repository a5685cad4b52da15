package org.pellucid.explain.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.pellucid.explain.run.Recipes;
import org.pellucid.models.vision.ImageFile;

/** The command of a run for one of its images alone. */
final class CommandRecipes implements Recipes {
  private static final Pattern PLAIN = Pattern.compile("[\\w./:=,+@%-]+");
  private static final String IMAGES = "--images";
  private static final String RESUME = "--resume";

  /** What lines of Java repeat, or what changes no result. */
  private static final Set<String> REPEATED =
      Set.of(
          IMAGES,
          "--weights",
          "--out",
          "--methods",
          "--metrics",
          "--target",
          "--seed",
          "--batch",
          "--set",
          "--display",
          "--opacity",
          "--clip",
          "--scale",
          "--colours",
          "--sheet",
          "--progress",
          "--verbose",
          "--threads",
          "--memory",
          "--recursive",
          RESUME);

  private final List<String> arguments;
  private final String weights;
  private final Map<String, Path> files;

  /**
   * Recipes of a run.
   *
   * @param arguments of the command
   * @param files all images of the run
   */
  CommandRecipes(List<String> arguments, String weights, List<ImageFile> files) {
    this.arguments = arguments;
    this.weights = weights;
    this.files =
        files.stream().collect(Collectors.toMap(ImageFile::name, ImageFile::path, (a, _) -> a));
  }

  @Override
  public Optional<Recipe> of(String name) {
    return Optional.ofNullable(files.get(name))
        .map(
            file ->
                new Recipe(
                    command(file.toString()), weights, file.toString(), hasMoreThanRepeated()));
  }

  private boolean hasMoreThanRepeated() {
    return arguments.stream()
        .filter(argument -> argument.startsWith("--"))
        .anyMatch(argument -> !REPEATED.contains(argument.split("=", 2)[0]));
  }

  /** The command with one image in place of all, as if the run had never been interrupted. */
  private String command(String file) {
    var words = new ArrayList<String>();
    words.add("./pellucid");
    var isImage = false;
    for (var argument : arguments) {
      if (argument.equals(RESUME)) {
        isImage = false;
      } else if (argument.startsWith("-")) {
        isImage = argument.equals(IMAGES) || argument.startsWith(IMAGES + "=");
        if (isImage) {
          words.add(IMAGES);
          words.add(quoted(file));
        } else {
          words.add(quoted(argument));
        }
      } else if (!isImage) {
        words.add(quoted(argument));
      }
    }
    return String.join(" ", words);
  }

  /** A word as a shell takes it. */
  private static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
