package org.pellucid.weights;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * A named value beside the weights of a file, with the values in it: what a training program noted
 * down. It is a description made for reading; nothing in it was executed.
 *
 * @param name the key, attribute or index under which it lies
 * @param kind what it is, such as {@code dict}, {@code float}, {@code tensor} or {@code object}
 * @param text the value, a tensor's type and shape, or the class of an object; may be empty
 * @param children the values in it, as far as they are described
 * @param omitted how many further values it holds
 */
public record Content(
    String name,
    String kind,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) String text,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Content> children,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) int omitted) {

  /** A description that later changes to the list don't reach. */
  public Content {
    children = List.copyOf(children);
  }

  /** A value without others in it. */
  public static Content leaf(String name, String kind, String text) {
    return new Content(name, kind, text, List.of(), 0);
  }
}
