package org.pellucid.explain.run;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.method.ResultFileException;
import org.pellucid.weights.AtomicFile;
import org.pellucid.weights.UnusableFileException;

/**
 * What a run needs to be resumed after an interruption: {@code run.json} says what it is, {@code
 * run.completed} names the inputs whose results are written, one JSON string a line. A resumed run
 * takes their explanations over from the files of {@link ResultFiles} and ends as if it had never
 * been interrupted.
 *
 * <p>A run is described by the weights, the preprocessing, the methods with their parameters, the
 * metrics, the target and the seed: all that results depend on, beside the inputs, which must be
 * the same.
 */
public final class RunJournal implements AutoCloseable {
  static final String FILE_NAME = "run.json";
  static final String COMPLETED = "run.completed";
  private static final JsonMapper JSON = new JsonMapper();
  private static final String SCHEMA = "pellucid-run";
  private static final int VERSION = 1;

  private final Path directory;
  private final List<Method> methods;
  private final Set<String> completed;
  private final BufferedWriter writer;

  private RunJournal(Path directory, ExplanationRun run, Set<String> completed) throws IOException {
    this.directory = directory;
    this.methods = run.methods();
    this.completed = completed;
    var file = directory.resolve(COMPLETED);
    AtomicFile.write(file, temporary -> Files.write(temporary, lines(completed)));
    writer = Files.newBufferedWriter(file, StandardOpenOption.APPEND);
  }

  private static List<String> lines(Set<String> names) {
    return names.stream().map(RunJournal::line).toList();
  }

  private static String line(String name) {
    return JSON.valueToTree(name).toString();
  }

  /**
   * Begins the journal of a run in a folder; results that are there are not taken over.
   *
   * @param about the run: weights, preprocessing and the like
   * @throws UncheckedIOException if it can't be written
   */
  public static RunJournal begin(Path directory, Map<String, Object> about, ExplanationRun run) {
    var file = directory.resolve(FILE_NAME);
    try {
      // Of two files that belong together the one that refers to the other is written last.
      Files.deleteIfExists(file);
      var journal = new RunJournal(directory, run, Set.of());
      var bytes = JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(described(about, run));
      AtomicFile.write(file, temporary -> Files.write(temporary, bytes));
      return journal;
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  private static UncheckedIOException unwritable(Path file, IOException cause) {
    return new UncheckedIOException(
        "The file %s can't be written; choose another place.".formatted(file), cause);
  }

  /**
   * Goes on with the journal of a run that was begun in a folder and interrupted.
   *
   * @param about the run, as it was begun
   * @throws ResultFileException if no run was begun there, or one of another description
   */
  public static RunJournal resume(Path directory, Map<String, Object> about, ExplanationRun run) {
    var file = directory.resolve(FILE_NAME);
    try {
      var earlier = JSON.readTree(Files.readAllBytes(file));
      var now = JSON.readTree(JSON.writeValueAsBytes(described(about, run)));
      difference(earlier, now)
          .ifPresent(
              what -> {
                throw new ResultFileException(
                    "The run in %s had another %s; resume it with the same options, or choose another folder."
                        .formatted(directory, what),
                    null);
              });
      return new RunJournal(directory, run, completed(directory.resolve(COMPLETED)));
    } catch (NoSuchFileException e) {
      throw new ResultFileException(
          "There is no run to resume in %s, which has no %s; leave out --resume."
              .formatted(directory, FILE_NAME),
          e);
    } catch (JacksonException e) {
      throw new ResultFileException(
          "%s is not the description of a run; leave out --resume.".formatted(file), e);
    } catch (IOException e) {
      throw new ResultFileException(
          "The description %s can't be read; check the path.".formatted(file), e);
    }
  }

  /** The names of whole lines; an interruption may have left half of one. */
  private static Set<String> completed(Path file) throws IOException {
    var names = new LinkedHashSet<String>();
    for (var line : Files.readAllLines(file)) {
      try {
        names.add(JSON.readValue(line, String.class));
      } catch (JacksonException _) {
        break;
      }
    }
    return names;
  }

  private static Map<String, Object> described(Map<String, Object> about, ExplanationRun run) {
    var described = new LinkedHashMap<String, Object>();
    described.put("schema", SCHEMA);
    described.put("version", VERSION);
    described.putAll(about);
    described.put("target", run.target().text());
    described.put(
        "seed",
        run.options().chosenSeed().isPresent()
            ? Long.toString(run.options().chosenSeed().getAsLong())
            : "standard");
    var methods = new LinkedHashMap<String, Object>();
    run.methods().forEach(method -> methods.put(method.name(), method.parameters().asMap()));
    described.put("methods", methods);
    var metrics = new LinkedHashMap<String, Object>();
    run.metrics().forEach(metric -> metrics.put(metric.name(), metric.parameters().asMap()));
    described.put("metrics", metrics);
    return described;
  }

  /** The first field that differs, such as {@code methods.lime.samples (100, now 200)}. */
  private static Optional<String> difference(JsonNode earlier, JsonNode now) {
    if (earlier.equals(now)) {
      return Optional.empty();
    }
    if (earlier instanceof ObjectNode before && now instanceof ObjectNode after) {
      var names = new ArrayList<String>();
      before.fieldNames().forEachRemaining(names::add);
      after.fieldNames().forEachRemaining(names::add);
      for (var name : names) {
        var inner = difference(before.path(name), after.path(name));
        if (inner.isPresent()) {
          var deeper = before.path(name).isObject() && after.path(name).isObject();
          return inner.map(text -> name + (deeper ? "." : " ") + text);
        }
      }
      return Optional.of("order of " + String.join(", ", names));
    }
    return Optional.of("(%s, now %s)".formatted(shown(earlier), shown(now)));
  }

  private static String shown(JsonNode node) {
    if (node.isMissingNode()) {
      return "absent";
    }
    return node.isArray()
        ? StreamSupport.stream(node.spliterator(), false).map(JsonNode::asText).toList().toString()
        : node.isValueNode() ? node.asText() : node.toString();
  }

  /** The explanations of an input that was completed, if its files are still whole. */
  Optional<List<Explanation>> explanations(String input) {
    if (!completed.contains(input)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          methods.stream()
              .map(method -> Explanation.load(directory.resolve(input), method.name()))
              .toList());
    } catch (UnusableFileException _) {
      return Optional.empty();
    }
  }

  /** Notes that all results of an input are written. */
  void complete(String input) {
    if (completed.contains(input)) {
      return;
    }
    try {
      writer.write(line(input));
      writer.newLine();
      writer.flush();
    } catch (IOException e) {
      throw unwritable(directory.resolve(COMPLETED), e);
    }
  }

  @Override
  public void close() {
    try {
      writer.close();
    } catch (IOException e) {
      throw unwritable(directory.resolve(COMPLETED), e);
    }
  }
}
