package org.pellucid.explain.cli;

import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Lucene's log, which tells at the start which instructions of the processor it uses. A logger's
 * level lasts as long as somebody refers to it.
 */
final class LuceneLog {
  private final Logger logger = Logger.getLogger("org.apache.lucene");

  /** Lets warnings alone through. */
  void quieten() {
    logger.setLevel(Level.WARNING);
  }
}
