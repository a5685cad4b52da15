package org.pellucid.explain.search;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.pellucid.models.zoo.WeightsOrigin;

/**
 * What an index holds and which model it is for, as its {@code index.json} says.
 *
 * @param format of the index, {@value #FORMAT}
 * @param weights which weights it was built with
 * @param fingerprint SHA-256 of the encoder's weights and the vocabulary
 * @param hiddenSize of each vector
 * @param modelLayers encoder layers of the model
 * @param heads of each layer
 * @param layers of the hidden states that it keeps
 * @param contexts whether it keeps contexts of the same layers
 * @param graph whether a graph leads to most of the nearest embeddings; else all are compared
 * @param corpus name of the text
 * @param corpusSha256 of the text's bytes
 * @param sentences how many there are
 * @param tokens how many there are, without those that stand in no text
 */
public record IndexDescription(
    int format,
    WeightsOrigin weights,
    String fingerprint,
    int hiddenSize,
    int modelLayers,
    int heads,
    List<Integer> layers,
    boolean contexts,
    boolean graph,
    String corpus,
    String corpusSha256,
    long sentences,
    long tokens) {
  static final int FORMAT = 1;
  static final String FILE = "index.json";

  /** Copies the list. */
  public IndexDescription {
    layers = List.copyOf(layers);
  }

  /** The layers that can be searched by something, in order. */
  public List<Integer> layers(SearchBy by) {
    return layers(by, layers, contexts, modelLayers);
  }

  private static List<Integer> layers(
      SearchBy by, List<Integer> layers, boolean contexts, int modelLayers) {
    return switch (by) {
      case EMBEDDING -> layers;
      case CONTEXT ->
          contexts ? layers.stream().filter(layer -> layer < modelLayers).toList() : List.of();
    };
  }

  /** The kinds of vectors that an index keeps. */
  static List<VectorField> fields(List<Integer> layers, boolean contexts, int modelLayers) {
    var fields = new ArrayList<VectorField>();
    for (var by : SearchBy.values()) {
      layers(by, layers, contexts, modelLayers)
          .forEach(layer -> fields.add(new VectorField(by, layer)));
    }
    return fields;
  }

  void write(Path directory) throws IOException {
    new JsonMapper()
        .writerWithDefaultPrettyPrinter()
        .writeValue(directory.resolve(FILE).toFile(), this);
  }

  /**
   * Reads the description in an index's folder.
   *
   * @throws CorpusException if the folder holds no index, or one of another version
   */
  static IndexDescription read(Path directory) throws IOException {
    var file = directory.resolve(FILE);
    if (!Files.isRegularFile(file)) {
      throw new CorpusException(
          "The folder %s holds no whole index; build one by: text index --out %s.",
          directory, directory);
    }
    try {
      var found = new JsonMapper().readTree(file.toFile());
      if (found.path("format").asInt() != FORMAT) {
        throw new CorpusException(
            "The index %s is of format %s, this version reads format %d; build it anew.",
            directory, found.path("format"), FORMAT);
      }
      return new JsonMapper().treeToValue(found, IndexDescription.class);
    } catch (JacksonException e) {
      throw CorpusException.because(
          e, "The file %s can't be read as the description of an index; build it anew.", file);
    }
  }
}
