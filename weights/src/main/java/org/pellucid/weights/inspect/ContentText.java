package org.pellucid.weights.inspect;

import java.util.List;
import java.util.Set;
import org.pellucid.weights.Content;

/** Writes a file's content beside the weights as an indented list. */
final class ContentText {
  private static final int MOST_LINES = 60;

  /** A dictionary of more tensors than this, and of nothing else, takes one line. */
  private static final int MOST_TENSORS = 4;

  private static final int MOST_VALUES = 10;
  private static final Set<String> SCALARS = Set.of("int", "float", "bool", "str", "None");

  private final StringBuilder text;
  private int lines;

  ContentText(StringBuilder text) {
    this.text = text;
  }

  void appendAll(List<Content> contents) {
    contents.forEach(content -> append(content, "  "));
    if (lines > MOST_LINES) {
      text.append("  and %d more lines; see all with --json%n".formatted(lines - MOST_LINES));
    }
  }

  private void append(Content content, String indent) {
    if (lines++ < MOST_LINES) {
      text.append(Inspection.shownLine(indent + line(content)));
    }
    if (isStateDict(content) || isOneLine(content)) {
      return;
    }
    content.children().forEach(child -> append(child, indent + "  "));
    if (content.omitted() > 0 && !content.children().isEmpty() && lines++ < MOST_LINES) {
      text.append("%s  and %d more%n".formatted(indent, content.omitted()));
    }
  }

  private static boolean isStateDict(Content content) {
    return content.children().size() > MOST_TENSORS
        && content.children().stream().allMatch(child -> child.kind().equals("tensor"));
  }

  /** Whether it is a list of plain values. */
  private static boolean isOneLine(Content content) {
    return List.of("list", "tuple").contains(content.kind())
        && !content.children().isEmpty()
        && content.children().stream().allMatch(child -> SCALARS.contains(child.kind()));
  }

  private static String line(Content content) {
    if (isOneLine(content)) {
      var shown = content.children().stream().limit(MOST_VALUES).map(ContentText::value).toList();
      var isWhole = content.omitted() == 0 && content.children().size() <= MOST_VALUES;
      return "%s = %s of %s: %s%s"
          .formatted(
              content.name(),
              content.kind(),
              content.text(),
              String.join(", ", shown),
              isWhole ? "" : ", …");
    }
    return switch (content.kind()) {
      case "int", "float", "bool", "str", "None" -> content.name() + " = " + value(content);
      case "dict", "list", "tuple" ->
          "%s: %s of %s%s"
              .formatted(
                  content.name(),
                  content.kind(),
                  content.text(),
                  isStateDict(content) ? " tensors" : "");
      default -> "%s: %s %s".formatted(content.name(), content.kind(), content.text());
    };
  }

  private static String value(Content content) {
    return content.kind().equals("None") ? "None" : content.text();
  }
}
