package org.pellucid.bench.paired;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Comparisons as a table to read and a file to check. */
public final class Report {
  private static final String ROW = "| %-31s | %9s | %9s | %9s | %9s | %6s | %7s |";

  private Report() {}

  /** The head of the table, in Markdown. */
  public static String head(String ours, String rival, int threads) {
    return """
    %s, %d threads. Milliseconds: medians and fastest calls; ratio = %s / %s.

    %s
    |---------------------------------|----------:|----------:|----------:|----------:|-------:|--------:|\
    """
        .formatted(
            Machine.describe(),
            threads,
            rival,
            ours,
            ROW.formatted("benchmark", "ours", "fastest", "rival", "fastest", "ratio", "error"));
  }

  /** A row of the table, in Markdown. */
  public static String row(Comparison comparison) {
    return ROW.formatted(
        comparison.name(),
        number("%.2f", comparison.ours().median()),
        number("%.2f", comparison.ours().fastest()),
        comparison.rival().map(rival -> number("%.2f", rival.times().median())).orElse(""),
        comparison.rival().map(rival -> number("%.2f", rival.times().fastest())).orElse(""),
        comparison.ratio().isPresent() ? number("%.2f", comparison.ratio().getAsDouble()) : "",
        comparison.error().isPresent() ? number("%.1e", comparison.error().getAsDouble()) : "");
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  /**
   * Writes {@code [{"name", "rival", "ours_ms", "rival_ms", "ratio"}]}; the rival, its time and the
   * ratio are null where there was none. The file is whole or not there.
   *
   * @throws IOException if the file can't be written
   */
  public static void write(List<Comparison> comparisons, Path file) throws IOException {
    var entries = comparisons.stream().map(Report::entry).toList();
    var mapper = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    var target = file.toAbsolutePath();
    Files.createDirectories(target.getParent());
    var part = Files.createTempFile(target.getParent(), target.getFileName().toString(), ".part");
    try {
      Files.writeString(part, mapper.writeValueAsString(entries) + "\n");
      Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static Map<String, Object> entry(Comparison comparison) {
    var entry = new LinkedHashMap<String, Object>();
    var rival = comparison.rival();
    var ratio = comparison.ratio();
    entry.put("name", comparison.name());
    entry.put("rival", rival.map(Comparison.Rival::name).orElse(null));
    entry.put("ours_ms", comparison.ours().median());
    entry.put("rival_ms", rival.map(other -> other.times().median()).orElse(null));
    entry.put("ratio", ratio.isPresent() ? ratio.getAsDouble() : null);
    return entry;
  }
}
