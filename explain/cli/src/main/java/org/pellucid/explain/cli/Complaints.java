package org.pellucid.explain.cli;

import org.pellucid.explain.run.ExplainedInput;
import org.pellucid.explain.run.Sink;

/** Names every input that failed on standard error. */
record Complaints(Console console) implements Sink {
  @Override
  public void accept(ExplainedInput input) {}

  @Override
  public void fail(String name, String reason) {
    console.complain(name + ": " + reason);
  }
}
