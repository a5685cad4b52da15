package org.pellucid.models.bert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.pellucid.models.ModelFileException;

/** Reads the tokens that were added to a vocabulary, in each form that they are written in. */
final class AddedTokens {
  private AddedTokens() {}

  /**
   * One token.
   *
   * @param details an object with {@code special}, {@code normalized} and {@code single_word}, as
   *     far as they are given
   * @throws ModelFileException if the content is no text or the id no whole number
   */
  static AddedToken of(Path file, JsonNode content, JsonNode id, JsonNode details) {
    if (!content.isTextual() || content.textValue().isEmpty() || !id.canConvertToInt()) {
      throw new ModelFileException(
          "%s holds an added token without a content or an id; download it again.".formatted(file));
    }
    var isSpecial = details.path("special").asBoolean();
    return new AddedToken(
        content.textValue(),
        id.intValue(),
        details.path("normalized").asBoolean(!isSpecial),
        details.path("single_word").asBoolean());
  }

  /** Those of an {@code added_tokens.json}, an object from contents to ids. */
  static List<AddedToken> ofMap(JsonFile json) {
    var tokens = new ArrayList<AddedToken>();
    json.root()
        .properties()
        .forEach(
            entry ->
                tokens.add(
                    of(
                        json.file(),
                        TextNode.valueOf(entry.getKey()),
                        entry.getValue(),
                        MissingNode.getInstance())));
    return tokens;
  }

  /** Those of {@code added_tokens_decoder}, an object from ids to details. */
  static List<AddedToken> ofDecoder(JsonFile json) {
    var tokens = new ArrayList<AddedToken>();
    for (var entry : json.root().path("added_tokens_decoder").properties()) {
      tokens.add(
          of(json.file(), entry.getValue().path("content"), id(entry.getKey()), entry.getValue()));
    }
    return tokens;
  }

  private static JsonNode id(String digits) {
    try {
      return IntNode.valueOf(Integer.parseInt(digits));
    } catch (NumberFormatException _) {
      return TextNode.valueOf(digits);
    }
  }
}
