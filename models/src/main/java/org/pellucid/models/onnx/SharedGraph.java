package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;

import org.pellucid.weights.onnx.GraphFile;

/** An open graph that several models read, and that the last of them closes. */
final class SharedGraph {
  private final GraphFile file;
  private int models = 1;

  /** A graph that one model reads. */
  SharedGraph(GraphFile file) {
    this.file = file;
  }

  GraphFile file() {
    return file;
  }

  /** Counts another model, unless all are closed. */
  synchronized SharedGraph shared() {
    check(models > 0, "The graph %s is closed", file.path());
    models++;
    return this;
  }

  /** Says that one model doesn't read it any more. */
  synchronized void release() {
    models--;
    if (models == 0) {
      file.close();
    }
  }
}
