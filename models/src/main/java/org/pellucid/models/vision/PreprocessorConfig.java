package org.pellucid.models.vision;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.StreamSupport;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.vision.Preprocessing.ChannelOrder;
import org.pellucid.models.vision.Preprocessing.Fit;

/**
 * A {@code preprocessor_config.json}, as Hugging Face's libraries write it beside the weights of an
 * image network.
 *
 * @param options what it says of preprocessing
 * @param view height and width that it brings images to, where it says so
 */
public record PreprocessorConfig(PreprocessingOptions options, List<Integer> view) {
  /** The file's usual name. */
  public static final String FILE_NAME = "preprocessor_config.json";

  private static final long LARGEST_FILE = 1 << 20;
  private static final int CONVNEXT_SIZE = 384;

  /**
   * Reads a file.
   *
   * @return empty if it says nothing of images, such as one for sound
   * @throws ModelFileException if it can't be read or a value is not of its kind
   */
  public static Optional<PreprocessorConfig> read(Path file) {
    try {
      if (Files.size(file) > LARGEST_FILE) {
        throw new ModelFileException(
            "%s is larger than a configuration; check the file.".formatted(file));
      }
      var root = new JsonMapper().readTree(file.toFile());
      var isOfImages =
          root.has("do_resize")
              || root.has("image_mean")
              || root.has("image_std")
              || root.has("do_rescale")
              || root.has("do_normalize") && !root.has("sampling_rate");
      if (!isOfImages) {
        return Optional.empty();
      }
      var config = new Reading(root).config();
      config.options().checked();
      return Optional.of(config);
    } catch (JsonProcessingException e) {
      throw new ModelFileException(
          "%s is not valid JSON (%s); fetch it again.".formatted(file, e.getOriginalMessage()), e);
    } catch (IllegalArgumentException e) {
      throw new ModelFileException("%s: %s".formatted(file, e.getMessage()), e);
    } catch (IOException e) {
      throw new ModelFileException("%s can't be read; check its permissions.".formatted(file), e);
    }
  }

  /** The keys of one file. */
  private record Reading(JsonNode root) {
    PreprocessorConfig config() {
      var resized = isDone("do_resize", "size") ? size("size") : List.<Integer>of();
      var cropped = isDone("do_center_crop", "crop_size") ? size("crop_size") : List.<Integer>of();
      var share = number("crop_pct");
      var shortest = resized.size() == 1 ? resized.getFirst() : 0;
      Optional<Fit> fit;
      Optional<List<Integer>> resize;
      List<Integer> view;
      if (share.isPresent() && shortest > 0) {
        fit = Optional.of(shortest < CONVNEXT_SIZE ? Fit.CROP : Fit.SQUASH);
        resize =
            shortest < CONVNEXT_SIZE
                ? Optional.of(List.of((int) (shortest / share.getAsDouble())))
                : Optional.empty();
        view = List.of(shortest, shortest);
      } else if (!cropped.isEmpty()) {
        fit = Optional.of(Fit.CROP);
        resize = resized.isEmpty() ? Optional.empty() : Optional.of(resized);
        view = pair(cropped);
      } else if (resized.size() == 2) {
        fit = Optional.of(Fit.SQUASH);
        resize = Optional.empty();
        view = resized;
      } else {
        fit = shortest > 0 ? Optional.of(Fit.CROP) : Optional.empty();
        resize = shortest > 0 ? Optional.of(resized) : Optional.empty();
        view = List.of();
      }
      return new PreprocessorConfig(
          new PreprocessingOptions(
              fit,
              resize,
              interpolation(),
              rescale(),
              normalised("image_mean"),
              normalised("image_std"),
              root.path("do_flip_channel_order").asBoolean(false)
                  ? Optional.of(ChannelOrder.BGR)
                  : Optional.empty(),
              Optional.empty()),
          view);
    }

    /** A step is done if it says so, or says nothing but how. */
    private boolean isDone(String step, String detail) {
      return root.path(step).asBoolean(root.hasNonNull(detail)) && root.hasNonNull(detail);
    }

    private static List<Integer> pair(List<Integer> size) {
      return size.size() == 1 ? List.of(size.getFirst(), size.getFirst()) : size;
    }

    /** A shorter side, or height and width: a number, a pair, or an object. */
    private List<Integer> size(String name) {
      var size = root.get(name);
      if (size.isInt()) {
        return name.equals("size") && !isSquare()
            ? List.of(size.intValue())
            : List.of(size.intValue(), size.intValue());
      }
      if (size.isArray() && size.size() == 2) {
        return List.of(size.get(0).asInt(), size.get(1).asInt());
      }
      if (size.hasNonNull("height") && size.hasNonNull("width")) {
        return List.of(size.get("height").asInt(), size.get("width").asInt());
      }
      if (size.hasNonNull("shortest_edge") && !size.hasNonNull("longest_edge")) {
        return List.of(size.get("shortest_edge").asInt());
      }
      throw new IllegalArgumentException(
          "%s is %s, but must be a number, shortest_edge, or height and width."
              .formatted(name, size));
    }

    /** Old files give one number: a square for transformers, which don't cut out a centre. */
    private boolean isSquare() {
      return !root.path("do_center_crop").asBoolean(false) && !root.has("crop_pct");
    }

    private Optional<Interpolation> interpolation() {
      return root.path("resample").isInt()
          ? Optional.of(
              Interpolation.ofPillow(root.get("resample").intValue())
                  .orElseThrow(
                      () ->
                          new IllegalArgumentException(
                              "resample is %s, but must be 0 to 5."
                                  .formatted(root.get("resample")))))
          : Optional.empty();
    }

    private Optional<Double> rescale() {
      if (!root.path("do_rescale").asBoolean(true)) {
        return Optional.of(1.0);
      }
      var factor = number("rescale_factor");
      return factor.isPresent() ? Optional.of(factor.getAsDouble()) : Optional.empty();
    }

    private Optional<List<Double>> normalised(String name) {
      if (!root.path("do_normalize").asBoolean(root.hasNonNull(name)) || !root.hasNonNull(name)) {
        return Optional.empty();
      }
      var numbers = root.get(name);
      return Optional.of(
          StreamSupport.stream(
                  (numbers.isArray() ? numbers : List.of(numbers)).spliterator(), false)
              .map(
                  number -> {
                    if (!number.isNumber()) {
                      throw new IllegalArgumentException(
                          "%s is %s, but must be numbers.".formatted(name, numbers));
                    }
                    return number.doubleValue();
                  })
              .toList());
    }

    private OptionalDouble number(String name) {
      return root.path(name).isNumber()
          ? OptionalDouble.of(root.get(name).doubleValue())
          : OptionalDouble.empty();
    }
  }
}
