package org.pellucid.explain.server;

import static org.pellucid.engine.tensor.Shapes.check;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
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
import org.pellucid.models.zoo.WeightsOrigin;

/**
 * The models that requests may choose from, by names that whoever runs the server gave. A name from
 * a request is looked up here and never opened as a file.
 *
 * @param texts by name, the default first
 * @param images by name, the default first
 * @param sources of the models of texts by name: known names and folders, as they were given
 */
record ServedModels(
    Map<String, Known<BertModels.Loaded>> texts,
    Map<String, Known<ImageClassifier>> images,
    Map<String, String> sources)
    implements Choice {
  private static final Field MODEL =
      Field.optional("model", Field.Type.TEXT, "A model's name; default: the first that fits.");

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
    var sources = new HashMap<String, String>();
    for (var model : options.textModels().isEmpty() ? local() : options.textModels()) {
      var known = text(model);
      add(texts, known);
      sources.put(known.name(), model);
    }
    var images = new LinkedHashMap<String, Known<ImageClassifier>>();
    for (var model : options.imageModels()) {
      add(images, image(model));
    }
    return new ServedModels(texts, images, sources);
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
    check(
        isThere(model),
        "There is no model %s; give one of %s, or a model's folder",
        model,
        String.join(", ", BertModels.names()));
    return text(new WeightsOrigin(model, model, List.of()));
  }

  private static boolean isKnown(String model) {
    return BertModels.names().contains(model);
  }

  private static boolean isThere(String model) {
    return isKnown(model) || Files.exists(Path.of(model));
  }

  /** A model that is named by whatever calls it, its adapter too. */
  private static Known<BertModels.Loaded> text(WeightsOrigin origin) {
    var model = origin.model();
    var adapter = origin.adapter();
    return new Known<>(
        nameOf(model) + adapter.map(file -> " with the adapter " + file.getFileName()).orElse(""),
        () -> BertModels.open(origin, _ -> {}),
        isKnown(model) ? knownBytes(model) : fileBytes(Path.of(model)),
        loaded -> bytes(loaded.model().parameters().values()));
  }

  private static long knownBytes(String model) {
    return COPIES * 1_100_000L * base(model).megabytes();
  }

  private static KnownModel base(String model) {
    return KnownModel.named(model).orElse(KnownModel.BERT_BASE_CASED);
  }

  private static Known<ImageClassifier> image(String model) {
    var isBuiltIn = model.equals(ImageClassifier.BUILT_IN);
    check(
        isBuiltIn || Files.exists(Path.of(model)),
        "There is no classifier %s; give food, a weight file or an ONNX graph",
        model);
    return new Known<>(
        isBuiltIn ? model : nameOf(model),
        () -> ImageClassifier.open(model, Optional.empty()),
        isBuiltIn ? 0 : fileBytes(Path.of(model)),
        classifier -> COPIES * classifier.network().weightBytes());
  }

  /** A known name, or the own name of a folder or file. */
  private static String nameOf(String model) {
    return isKnown(model)
        ? model
        : Path.of(model).toAbsolutePath().normalize().getFileName().toString();
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

  /**
   * The model that a result is from: one that is offered if it is the same, so that it isn't opened
   * twice, or if it is called the same and the files that were read have gone.
   *
   * @return empty if it isn't on this machine
   * @throws IOException if the models on this machine can't be listed
   */
  Optional<Known<BertModels.Loaded>> withWeights(WeightsOrigin origin) throws IOException {
    var model = origin.model();
    if (origin.adapter().isEmpty()) {
      for (var source : sources.entrySet()) {
        if (isSame(source.getValue(), model)) {
          return Optional.of(texts.get(source.getKey()));
        }
      }
    }
    if (isOnThisMachine(origin)) {
      return Optional.of(text(origin));
    }
    return Optional.ofNullable(texts.get(nameOf(model)));
  }

  private static boolean isSame(String one, String other) {
    return one.equals(other)
        || !isKnown(one)
            && !isKnown(other)
            && Path.of(one)
                .toAbsolutePath()
                .normalize()
                .equals(Path.of(other).toAbsolutePath().normalize());
  }

  private static boolean isOnThisMachine(WeightsOrigin origin) throws IOException {
    var model = origin.model();
    return (isKnown(model)
            ? new BertArtifacts(_ -> {}).isLocal(base(model))
            : Files.exists(Path.of(model)))
        && origin.adapter().stream().allMatch(Files::exists);
  }

  @Override
  public Field field() {
    return MODEL;
  }

  @Override
  public List<String> names() {
    return List.copyOf(texts.keySet());
  }

  /** A question goes to the model that was trained for questions, if it is offered. */
  @Override
  public Chosen chosen(Given given) {
    var trained =
        given
            .optionalText("question")
            .map(_ -> BertModels.QUESTION_ANSWERING)
            .filter(texts::containsKey);
    var known = chosen(texts, given.optionalText(MODEL.name()).or(() -> trained));
    return new Chosen(known.name(), known);
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
