package org.pellucid.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/**
 * Every message that a user can meet, with an example in place of each value, in one list: {@code
 * target/messages.txt}. Each is checked to be plain text on one line.
 */
class MessageTests {
  private static final Path ROOT = Path.of(System.getProperty("pellucid.root"));
  private static final List<String> MODULES =
      List.of("engine", "weights", "models", "explain/core", "explain/server", "explain/cli");
  private static final Pattern VALUE = Pattern.compile("%[-+,#0]*\\d*(?:\\.\\d+)?([sdfgexb%])");
  private static final Pattern JAVA_TERM =
      Pattern.compile("(?i)\\b(?:is|be) null\\b|\\bexceptions?\\b|stack ?trace|\\bjava\\.");

  /** Exceptions of a mistake of our own, which the command line shows as such. */
  private static final Set<String> INTERNAL = Set.of("IllegalStateException", "AssertionError");

  private record Message(String file, long line, String text) {
    String example() {
      return VALUE
          .matcher(text)
          .replaceAll(
              value ->
                  switch (value.group(1)) {
                    case "s" -> "«text»";
                    case "%" -> "%";
                    case "d" -> "7";
                    default -> "0.5";
                  });
    }

    @Override
    public String toString() {
      return "%s:%d  %s".formatted(file, line, example());
    }
  }

  @Test
  void areSingleLinesOfPlainText() throws IOException {
    var messages = messages();
    Files.write(
        Path.of("target", "messages.txt"),
        messages.stream().map(Message::toString).sorted().toList());
    assertThat(messages).hasSizeGreaterThan(400);
    assertThat(messages)
        .allSatisfy(
            message ->
                assertThat(message.text())
                    .as(message.toString())
                    .doesNotContain("\n", "\t", "  ", " ;", " ,", "!")
                    .doesNotEndWith(" ")
                    .doesNotContainPattern(JAVA_TERM));
  }

  private static List<Message> messages() throws IOException {
    var compiler = ToolProvider.getSystemJavaCompiler();
    var found = new ArrayList<Message>();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      var sources = MODULES.stream().flatMap(MessageTests::sources).toList();
      var task =
          (JavacTask)
              compiler.getTask(
                  null,
                  files,
                  _ -> {},
                  List.of("-proc:none"),
                  null,
                  files.getJavaFileObjectsFromPaths(sources));
      for (var unit : task.parse()) {
        new Finder(unit, Trees.instance(task), found).scan(unit, null);
      }
    }
    return found;
  }

  private static Stream<Path> sources(String module) {
    try (var files = Files.walk(ROOT.resolve(module + "/src/main/java"))) {
      return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Finds the texts that exceptions and checks are given. */
  private static final class Finder extends TreePathScanner<Void, Void> {
    private final CompilationUnitTree unit;
    private final Trees trees;
    private final List<Message> found;

    Finder(CompilationUnitTree unit, Trees trees, List<Message> found) {
      this.unit = unit;
      this.trees = trees;
      this.found = found;
    }

    @Override
    public Void visitNewClass(NewClassTree call, Void nothing) {
      var type = call.getIdentifier().toString();
      if (type.endsWith("Exception") && !INTERNAL.contains(type)) {
        addSentences(call.getArguments());
      }
      return super.visitNewClass(call, nothing);
    }

    @Override
    public Void visitMethodInvocation(MethodInvocationTree call, Void nothing) {
      var name = call.getMethodSelect().toString();
      if (name.equals("check") || name.equals("Shapes.check") || name.equals("complain")) {
        addSentences(call.getArguments());
      }
      return super.visitMethodInvocation(call, nothing);
    }

    private void addSentences(List<? extends ExpressionTree> arguments) {
      arguments.stream()
          .flatMap(argument -> text(argument).stream())
          .filter(text -> text.contains(" "))
          .findFirst()
          .ifPresent(text -> found.add(new Message(file(), line(arguments.getFirst()), text)));
    }

    private String file() {
      return ROOT.relativize(Path.of(unit.getSourceFile().toUri())).toString();
    }

    private long line(ExpressionTree tree) {
      return unit.getLineMap()
          .getLineNumber(trees.getSourcePositions().getStartPosition(unit, tree));
    }

    /** A literal, literals in a sum, or one of these with {@code formatted}. */
    private static Optional<String> text(ExpressionTree tree) {
      return switch (tree) {
        case LiteralTree literal when literal.getValue() instanceof String text ->
            Optional.of(text);
        case ParenthesizedTree inner -> text(inner.getExpression());
        case BinaryTree sum ->
            Optional.of(
                    Stream.of(sum.getLeftOperand(), sum.getRightOperand())
                        .map(part -> text(part).orElse("%s"))
                        .collect(Collectors.joining()))
                .filter(text -> !text.replace("%s", "").isBlank());
        case MethodInvocationTree call
            when call.getMethodSelect() instanceof MemberSelectTree select
                && select.getIdentifier().contentEquals("formatted") ->
            text(select.getExpression());
        default -> Optional.empty();
      };
    }
  }
}
