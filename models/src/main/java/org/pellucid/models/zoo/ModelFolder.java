package org.pellucid.models.zoo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.bert.BertConfig;
import org.pellucid.models.bert.CachedFile;
import org.pellucid.models.onnx.GraphFolder;
import org.pellucid.models.text.ForeignVocabulary;
import org.pellucid.models.text.OnnxTextModel;
import org.pellucid.weights.convert.LowRankAdapter;

/** Finds the files of a BERT in the layouts of folders that people have. */
final class ModelFolder {
  private static final String CONFIG = "config.json";
  private static final String GOOGLE_CONFIG = "bert_config.json";
  private static final String ADAPTER_CONFIG = "adapter_config.json";
  private static final String VOCABULARY = "vocab.txt";
  private static final String INDEX = ".index";

  /** In order of preference; graphs come after them. */
  private static final List<String> WEIGHTS =
      List.of(
          "model.safetensors",
          "model.safetensors.index.json",
          "pytorch_model.bin",
          "pytorch_model.bin.index.json");

  private static final Set<String> NO_WEIGHTS = Set.of("training_args.bin");

  /** Weights of other libraries, with the name of what wrote them. */
  private static final Map<String, String> FOREIGN =
      Map.of(
          "tf_model.h5", "Keras",
          "flax_model.msgpack", "Flax",
          "rust_model.ot", "rust-bert",
          ".gguf", "llama.cpp",
          "openvino_model.bin", "OpenVINO",
          ".mlmodel", "Core ML");

  private static final ForeignVocabulary PAIRS =
      new ForeignVocabulary("merges.txt", "byte-pair encoding (BPE)");

  private ModelFolder() {}

  /**
   * The files of the model that a path means; empty if there is nothing.
   *
   * @throws ModelFileException if it is no model, or files of it are missing
   * @throws IOException if a directory can't be listed
   */
  static Optional<BertFiles> find(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      return Optional.of(inDirectory(CacheFolder.resolve(path)));
    }
    var name = path.getFileName() == null ? "" : path.getFileName().toString();
    var prefix = name.replaceFirst("\\.(?:index|meta|data-\\d+-of-\\d+)$", "");
    var index = path.resolveSibling(prefix + INDEX);
    var parent = path.toAbsolutePath().getParent();
    if (Files.isRegularFile(index)) {
      return Optional.of(google(parent, index));
    }
    return Files.isRegularFile(path)
        ? Optional.of(huggingFace(parent, Optional.of(path)))
        : Optional.empty();
  }

  private static BertFiles inDirectory(Path directory) throws IOException {
    if (Files.exists(directory.resolve("saved_model.pb"))) {
      return BertFiles.SavedModel.in(directory);
    }
    var hasConfig = Files.exists(directory.resolve(CONFIG));
    if (!hasConfig && Files.exists(directory.resolve("modules.json"))) {
      return huggingFace(sentenceEncoder(directory), Optional.empty());
    }
    var weights = weightsIn(directory);
    if (Files.exists(directory.resolve(ADAPTER_CONFIG)) && weights.isEmpty()) {
      throw adapter(directory);
    }
    if (Files.exists(directory.resolve(GOOGLE_CONFIG)) && (!hasConfig || weights.isEmpty())) {
      return google(directory, checkpointIn(directory));
    }
    return huggingFace(directory, weights);
  }

  /**
   * The graph or its directory, where a path means a model that is run as an ONNX graph.
   *
   * @throws IOException if a directory can't be listed
   */
  static Optional<Path> graph(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return Optional.of(path).filter(GraphFolder::isGraph);
    }
    var directory = CacheFolder.resolve(path);
    if (Files.exists(directory.resolve("saved_model.pb"))
        || Files.exists(directory.resolve(GOOGLE_CONFIG))
        || !OnnxTextModel.isIn(directory)) {
      return Optional.empty();
    }
    var hasOthers = weightsIn(directory).filter(file -> !GraphFolder.isGraph(file)).isPresent();
    return hasOthers && isBert(directory.resolve(CONFIG))
        ? Optional.empty()
        : Optional.of(directory);
  }

  private static boolean isBert(Path config) {
    try {
      BertConfig.read(config);
      return true;
    } catch (ModelFileException _) {
      return false;
    }
  }

  private static ModelFileException adapter(Path directory) {
    var base = LowRankAdapter.baseOf(directory.resolve(ADAPTER_CONFIG));
    return new ModelFileException(
        "%s is an adapter for %s and no model; give that model as --model and this as --adapter."
            .formatted(directory, base.orElse("another model")));
  }

  private static BertFiles.HuggingFace huggingFace(Path directory, Optional<Path> weights)
      throws IOException {
    BertConfig.read(require(directory, CONFIG));
    if (!Files.exists(directory.resolve(VOCABULARY))
        && !Files.exists(directory.resolve("tokenizer.json"))) {
      throw missingVocabulary(directory);
    }
    var found = weights.isPresent() ? weights : weightsIn(directory);
    return new BertFiles.HuggingFace(
        directory,
        found
            .map(CachedFile::of)
            .orElseThrow(() -> new ModelFileException(missingWeights(directory))));
  }

  private static BertFiles.Google google(Path directory, Path index) {
    require(directory, GOOGLE_CONFIG);
    require(directory, VOCABULARY);
    return new BertFiles.Google(directory, index);
  }

  private static Path checkpointIn(Path directory) throws IOException {
    var usual = directory.resolve("bert_model.ckpt" + INDEX);
    if (Files.exists(usual)) {
      return usual;
    }
    var all =
        names(directory).stream()
            .filter(name -> name.contains(".ckpt") && name.endsWith(INDEX))
            .toList();
    if (all.size() == 1) {
      return directory.resolve(all.getFirst());
    }
    throw new ModelFileException(
        all.isEmpty()
            ? "%s holds no weights; it needs bert_model.ckpt.index and its .data file."
                .formatted(directory)
            : "%s holds several checkpoints, %s; give the path of one without .index."
                .formatted(directory, String.join(", ", all)));
  }

  /** The file with the weights in a directory; another name is taken if it is the only one. */
  private static Optional<Path> weightsIn(Path directory) throws IOException {
    var usual =
        Stream.concat(WEIGHTS.stream(), GraphFolder.usualNames().stream())
            .map(directory::resolve)
            .filter(Files::exists)
            .findFirst();
    if (usual.isPresent()) {
      return usual;
    }
    var others =
        names(directory).stream()
            .filter(name -> name.endsWith(".safetensors") || name.endsWith(".bin"))
            .filter(name -> !name.startsWith("adapter_") && !name.startsWith("openvino_"))
            .filter(name -> !NO_WEIGHTS.contains(name))
            .toList();
    return others.size() == 1
        ? Optional.of(directory.resolve(others.getFirst()))
        : Optional.empty();
  }

  private static Path sentenceEncoder(Path directory) throws IOException {
    var file = directory.resolve("modules.json");
    try {
      for (var module : JsonMapper.builder().build().readTree(Files.readAllBytes(file))) {
        var path = module.path("path").asText("");
        // A path that led elsewhere would make a file of the model choose what is read.
        if (module.path("type").asText("").endsWith("Transformer") && path.matches("\\w+")) {
          return directory.resolve(path);
        }
      }
    } catch (JsonProcessingException e) {
      throw new ModelFileException("%s is not valid JSON; download it again.".formatted(file), e);
    }
    return directory;
  }

  private static ModelFileException missingVocabulary(Path directory) {
    return ForeignVocabulary.in(directory)
        .or(() -> Optional.of(PAIRS).filter(pairs -> pairs.isIn(directory)))
        .map(found -> found.refusal(directory, "WordPiece (vocab.txt), which BERT has,"))
        .orElseGet(
            () ->
                new ModelFileException(
                    "%s is not a BERT model: it has no vocab.txt and no tokenizer.json."
                        .formatted(directory)));
  }

  private static String missingWeights(Path directory) {
    try {
      var names = names(directory);
      return FOREIGN.entrySet().stream()
          .filter(foreign -> names.stream().anyMatch(name -> name.endsWith(foreign.getKey())))
          .map(
              foreign ->
                  "%s holds its weights only as %s of %s, which can't be read; save them as model.safetensors, for instance with the library transformers."
                      .formatted(directory, foreign.getKey(), foreign.getValue()))
          .findFirst()
          .orElse(
              "%s holds no weights; it needs model.safetensors or pytorch_model.bin."
                  .formatted(directory));
    } catch (IOException e) {
      return "%s can't be listed (%s); check its permissions.".formatted(directory, e.getMessage());
    }
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /**
   * A file of a directory.
   *
   * @throws ModelFileException if it isn't there
   */
  static Path require(Path directory, String name) {
    var file = directory.resolve(name);
    if (!Files.isRegularFile(file)) {
      throw new ModelFileException(
          "%s is not a BERT model: it has no %s; put it there or give the model's folder."
              .formatted(directory, name));
    }
    return file;
  }
}
