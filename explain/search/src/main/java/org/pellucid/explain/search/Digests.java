package org.pellucid.explain.search;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.Vocabulary;

/** SHA-256 of what must be the same where an index is built and where it is asked. */
final class Digests {
  private Digests() {}

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }

  /**
   * Of the encoder's weights, its number of heads and the vocabulary, in hexadecimal digits. Heads
   * of tasks don't count: they change no hidden state.
   */
  static String of(BertModel model, Vocabulary vocabulary) {
    var digest = sha256();
    digest.update(model.config().toString().getBytes(StandardCharsets.UTF_8));
    for (var id = 0; id < vocabulary.size(); id++) {
      digest.update((vocabulary.piece(id) + "\n").getBytes(StandardCharsets.UTF_8));
    }
    new TreeMap<>(model.parameters())
        .forEach(
            (name, tensor) -> {
              if (name.startsWith("bert.e")) { // embeddings and encoder
                digest.update(name.getBytes(StandardCharsets.UTF_8));
                update(digest, tensor.toFloats());
              }
            });
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void update(MessageDigest digest, float[] values) {
    var block = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    var step = block.capacity() / Float.BYTES;
    for (var at = 0; at < values.length; at += step) {
      var count = Math.min(step, values.length - at);
      block.asFloatBuffer().put(values, at, count);
      digest.update(block.array(), 0, count * Float.BYTES);
    }
  }
}
