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
    checkCancelled();
    done += bytes;
    listener.update(done, total);
  }

  /**
   * Checks whether to go on. An owner that waits for other threads of a stream has no flag until
   * they are done, so this belongs after such a wait too.
   *
   * @throws CancellationException if the owner was interrupted; its flag stays set
   */
  void checkCancelled() {
    if (owner.isInterrupted()) {
      throw new CancellationException("The conversion was cancelled.");
    }
  }
}
