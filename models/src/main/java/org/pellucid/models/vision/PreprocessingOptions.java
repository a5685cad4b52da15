package org.pellucid.models.vision;

import static org.pellucid.engine.tensor.Shapes.check;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.vision.Preprocessing.ChannelOrder;
import org.pellucid.models.vision.Preprocessing.Fit;

/**
 * What one source says of a {@link Preprocessing}: a command line, a network's description, a
 * configuration beside the weights. What it leaves open the next source decides. As JSON:
 *
 * <pre>{@code
 * {"fit": "crop", "resize": 256, "interpolation": "bicubic", "rescale": 0.00392156862745098,
 *  "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "channels": "bgr",
 *  "orientation": "stored"}
 * }</pre>
 *
 * @param fit {@code squash}, {@code crop} or {@code pad}
 * @param resize a shorter side, or height and width, before the centre is cut out
 * @param interpolation see {@link Interpolation}
 * @param rescale the factor from samples in 0..255
 * @param mean one for each of the network's channels, or one for all
 * @param deviation likewise
 * @param order {@code rgb} or {@code bgr}
 * @param upright {@code exif} or {@code stored}
 */
public record PreprocessingOptions(
    Optional<Fit> fit,
    Optional<List<Integer>> resize,
    Optional<Interpolation> interpolation,
    Optional<Double> rescale,
    Optional<List<Double>> mean,
    Optional<List<Double>> deviation,
    Optional<ChannelOrder> order,
    Optional<Boolean> upright) {
  private static final List<String> KEYS =
      List.of(
          "fit", "resize", "interpolation", "rescale", "mean", "std", "channels", "orientation");

  /** Leaves everything open. */
  public static PreprocessingOptions none() {
    return new PreprocessingOptions(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /**
   * Reads the JSON form's values.
   *
   * @throws IllegalArgumentException if a name is unknown or a value is not of its kind
   */
  @JsonCreator
  public static PreprocessingOptions of(Map<String, Object> values) {
    for (var name : values.keySet()) {
      check(
          KEYS.contains(name),
          "Preprocessing has no \"%s\"; it has %s",
          name,
          String.join(", ", KEYS));
    }
    return new PreprocessingOptions(
        text(values, "fit").map(value -> choice("fit", value, Fit.values())),
        Optional.ofNullable(values.get("resize"))
            .map(value -> numbers("resize", value).stream().map(Double::intValue).toList()),
        text(values, "interpolation").map(Interpolation::of),
        Optional.ofNullable(values.get("rescale"))
            .map(value -> numbers("rescale", value).getFirst()),
        Optional.ofNullable(values.get("mean")).map(value -> numbers("mean", value)),
        Optional.ofNullable(values.get("std")).map(value -> numbers("std", value)),
        text(values, "channels").map(value -> choice("channels", value, ChannelOrder.values())),
        text(values, "orientation").map(PreprocessingOptions::isUpright));
  }

  /**
   * The object {@code "preprocessing"} in a JSON file, such as a network's description.
   *
   * @return what is open where the file has none
   * @throws ModelFileException if the file can't be read or the object is not of its kind
   */
  public static PreprocessingOptions in(Path file) {
    var mapper = new JsonMapper();
    try {
      var found = mapper.readTree(file.toFile()).path("preprocessing");
      return found.isMissingNode()
          ? none()
          : mapper.treeToValue(found, PreprocessingOptions.class).checked();
    } catch (JsonProcessingException | IllegalArgumentException e) {
      var reason = e.getCause() instanceof IllegalArgumentException wrong ? wrong : e;
      throw new ModelFileException(
          "The preprocessing in %s can't be used: %s".formatted(file, reason.getMessage()), e);
    } catch (IOException e) {
      throw new ModelFileException("%s can't be read; check the path.".formatted(file), e);
    }
  }

  /** These, if they make a whole description. */
  PreprocessingOptions checked() {
    over(Preprocessing.standard());
    return this;
  }

  private static Optional<String> text(Map<String, Object> values, String name) {
    return Optional.ofNullable(values.get(name)).map(Object::toString);
  }

  private static boolean isUpright(String value) {
    check(
        value.equals("exif") || value.equals("stored"),
        "The orientation is %s, but must be exif or stored",
        value);
    return value.equals("exif");
  }

  /** The constant of an enumeration that a text names in lower case. */
  private static <E extends Enum<E>> E choice(String name, String text, E[] all) {
    return Arrays.stream(all)
        .filter(value -> Texts.lower(value).equals(text.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s is %s, but must be one of %s."
                        .formatted(name, text, Arrays.stream(all).map(Texts::lower).toList())));
  }

  /** A number or a list of numbers. */
  private static List<Double> numbers(String name, Object value) {
    var all = value instanceof List<?> list ? list : List.of(value);
    check(!all.isEmpty(), "%s is empty, but must have a number", name);
    return all.stream()
        .map(
            number -> {
              check(number instanceof Number, "%s is %s, but must be numbers", name, value);
              return ((Number) number).doubleValue();
            })
        .toList();
  }

  /** The JSON form's values; what is open is left out. */
  @JsonValue
  public Map<String, Object> asMap() {
    var map = new LinkedHashMap<String, Object>();
    fit.ifPresent(value -> map.put("fit", Texts.lower(value)));
    resize.ifPresent(value -> map.put("resize", value));
    interpolation.ifPresent(value -> map.put("interpolation", value.text()));
    rescale.ifPresent(value -> map.put("rescale", value));
    mean.ifPresent(value -> map.put("mean", value));
    deviation.ifPresent(value -> map.put("std", value));
    order.ifPresent(value -> map.put("channels", Texts.lower(value)));
    upright.ifPresent(value -> map.put("orientation", value ? "exif" : "stored"));
    return map;
  }

  /** What is normalised by, with everything else open. */
  public static PreprocessingOptions normalised(List<Double> mean, List<Double> deviation) {
    var open = none();
    return new PreprocessingOptions(
        open.fit,
        open.resize,
        open.interpolation,
        open.rescale,
        mean.isEmpty() ? Optional.empty() : Optional.of(mean),
        deviation.isEmpty() ? Optional.empty() : Optional.of(deviation),
        open.order,
        open.upright);
  }

  /**
   * These, and where they leave something open, others. The way to a size is one choice: where
   * these give a fit or a size to resize to, the others' are ignored, as the mean is where these
   * give a deviation.
   */
  public PreprocessingOptions or(PreprocessingOptions others) {
    var sizes = fit.isPresent() || resize.isPresent();
    var normalises = mean.isPresent() || deviation.isPresent();
    return new PreprocessingOptions(
        sizes ? fit : others.fit,
        sizes ? resize : others.resize,
        interpolation.or(others::interpolation),
        rescale.or(others::rescale),
        normalises ? mean : others.mean,
        normalises ? deviation : others.deviation,
        order.or(others::order),
        upright.or(others::upright));
  }

  /**
   * The whole description, in which everything open is as in a standard; a size to resize to means
   * that the centre is cut out.
   *
   * @throws IllegalArgumentException if the values don't go together
   */
  public Preprocessing over(Preprocessing standard) {
    var sizes = fit.isPresent() || resize.isPresent();
    return new Preprocessing(
        sizes ? fit.orElse(Fit.CROP) : standard.fit(),
        sizes ? resize.orElse(List.of()) : standard.resize(),
        interpolation.orElse(standard.interpolation()),
        rescale.orElse(standard.rescale()),
        mean.orElse(standard.mean()),
        deviation.orElse(standard.deviation()),
        order.orElse(standard.order()),
        upright.orElse(standard.upright()));
  }
}
