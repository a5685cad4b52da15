package org.pellucid.explain.view;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Joins JavaScript modules into one script, since a page that is opened from a file can't import
 * others.
 *
 * <p>Each module becomes a function that is called once, after those it imports; so its names stay
 * its own. Two forms of the language are understood, each on a line of its own: {@code import {a,
 * b} from './name.js';} and {@code export} before {@code const}, {@code function}, {@code async
 * function} or {@code class}.
 */
final class ScriptBundle {
  private static final Pattern IMPORT =
      Pattern.compile("^import (\\{[\\w, ]+}) from '\\./([\\w-]+\\.js)';$", Pattern.MULTILINE);
  private static final Pattern EXPORT =
      Pattern.compile("^export (?=(?:const|(?:async )?function|class) (\\w+))", Pattern.MULTILINE);
  private static final Pattern OTHER = Pattern.compile("^(import|export)\\b", Pattern.MULTILINE);

  private final UnaryOperator<String> sources;
  private final Set<String> open = new LinkedHashSet<>();
  private final Map<String, List<String>> joined = new HashMap<>();
  private final StringBuilder script = new StringBuilder("const modules = {};\n");

  private ScriptBundle(UnaryOperator<String> sources) {
    this.sources = sources;
  }

  /**
   * The script that runs some modules.
   *
   * @param sources the text of a module by its name
   * @throws IllegalStateException if modules import each other in a circle, or one imports what
   *     another doesn't export, has another form of import or export, or would end the script
   *     element
   */
  static String of(List<String> names, UnaryOperator<String> sources) {
    var bundle = new ScriptBundle(sources);
    names.forEach(bundle::add);
    return bundle.script.toString();
  }

  private void add(String name) {
    if (joined.containsKey(name)) {
      return;
    }
    check(open.add(name), name, "imports itself through " + String.join(", ", open));
    var source = sources.apply(name);
    check(!source.contains("</script") && !source.contains("<!--"), name, "ends its element");
    IMPORT.matcher(source).results().forEach(line -> importNames(name, line));
    var exported = new ArrayList<String>();
    EXPORT.matcher(source).results().forEach(line -> exported.add(line.group(1)));
    var body =
        EXPORT
            .matcher(IMPORT.matcher(source).replaceAll("const $1 = modules['$2'];"))
            .replaceAll("");
    check(!OTHER.matcher(body).find(), name, "has an import or export that is not understood");
    script.append(
        "modules['%s'] = (() => {\n%sreturn {%s};\n})();\n"
            .formatted(name, body, String.join(", ", exported)));
    joined.put(name, exported);
  }

  /** A browser would find a missing name only where it is used. */
  private void importNames(String importer, MatchResult line) {
    add(line.group(2));
    for (var imported : line.group(1).replaceAll("[{} ]", "").split(",")) {
      check(
          joined.get(line.group(2)).contains(imported),
          importer,
          "imports %s from %s, which doesn't export it".formatted(imported, line.group(2)));
    }
  }

  private static void check(boolean condition, String name, String problem) {
    if (!condition) {
      throw new IllegalStateException("The script %s %s.".formatted(name, problem));
    }
  }
}
