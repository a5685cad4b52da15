package org.pellucid.explain.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.models.vision.ImageFile;
import org.pellucid.models.vision.ImageFiles;
import org.pellucid.models.vision.Interpolation;
import org.pellucid.models.vision.Preprocessing;
import org.pellucid.models.vision.PreprocessingOptions;
import org.pellucid.models.zoo.ClassifierOptions;
import org.pellucid.models.zoo.ImageClassifier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which network and which images, and how images become the network's input. */
final class ImageOptions {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,5})(?:x(\\d{1,5}))?");

  /** Cutting the centre out, in the description of preprocessing. */
  private static final String CUT = "crop";

  private static final Pattern FACTOR = Pattern.compile("([0-9.eE+-]+)(?:/([0-9.]+))?");

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      required = true,
      description =
          "A checkpoint, an ONNX graph, a folder with one of them, or food for the built-in"
              + " network.")
  private String weights;

  @Option(
      names = "--state",
      paramLabel = "PATH",
      description = "Which network, where the file holds several, such as ema.")
  private Optional<String> state;

  @Option(
      names = "--network",
      paramLabel = "FILE",
      description =
          "A JSON description of the layers, if the parameter names don't determine them.")
  private Optional<Path> network;

  @Option(
      names = "--output",
      paramLabel = "NAME",
      description =
          "Which output of an ONNX graph holds a number for each class, where it has several.")
  private Optional<String> output;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description =
          "The classes' names: a line for each, or JSON; default: id2label of a config.json beside"
              + " the weights, or numbers.")
  private Optional<String> labels;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--images",
      paramLabel = "PATH",
      arity = "1..*",
      description = "Images, or directories of images.")
  private List<Path> images;

  @Option(names = "--recursive", description = "Searches directories with those inside them.")
  private boolean recursive;

  @Option(
      names = "--mean",
      split = ",",
      paramLabel = "NUMBER",
      description =
          "What is subtracted from each channel in 0..1 before the first layer, such as"
              + " 0.485,0.456,0.406.")
  private List<Double> mean;

  @Option(
      names = "--std",
      split = ",",
      paramLabel = "NUMBER",
      description = "What each channel is divided by then, such as 0.229,0.224,0.225.")
  private List<Double> deviation;

  @Option(
      names = "--rescale",
      paramLabel = "FACTOR",
      description =
          "From samples in 0..255 to what is normalised, such as 1 or 1/127.5; default: 1/255.")
  private Optional<String> rescale;

  @Option(
      names = "--size",
      paramLabel = "SIZE",
      description =
          "HEIGHTxWIDTH that images are brought to, or a shorter side such as 256; default: the"
              + " network's.")
  private Optional<String> size;

  @Option(
      names = "--resize",
      paramLabel = "HOW",
      completionCandidates = Ways.class,
      description =
          "squash stretches images, shorter keeps proportions and cuts the centre out, pad leaves"
              + " black beside them; default: squash.")
  private Optional<String> resize;

  @Option(
      names = "--crop",
      paramLabel = "SIZE",
      description = "HEIGHTxWIDTH of the centre that is cut out after resizing for the network.")
  private Optional<String> crop;

  @Option(
      names = "--channels",
      paramLabel = "N",
      description =
          "1 for grey or 3 for colours, if the network should be refused otherwise, or an ONNX"
              + " graph leaves it open.")
  private Optional<Integer> channels;

  @Option(
      names = "--interpolation",
      paramLabel = "FILTER",
      completionCandidates = Filters.class,
      description = "${COMPLETION-CANDIDATES}; default: bilinear.")
  private Optional<String> interpolation;

  @Option(names = "--bgr", description = "The network takes blue first; --mean and --std too.")
  private boolean blueFirst;

  @Option(
      names = "--ignore-exif",
      description = "Leaves photographs as they are stored instead of upright.")
  private boolean asStored;

  /** The names that {@code --interpolation} takes. */
  static final class Filters implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Arrays.stream(Interpolation.values()).map(Interpolation::text).iterator();
    }
  }

  /** The values that {@code --resize} takes. */
  static final class Ways implements Iterable<String> {
    private static final String SHORTER = "shorter";
    private static final String PAD = "pad";
    private static final List<String> NAMES = List.of("squash", SHORTER, PAD);

    @Override
    public Iterator<String> iterator() {
      return NAMES.iterator();
    }
  }

  String weights() {
    return weights;
  }

  Optional<String> state() {
    return state;
  }

  /**
   * Does what an option's value may be wrong for.
   *
   * @throws ParameterException if it was, since that is wrong usage
   */
  <T> T usage(Supplier<T> work) {
    try {
      return work.get();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }

  /** Whether images are given; a command that must have them asks for {@link #files}. */
  boolean hasImages() {
    return images != null;
  }

  /**
   * The images to be read.
   *
   * @throws ParameterException if none are given
   */
  List<ImageFile> files() {
    if (images == null) {
      throw new ParameterException(
          command.commandLine(), "--images is missing; give images or directories of images");
    }
    return ImageFiles.find(images, recursive);
  }

  /**
   * Opens the network.
   *
   * @param standard what holds where neither options nor files say anything of preprocessing
   * @throws IllegalArgumentException if an option doesn't fit the network
   */
  ImageClassifier open(Preprocessing standard) {
    return ImageClassifier.open(
        weights,
        new ClassifierOptions(
            network,
            labels,
            state,
            output,
            networkSize(),
            channels.map(OptionalInt::of).orElse(OptionalInt.empty()),
            preprocessing(),
            standard));
  }

  /**
   * What the options say of preprocessing.
   *
   * @throws IllegalArgumentException if a value is not of its form
   */
  PreprocessingOptions preprocessing() {
    Map<String, Object> values = new LinkedHashMap<>();
    putFit(values);
    interpolation.ifPresent(value -> values.put("interpolation", value));
    rescale.ifPresent(value -> values.put("rescale", factor(value)));
    if (mean != null) {
      values.put("mean", mean);
    }
    if (deviation != null) {
      values.put("std", deviation);
    }
    if (blueFirst) {
      values.put("channels", "bgr");
    }
    if (asStored) {
      values.put("orientation", "stored");
    }
    var options = PreprocessingOptions.of(values);
    options.over(Preprocessing.standard());
    return options;
  }

  private void putFit(Map<String, Object> values) {
    resize.ifPresent(
        way -> {
          Shapes.check(
              Ways.NAMES.contains(way),
              "--resize is %s, but must be one of %s; a size is given by --size",
              way,
              String.join(", ", Ways.NAMES));
          values.put("fit", way.equals(Ways.SHORTER) ? CUT : way);
        });
    var before = size.map(text -> sides("--size", text));
    var keepsProportions = resize.equals(Optional.of(Ways.SHORTER));
    if (crop.isPresent()) {
      Shapes.check(
          !resize.equals(Optional.of(Ways.PAD)),
          "--crop cuts off what --resize pad adds; choose squash or shorter");
      values.put("fit", CUT);
      before.ifPresent(
          sides ->
              values.put(
                  "resize",
                  sides.size() == 2 && keepsProportions
                      ? List.of(Math.min(sides.getFirst(), sides.getLast()))
                      : sides));
    } else if (before.isPresent() && before.get().size() == 1) {
      Shapes.check(
          keepsProportions || resize.isEmpty(),
          "--size %s is a shorter side, which --resize %s doesn't keep; give HEIGHTxWIDTH",
          size.get(),
          resize.orElse(""));
      values.put("fit", CUT);
      values.put("resize", before.get());
    }
  }

  /** What is cut out, or else a size of two sides, is the network's input. */
  Optional<List<Integer>> networkSize() {
    return crop.map(text -> sides("--crop", text))
        .map(sides -> List.of(sides.getFirst(), sides.getLast()))
        .or(() -> size.map(text -> sides("--size", text)).filter(sides -> sides.size() == 2));
  }

  private static List<Integer> sides(String option, String text) {
    var parts = SIZE.matcher(text);
    Shapes.check(
        parts.matches(), "%s is %s, but must be a size such as 256 or 256x256", option, text);
    var first = Integer.parseInt(parts.group(1));
    return parts.group(2) == null
        ? List.of(first)
        : List.of(first, Integer.parseInt(parts.group(2)));
  }

  private static double factor(String text) {
    var parts = FACTOR.matcher(text);
    try {
      Shapes.check(parts.matches(), "--rescale is %s, but must be a number such as 1/255", text);
      var divisor = parts.group(2) == null ? 1 : Double.parseDouble(parts.group(2));
      return Double.parseDouble(parts.group(1)) / divisor;
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "--rescale is %s, but must be a number such as 1/255.".formatted(text), e);
    }
  }
}
