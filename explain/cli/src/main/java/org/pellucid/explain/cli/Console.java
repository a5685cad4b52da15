package org.pellucid.explain.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.run.RunListener;

/** Where the command line writes: results to standard output, all else to standard error. */
final class Console {
  static final long FINE = 1000;

  private final PrintStream out;
  private final PrintStream err;
  private final boolean showProgress;

  /** A bar on a terminal. */
  final class Bar implements AutoCloseable {
    private final Optional<ProgressBar> bar;

    private Bar(Optional<ProgressBar> bar) {
      this.bar = bar;
    }

    /** Shows how many of the bar's steps are finished. */
    void to(long done) {
      bar.ifPresent(b -> b.stepTo(done));
    }

    /** Shows a run's updates, with {@value #FINE} steps for each method on each input. */
    RunListener over(List<Method> methods) {
      var names = methods.stream().map(Method::name).toList();
      return (number, input, method, done, total) -> {
        note(input + " " + method);
        var finished = (long) number * names.size() + names.indexOf(method);
        to(FINE * finished + FINE * done / Math.max(1, total));
      };
    }

    void note(String text) {
      bar.ifPresent(b -> b.setExtraMessage(" " + text));
    }

    @Override
    public void close() {
      bar.ifPresent(ProgressBar::close);
    }
  }

  Console(PrintStream out, PrintStream err, boolean showProgress) {
    this.out = out;
    this.err = err;
    this.showProgress = showProgress;
  }

  void print(String text) {
    out.println(text);
  }

  /** Prints what went wrong with one of several inputs to standard error. */
  void complain(String text) {
    err.println("pellucid: " + Main.oneLine(text));
  }

  /** Prints what a long command does to standard error, whether it is a terminal or not. */
  void announce(String text) {
    err.println("pellucid: " + Main.oneLine(text));
  }

  /** Prints what the reader of the results should know to standard error. */
  void remark(String text) {
    err.println("note: " + Main.oneLine(text));
  }

  /** Prints a line of a log to standard error. */
  void log(String line) {
    err.println(Main.oneLine(line));
  }

  /** Prints what takes long, if progress is shown. */
  void status(String text) {
    if (showProgress) {
      err.println(text);
    }
  }

  Bar bar(String name, long steps) {
    if (!showProgress) {
      return new Bar(Optional.empty());
    }
    return new Bar(
        Optional.of(
            new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax(steps)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(250)
                .build()));
  }
}
