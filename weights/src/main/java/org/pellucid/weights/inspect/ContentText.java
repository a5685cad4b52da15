package org.pellucid.weights.inspect;

import java.util.List;
import org.pellucid.weights.Content;

/** Writes a file's content beside the weights as an indented list. */
final class ContentText {
  private static final int MOST_LINES = 60;

  /** A dictionary of more tensors than this, and of nothing else, takes one line. */
  private static final int MOST_TENSORS = 4;

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
    if (isStateDict(content)) {
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

  private static String line(Content content) {
    return switch (content.kind()) {
      case "int", "float", "bool", "str" -> content.name() + " = " + content.text();
      case "None" -> content.name() + " = None";
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
}
