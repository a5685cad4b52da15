package org.pellucid.explain.server;

import java.util.ArrayList;
import java.util.List;

/**
 * A topic as a server offers it.
 *
 * @param choice what its requests choose among
 */
record OfferedTopic(TextTopic topic, Choice choice) {
  /** All topics of a server in the order of the overview; searches only where there are indexes. */
  static List<OfferedTopic> all(ServedModels models, ServedIndexes indexes) {
    var all = new ArrayList<OfferedTopic>();
    TextRoutes.TOPICS.forEach(topic -> all.add(new OfferedTopic(topic, models)));
    if (!indexes.names().isEmpty()) {
      all.add(new OfferedTopic(SearchTopic.of(indexes), indexes));
    }
    return List.copyOf(all);
  }

  /** The fields of its request, the choice first. */
  List<Field> fields() {
    var fields = new ArrayList<Field>();
    fields.add(choice.field());
    fields.addAll(topic.fields());
    return fields;
  }

  boolean isPage() {
    return topic.view() == TextTopic.View.PAGE;
  }
}
