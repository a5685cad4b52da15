package org.pellucid.weights.convert;

import java.util.concurrent.CancellationException;
import org.pellucid.weights.Progress;

/**
 * Counts bytes that several threads process, passes the sum to a listener, and ends the work when
 * the thread that began it is interrupted.
 */
final class ByteProgress {
  private final Progress listener;
  private final long total;
  private final Thread owner = Thread.currentThread();
  private long done;

  ByteProgress(Progress listener, long total) {
    this.listener = listener;
    this.total = total;
  }

  /**
   * Adds bytes that were processed.
   *
   * @throws CancellationException if the owner was interrupted; its flag stays set
   */
  synchronized void add(long bytes) {
    if (owner.isInterrupted()) {
      throw new CancellationException("The conversion was cancelled.");
    }
    done += bytes;
    listener.update(done, total);
  }
}
