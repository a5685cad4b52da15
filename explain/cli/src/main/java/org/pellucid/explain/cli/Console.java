package org.pellucid.explain.cli;

import java.io.PrintStream;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.pellucid.explain.Progress;

/** Where the command line writes: results to standard output, all else to standard error. */
final class Console {
  private final PrintStream out;
  private final PrintStream err;
  private final boolean showProgress;

  /** A bar on a terminal. */
  final class Bar implements AutoCloseable {
    private final Optional<ProgressBar> bar;

    private Bar(Optional<ProgressBar> bar) {
      this.bar = bar;
    }

    /** A listener that moves this bar from {@code base} on. */
    Progress from(long base) {
      return (done, _) -> bar.ifPresent(b -> b.stepTo(base + done));
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

  /** Tells what takes long, where somebody is watching. */
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
