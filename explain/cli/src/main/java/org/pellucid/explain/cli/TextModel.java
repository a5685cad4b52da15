package org.pellucid.explain.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.pellucid.engine.Engine;
import org.pellucid.explain.text.TextExplanations;
import org.pellucid.explain.view.Page;
import org.pellucid.explain.view.Pages;
import org.pellucid.models.zoo.BertModels;
import org.pellucid.models.zoo.TextModels;
import org.pellucid.models.zoo.TunableModel;
import org.pellucid.weights.OpenOptions;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What commands on texts share: the options of how a model is read, and the checks of texts. */
final class TextModel {
  static final String MODEL = "A model's name or its directory; see: weights list.";
  static final String OUT = "The directory for results.";
  static final String SENTENCES =
      "UTF-8 text, one sentence a line; the n-th result is the n-th line's.";

  @Spec(Target.MIXEE)
  private CommandSpec command;

  @ParentCommand private TextCommand text;

  @Option(
      names = "--adapter",
      paramLabel = "FILE|DIR",
      description = "A low-rank adapter to merge into the model.")
  private Optional<Path> adapter = Optional.empty();

  @Option(
      names = "--state",
      paramLabel = "PATH",
      description = "The state dict to take out of a file that holds several, such as ema.")
  private Optional<String> state = Optional.empty();

  /**
   * Opens a model as the options say; its notes go to the console.
   *
   * @throws IOException if its files can't be read or fetched
   */
  BertModels.Loaded open(String model) throws IOException, InterruptedException {
    var loaded = BertModels.open(model, adapter, options(), console()::status);
    loaded.notes().forEach(console()::remark);
    return loaded;
  }

  /**
   * Opens a language model of any family as the options say; its notes go to the console.
   *
   * @throws IOException if its files can't be read or fetched
   */
  TextModels.Loaded openAny(String model) throws IOException, InterruptedException {
    var loaded = TextModels.open(model, adapter, options(), console()::status);
    loaded.notes().forEach(console()::remark);
    return loaded;
  }

  private OpenOptions options() {
    var standard = OpenOptions.standard();
    return state.map(standard::withState).orElse(standard);
  }

  /**
   * Opens a model to be tuned as the options say; its notes go to the console.
   *
   * @param seed of a new question-answering head
   * @throws IOException if its files can't be read or fetched
   */
  TunableModel openTunable(String model, long seed) throws IOException, InterruptedException {
    var tunable = TunableModel.open(model, adapter, options(), seed, console()::status);
    tunable.loaded().notes().forEach(console()::remark);
    return tunable;
  }

  /** Whether an adapter is merged into the model. */
  boolean hasAdapter() {
    return adapter.isPresent();
  }

  Engine engine() {
    return text.main().machine().engine();
  }

  TextExplanations explanations(BertModels.Loaded loaded) {
    return new TextExplanations(engine(), loaded);
  }

  Console console() {
    return text.main().console();
  }

  /** Writes a command's page as {@code index.html} and says where it is. */
  void write(Page page, Path directory) {
    var file = directory.resolve("index.html");
    Pages.write(page, file);
    console().print("The page is " + file);
  }

  /**
   * Checks that a text arrived as it was typed: Java puts the replacement character where the
   * locale has no letter for it.
   */
  void checkReadable(String option, String given) {
    if (given.indexOf('\uFFFD') >= 0) {
      throw wrongUsage(
          "%s holds letters that can't be read in this locale; set LC_ALL=C.UTF-8 and try again"
              .formatted(option));
    }
  }

  ParameterException wrongUsage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
