package org.pellucid.explain.server;

import java.util.List;
import java.util.Map;

/**
 * What can be asked about texts: the fields of the request, and what answers it.
 *
 * @param name the last part of its addresses, such as {@code attention}
 * @param title a few words
 * @param sentence what it answers
 * @param fields of the request, besides the model
 * @param example values of the fields, which the page shows first
 * @param view what it is shown as
 * @param answer the name of its answer's schema
 * @param work answers
 */
record TextTopic(
    String name,
    String title,
    String sentence,
    List<Field> fields,
    Map<String, Object> example,
    View view,
    String answer,
    Work work) {

  /** What an answer is shown as. */
  enum View {
    /** A page; the JSON interface gives its data. */
    PAGE,
    /** JSON alone. */
    DATA
  }

  /** Gives an answer. */
  @FunctionalInterface
  interface Work {
    /**
     * Answers.
     *
     * @return a {@link org.pellucid.explain.view.Page}, or data that Jackson writes
     * @throws IllegalArgumentException if the library refuses a value
     */
    Object answer(TextSession session, Given given);
  }
}
