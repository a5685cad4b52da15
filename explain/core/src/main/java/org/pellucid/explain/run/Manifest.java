package org.pellucid.explain.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.method.Curve;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Quality;
import org.pellucid.weights.AtomicFile;

/**
 * Writes {@code manifest.json}: the results of a run by file, with parameters, outputs and quality
 * figures. Entries wait in a temporary file until the run is finished, so that memory doesn't grow
 * with the number of inputs and an unfinished run leaves no manifest.
 */
public final class Manifest implements Sink {
  private static final JsonMapper JSON = new JsonMapper();
  static final String FILE_NAME = "manifest.json";
  static final String SCHEMA = "pellucid-manifest";
  private static final int VERSION = 1;

  private final Path file;
  private final Map<String, Object> about;
  private final Path entries;
  private final JsonGenerator generator;
  private final List<Failure> failed = new ArrayList<>();

  /** An input that failed. */
  private record Failure(String name, String reason) {}

  /** What a quality figure depends on, and the curve that it sums up. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  private record Measurement(Map<String, Object> parameters, Curve curve) {
    static Measurement of(Quality figure) {
      return new Measurement(figure.parameters(), figure.curve().orElse(null));
    }
  }

  /** One explanation. */
  private record Entry(
      String picture,
      String method,
      String file,
      long[] shape,
      Map<String, Object> parameters,
      long seed,
      long drawn,
      float[] logits,
      int predicted,
      Object target,
      Map<String, Double> quality,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) Map<String, Measurement> measurements,
      double seconds) {

    static Entry of(String input, Explanation explanation) {
      var quality = new LinkedHashMap<String, Double>();
      var measurements = new LinkedHashMap<String, Measurement>();
      for (var figure : explanation.quality()) {
        quality.put(figure.name(), figure.value());
        if (!figure.parameters().isEmpty() || figure.curve().isPresent()) {
          measurements.put(figure.name(), Measurement.of(figure));
        }
      }
      return new Entry(
          input,
          explanation.method(),
          input + "/" + explanation.method() + ".npy",
          explanation.values().shape(),
          explanation.parameters(),
          explanation.seed(),
          explanation.drawn(),
          explanation.outputs().toArray(),
          explanation.predicted(),
          explanation.target() instanceof Target.Output output
              ? output.index()
              : explanation.target().text(),
          quality,
          measurements,
          explanation.seconds());
    }
  }

  /**
   * Begins a manifest.
   *
   * @param about the run: the weights, the number of classes and the like
   * @throws UncheckedIOException if the folder can't be written to
   */
  public Manifest(Path directory, Map<String, Object> about) {
    this.file = directory.resolve(FILE_NAME);
    this.about = new LinkedHashMap<>(about);
    try {
      Files.createDirectories(directory);
      entries = Files.createTempFile(directory, ".pellucid-manifest-", ".tmp");
      generator = JSON.createGenerator(entries.toFile(), JsonEncoding.UTF8);
      generator.useDefaultPrettyPrinter();
      generator.writeStartArray();
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private UncheckedIOException unwritable(IOException cause) {
    return new UncheckedIOException(
        "The file %s can't be written; choose another place.".formatted(file), cause);
  }

  @Override
  public void accept(ExplainedInput input) {
    try {
      for (var explanation : input.explanations()) {
        generator.writePOJO(Entry.of(input.name(), explanation));
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  @Override
  public void fail(String name, String reason) {
    failed.add(new Failure(name, reason));
  }

  @Override
  public void finish(RunSummary summary) {
    try {
      generator.writeEndArray();
      generator.close();
      AtomicFile.write(file, this::writeWhole);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  private void writeWhole(Path temporary) throws IOException {
    try (var out = Files.newOutputStream(temporary);
        var json = JSON.createGenerator(out);
        var parser = JSON.createParser(entries.toFile())) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      json.writeStringField("schema", SCHEMA);
      json.writeNumberField("version", VERSION);
      for (var field : about.entrySet()) {
        json.writePOJOField(field.getKey(), field.getValue());
      }
      json.writeFieldName("explanations");
      parser.nextToken();
      json.copyCurrentStructure(parser);
      json.writePOJOField("failed", failed);
      json.writeEndObject();
    }
  }

  @Override
  public void close() {
    try {
      generator.close();
      Files.deleteIfExists(entries);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }
}
