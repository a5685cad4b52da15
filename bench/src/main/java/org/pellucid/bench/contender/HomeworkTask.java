package org.pellucid.bench.contender;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pellucid.bench.work.HomeworkWork;

/**
 * The homework's methods one after another. The answer has each method's, scaled to length 1, so
 * that none is lost beside another of larger numbers.
 */
public record HomeworkTask(List<Task> parts) implements Task {

  /** The methods as a contender does them; empty if there is one that it can't do. */
  public static Optional<Task> of(Contender contender, HomeworkWork work) {
    var parts = new ArrayList<Task>();
    for (var part : work.parts()) {
      contender.prepare(part).ifPresent(parts::add);
    }
    var task = new HomeworkTask(List.copyOf(parts));
    if (parts.size() < work.parts().size()) {
      task.close();
      return Optional.empty();
    }
    return Optional.of(task);
  }

  @Override
  public void before() {
    parts.forEach(Task::before);
  }

  @Override
  public void run() {
    parts.forEach(Task::run);
  }

  @Override
  public float[] answer() {
    return Joined.of(parts.stream().map(part -> scaled(part.answer())).toList());
  }

  private static float[] scaled(float[] answer) {
    var squares = 0.0;
    for (var value : answer) {
      squares += (double) value * value;
    }
    var result = answer.clone();
    for (var i = 0; i < result.length; i++) {
      result[i] /= (float) Math.sqrt(squares);
    }
    return result;
  }

  @Override
  public void close() {
    parts.forEach(Task::close);
  }
}
