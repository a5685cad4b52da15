package org.pellucid.explain.cli;

import static org.pellucid.engine.tensor.Shapes.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Sentences, one for each line of a file, with the groups that were given for them.
 *
 * @param labels a group for each line, blank ones too; empty to have groups found
 */
record GroupedSentences(List<String> sentences, Optional<List<String>> labels) {
  private static final String IN_LINES = "lines";

  /**
   * Reads the sentences, and the groups from where the option says.
   *
   * @param groups a list {@code 0,0,1}, a file with one a line, or {@code lines} if each line holds
   *     its group, a tab and its sentence
   * @throws IllegalArgumentException if a file can't be used, or a line has no tab
   * @throws IOException if a file can't be read
   */
  static GroupedSentences read(Path file, Optional<String> groups) throws IOException {
    var lines = SentenceFile.read(file);
    if (groups.isEmpty()) {
      return new GroupedSentences(lines, Optional.empty());
    }
    var given = groups.get();
    if (given.equals(IN_LINES)) {
      return divided(file, lines);
    }
    var labels =
        Files.isRegularFile(Path.of(given))
            ? SentenceFile.read(Path.of(given))
            : List.of(given.split(",", -1));
    return new GroupedSentences(lines, Optional.of(labels));
  }

  private static GroupedSentences divided(Path file, List<String> lines) {
    var sentences = new ArrayList<String>();
    var labels = new ArrayList<String>();
    for (var i = 0; i < lines.size(); i++) {
      var line = lines.get(i);
      var tab = line.indexOf('\t');
      check(
          tab >= 0 || line.isBlank(),
          "Line %d of %s has no tab; with --groups lines each is group, tab, sentence",
          i + 1,
          file);
      labels.add(tab < 0 ? "" : line.substring(0, tab));
      sentences.add(tab < 0 ? "" : line.substring(tab + 1));
    }
    return new GroupedSentences(List.copyOf(sentences), Optional.of(List.copyOf(labels)));
  }
}
