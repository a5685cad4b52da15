package org.pellucid.models.bert.answer;

import org.pellucid.weights.UnusableFileException;

/** Says in one sentence why a file of questions can't be used. */
public final class QuestionFileException extends UnusableFileException {
  private static final long serialVersionUID = 1L;

  QuestionFileException(String message) {
    super(message, null);
  }

  QuestionFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
