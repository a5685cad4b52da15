package org.pellucid.explain.server;

import static org.pellucid.engine.tensor.Shapes.check;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.explain.server.ModelCache.Known;
import org.pellucid.explain.server.http.Refusal;
import org.pellucid.models.zoo.BertArtifacts;
import org.pellucid.models.zoo.BertModels;
import org.pellucid.models.zoo.ImageClassifier;
import org.pellucid.models.zoo.KnownModel;

/**
 * The models that requests may choose from, by names that whoever runs the server gave. A name from
 * a request is looked up here and never opened as a file.
 *
 * @param texts by name, the default first
 * @param images by name, the default first
 */
record ServedModels(
    Map<String, Known<BertModels.Loaded>> texts, Map<String, Known<ImageClassifier>> images) {
  /**
   * Weights are kept three times: as they are, and on the heap in the order in which products and
   * their gradients read them.
   */
  private static final int COPIES = 3;

  /**
   * The models of some options.
   *
   * @throws IllegalArgumentException if a model is neither known nor a file, or two have one name
   * @throws IOException if the models on this machine can't be listed
   */
  static ServedModels of(ServerOptions options) throws IOException {
    var texts = new LinkedHashMap<String, Known<BertModels.Loaded>>();
    for (var model : options.textModels().isEmpty() ? local() : options.textModels()) {
      add(texts, text(model));
    }
    var images = new LinkedHashMap<String, Known<ImageClassifier>>();
    for (var model : options.imageModels()) {
      add(images, image(model));
    }
    return new ServedModels(texts, images);
  }

  private static <M extends AutoCloseable> void add(Map<String, Known<M>> all, Known<M> model) {
    check(
        all.put(model.name(), model) == null,
        "Two models are called %s; rename one's folder or file",
        model.name());
  }

  /** The names that need no download. */
  private static List<String> local() throws IOException {
    var artifacts = new BertArtifacts(_ -> {});
    var local = new ArrayList<String>();
    for (var model : KnownModel.values()) {
      if (!model.encodesSentences() && artifacts.isLocal(model)) {
        local.add(model.modelName());
      }
    }
    if (local.contains(KnownModel.BERT_BASE_CASED.modelName())) {
      local.add(BertModels.QUESTION_ANSWERING);
    }
    return local;
  }

  private static Known<BertModels.Loaded> text(String model) {
    var isKnown = BertModels.names().contains(model);
    check(
        isKnown || Files.exists(Path.of(model)),
        "There is no model %s; give one of %s, or a model's folder",
        model,
        String.join(", ", BertModels.names()));
    return new Known<>(
        isKnown ? model : nameOf(Path.of(model)),
        () -> BertModels.open(model, _ -> {}),
        isKnown ? knownBytes(model) : fileBytes(Path.of(model)),
        loaded -> bytes(loaded.model().parameters().values()));
  }

  private static long knownBytes(String model) {
    return COPIES
        * 1_100_000L
        * KnownModel.named(model).orElse(KnownModel.BERT_BASE_CASED).megabytes();
  }

  private static Known<ImageClassifier> image(String model) {
    var isBuiltIn = model.equals(ImageClassifier.BUILT_IN);
    check(
        isBuiltIn || Files.exists(Path.of(model)),
        "There is no classifier %s; give food, a weight file or an ONNX graph",
        model);
    return new Known<>(
        isBuiltIn ? model : nameOf(Path.of(model)),
        () -> ImageClassifier.open(model, Optional.empty()),
        isBuiltIn ? 0 : fileBytes(Path.of(model)),
        classifier -> COPIES * classifier.network().weightBytes());
  }

  private static String nameOf(Path file) {
    return file.toAbsolutePath().normalize().getFileName().toString();
  }

  private static long fileBytes(Path model) {
    try (var files = Files.walk(model, 2)) {
      var total = 0L;
      for (var file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        total += Files.size(file);
      }
      return COPIES * total;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The model %s can't be read; check the path.".formatted(model), e);
    }
  }

  private static long bytes(Iterable<Tensor> tensors) {
    var total = 0L;
    for (var tensor : tensors) {
      total += Shapes.elements(tensor.shape()) * tensor.type().bytes();
    }
    return COPIES * total;
  }

  /** The model of texts that a request names, or the first; a preferred one before it. */
  Known<BertModels.Loaded> text(Optional<String> name, String preferred) {
    return chosen(texts, name.or(() -> Optional.of(preferred).filter(texts::containsKey)));
  }

  /** The classifier that a request names, or the first. */
  Known<ImageClassifier> image(Optional<String> name) {
    return chosen(images, name);
  }

  private static <M extends AutoCloseable> Known<M> chosen(
      Map<String, Known<M>> models, Optional<String> name) {
    if (models.isEmpty()) {
      throw new Refusal(
          422, "The server has no such model; whoever runs it can name some with --models.");
    }
    var chosen = name.orElseGet(() -> models.keySet().iterator().next());
    if (!models.containsKey(chosen)) {
      throw new Refusal(
          422,
          "The server has no model of that name; choose one of %s."
              .formatted(String.join(", ", models.keySet())));
    }
    return models.get(chosen);
  }
}
