package org.pellucid.weights.pytorch;

import java.util.List;
import org.pellucid.weights.pytorch.PickleValue.AnyTensor;
import org.pellucid.weights.pytorch.PickleValue.Bytes;
import org.pellucid.weights.pytorch.PickleValue.Global;
import org.pellucid.weights.pytorch.PickleValue.Large;
import org.pellucid.weights.pytorch.PickleValue.None;
import org.pellucid.weights.pytorch.PickleValue.Tuple;

/** Short texts for values, as Python would print them where that is known. */
final class Descriptions {
  private Descriptions() {}

  /** A text of about that length at most, whatever the value holds. */
  static String of(Object value, int longest) {
    var text = new StringBuilder();
    append(value, text, longest);
    return shortened(text.toString(), longest);
  }

  /** The beginning of a text that is too long. */
  static String shortened(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest) + "…";
  }

  private static void append(Object value, StringBuilder text, int longest) {
    if (text.length() > longest) {
      return;
    }
    switch (value) {
      case None _ -> text.append("None");
      case Boolean bool -> text.append(bool ? "True" : "False");
      case String string -> text.append('"').append(shortened(string, longest)).append('"');
      case Tuple(var items) -> appendAll("", items, text, longest);
      case Global global -> text.append(global.qualified());
      case Bytes(var latin) -> text.append("%d bytes".formatted(latin.length()));
      case Large(var bytes) -> text.append("%d bytes".formatted(bytes));
      case AnyTensor _ -> text.append("tensor");
      case PickleObject object when object.arguments().isEmpty() -> text.append(object.type());
      case PickleObject object -> appendAll(object.type(), object.arguments(), text, longest);
      case PickleDictionary dictionary -> text.append("dict of %d".formatted(dictionary.size()));
      case List<?> list -> text.append("list of %d".formatted(list.size()));
      default -> text.append(value);
    }
  }

  private static void appendAll(String name, List<?> items, StringBuilder text, int longest) {
    text.append(name).append('(');
    for (var i = 0; i < items.size() && text.length() <= longest; i++) {
      text.append(i == 0 ? "" : ", ");
      append(items.get(i), text, longest);
    }
    text.append(')');
  }
}
