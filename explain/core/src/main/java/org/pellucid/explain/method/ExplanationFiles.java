package org.pellucid.explain.method;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.weights.AtomicFile;
import org.pellucid.weights.numpy.Npy;

/** Explanations as files: numbers as NPY, everything else as JSON of one schema with a version. */
final class ExplanationFiles {
  private static final String SCHEMA = "pellucid-explanation";
  private static final int VERSION = 2;

  /** Version 1 knows neither parameters nor curves of figures, and is read as having none. */
  private static final int OLDEST_VERSION = 1;

  private static final JsonMapper JSON = new JsonMapper();

  private ExplanationFiles() {}

  /** The JSON file's content. */
  private record Description(
      String schema,
      int version,
      String method,
      String file,
      Map<String, String> details,
      Display display,
      String target,
      float[] outputs,
      Map<String, Object> parameters,
      long seed,
      long drawn,
      List<Figure> quality,
      double seconds) {}

  /** A quality figure; what it lacks is left out. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  private record Figure(
      String name, double value, String meaning, Map<String, Object> parameters, Curve curve) {

    static Figure of(Quality quality) {
      return new Figure(
          quality.name(),
          quality.value(),
          quality.meaning(),
          quality.parameters(),
          quality.curve().orElse(null));
    }

    Quality quality() {
      return new Quality(
          name,
          value,
          meaning,
          Optional.ofNullable(parameters).orElse(Map.of()),
          Optional.ofNullable(curve));
    }
  }

  static void save(Explanation explanation, Path directory, String name) {
    var details = new LinkedHashMap<String, String>();
    explanation
        .details()
        .forEach(
            (detail, values) -> {
              details.put(detail, name + "." + detail + ".npy");
              write(directory.resolve(details.get(detail)), values);
            });
    write(directory.resolve(name + ".npy"), explanation.values());
    var description =
        new Description(
            SCHEMA,
            VERSION,
            explanation.method(),
            name + ".npy",
            details,
            explanation.display(),
            explanation.target().text(),
            explanation.outputs().toArray(),
            explanation.parameters(),
            explanation.seed(),
            explanation.drawn(),
            explanation.quality().stream().map(Figure::of).toList(),
            explanation.seconds());
    var file = directory.resolve(name + ".json");
    try {
      var bytes = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(description);
      AtomicFile.write(file, temporary -> Files.write(temporary, bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The file %s can't be written; choose another place.".formatted(file), e);
    }
  }

  private static void write(Path file, Values values) {
    Npy.write(file, values.toArray(), values.shape());
  }

  static Explanation load(Path directory, String name) {
    var file = directory.resolve(name + ".json");
    try {
      var description = JSON.readValue(Files.readAllBytes(file), Description.class);
      check(description, file);
      var details = new LinkedHashMap<String, Values>();
      description
          .details()
          .forEach((detail, array) -> details.put(detail, read(directory, array, file)));
      return new Explanation(
          description.method(),
          read(directory, description.file(), file),
          description.display(),
          Target.parse(description.target()),
          Values.of(description.outputs(), description.outputs().length),
          description.parameters(),
          description.seed(),
          description.drawn(),
          description.quality().stream().map(Figure::quality).toList(),
          details,
          description.seconds());
    } catch (JacksonException | IllegalArgumentException e) {
      throw new ResultFileException(
          "%s is not the description of an explanation: %s"
              .formatted(file, e.getMessage().lines().findFirst().orElse("")),
          e);
    } catch (IOException e) {
      throw new ResultFileException(
          "The explanation %s can't be read; check the path.".formatted(file), e);
    }
  }

  private static void check(Description description, Path file) {
    if (!SCHEMA.equals(description.schema())
        || description.version() < OLDEST_VERSION
        || description.version() > VERSION) {
      throw new ResultFileException(
          "%s is of the schema %s %d where %s %d is needed; explain again."
              .formatted(file, description.schema(), description.version(), SCHEMA, VERSION),
          null);
    }
  }

  /** The arrays lie beside their description: a path that leads elsewhere is refused. */
  private static Values read(Path directory, String name, Path description) {
    if (name == null || !Path.of(name).getFileName().toString().equals(name)) {
      throw new ResultFileException(
          "%s names the file %s, which doesn't lie beside it.".formatted(description, name), null);
    }
    var array = Npy.read(directory.resolve(name));
    return Values.of(array.floats(), array.shape());
  }
}
