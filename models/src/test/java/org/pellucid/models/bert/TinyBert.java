package org.pellucid.models.bert;

import java.util.Optional;
import java.util.stream.IntStream;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Goldens;
import org.pellucid.models.zoo.CheckpointParameters;
import org.pellucid.weights.convert.BertNames;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.numpy.Npz;

/** The goldens' BERT of two layers with 4 heads, 32 numbers a hidden state. */
final class TinyBert {
  private TinyBert() {}

  static BertModel open(String file, ElementType type) {
    var config = BertConfig.read(Goldens.file("goldens/bert/tiny/config.json"));
    try (var checkpoint =
        BertNames.huggingFace(WeightFiles.open(Goldens.file("goldens/bert/tiny/" + file)))) {
      return BertModel.load(config, new CheckpointParameters(checkpoint), type);
    }
  }

  static Tensor ints(Npz npz, String name) {
    var array = npz.array(name);
    return Tensor.of(array.ints(), array.shape());
  }

  /** One example of a golden batch; its words aren't known. */
  static Tokens tokens(Npz npz, int example) {
    var ids = npz.array("input_ids");
    var segments = npz.array("token_type_ids").ints();
    var length = (int) ids.shape()[1];
    var list =
        IntStream.range(example * length, (example + 1) * length)
            .mapToObj(
                i -> new Token(ids.ints()[i], "?", 0, 0, Token.Source.SPECIAL, -1, segments[i]))
            .toList();
    return new Tokens("", Optional.empty(), list, 4);
  }

  /** Whether an example of a golden batch has no padding. */
  static boolean isUnpadded(Npz npz, int example) {
    var mask = npz.array("attention_mask");
    var length = (int) mask.shape()[1];
    return IntStream.range(example * length, (example + 1) * length)
        .allMatch(i -> mask.ints()[i] == 1);
  }
}
