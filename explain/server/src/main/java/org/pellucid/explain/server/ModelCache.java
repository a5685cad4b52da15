package org.pellucid.explain.server;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToLongFunction;

/**
 * Models that are opened at their first use and stay open while memory allows. Before another is
 * opened, those that were idle longest are closed; where models in use leave no room, it waits for
 * them. One that is larger than all memory allowed is opened alone.
 *
 * <p>Safe to use from several threads.
 */
final class ModelCache implements AutoCloseable {
  private final long bound;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** In the order of their last use. */
  private final LinkedHashMap<Known<?>, Slot> slots = new LinkedHashMap<>(16, .75f, true);

  /** Opens a model. */
  @FunctionalInterface
  interface Opener<M> {
    M open() throws IOException, InterruptedException;
  }

  /**
   * A model that can be opened.
   *
   * @param expected bytes that it will need, as far as its files tell
   * @param bytes that it needs
   */
  record Known<M extends AutoCloseable>(
      String name, Opener<M> opener, long expected, ToLongFunction<M> bytes) {}

  private static final class Slot {
    private Optional<AutoCloseable> model = Optional.empty();
    private long bytes;
    private int users = 1;

    Slot(long expected) {
      bytes = expected;
    }
  }

  /** A model in use, which stays open until the lease is closed. */
  final class Lease<M extends AutoCloseable> implements AutoCloseable {
    private final M model;
    private final Slot slot;

    private Lease(M model, Slot slot) {
      this.model = model;
      this.slot = slot;
    }

    M model() {
      return model;
    }

    @Override
    public void close() {
      lock.lock();
      try {
        slot.users--;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * An empty cache.
   *
   * @param bound bytes that open models may need together
   */
  ModelCache(long bound) {
    this.bound = bound;
  }

  /**
   * A model, which is opened if it isn't.
   *
   * @throws IOException if its files can't be read
   * @throws InterruptedException if interrupted while waiting or opening
   * @throws org.pellucid.weights.UnusableFileException if its files are no such model
   */
  <M extends AutoCloseable> Lease<M> lease(Known<M> known)
      throws IOException, InterruptedException {
    var fresh = new Slot(known.expected());
    lock.lockInterruptibly();
    try {
      while (true) {
        var slot = slots.get(known);
        if (slot == null) {
          makeRoom(known.expected());
          if (fits(known.expected())) {
            break;
          }
        } else if (slot.model.isPresent()) {
          slot.users++;
          return new Lease<>(cast(slot), slot);
        }
        changed.await();
      }
      slots.put(known, fresh);
    } finally {
      lock.unlock();
    }
    return opened(known, fresh);
  }

  private <M extends AutoCloseable> Lease<M> opened(Known<M> known, Slot slot)
      throws IOException, InterruptedException {
    var model = Optional.<M>empty();
    try {
      model = Optional.of(known.opener().open());
      return new Lease<>(model.get(), slot);
    } finally {
      lock.lock();
      try {
        if (model.isPresent()) {
          slot.model = Optional.of(model.get());
          slot.bytes = known.bytes().applyAsLong(model.get());
        } else {
          slots.remove(known);
        }
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /** What a slot holds is what its key opened. */
  @SuppressWarnings("unchecked")
  private static <M extends AutoCloseable> M cast(Slot slot) {
    return (M) slot.model.orElseThrow();
  }

  private void makeRoom(long bytes) {
    for (var iterator = slots.values().iterator();
        iterator.hasNext() && openBytes() + bytes > bound; ) {
      var slot = iterator.next();
      if (slot.users == 0) {
        iterator.remove();
        close(slot);
      }
    }
  }

  private boolean fits(long bytes) {
    return slots.isEmpty() || openBytes() + bytes <= bound;
  }

  /** Bytes of the models that are open. */
  long openBytes() {
    lock.lock();
    try {
      return slots.values().stream().mapToLong(slot -> slot.bytes).sum();
    } finally {
      lock.unlock();
    }
  }

  /** The number of models that are open. */
  int open() {
    lock.lock();
    try {
      return slots.size();
    } finally {
      lock.unlock();
    }
  }

  /** Whether a model is open. */
  boolean isOpen(Known<?> known) {
    lock.lock();
    try {
      return slots.keySet().stream().anyMatch(known::equals);
    } finally {
      lock.unlock();
    }
  }

  private static void close(Slot slot) {
    slot.model.ifPresent(
        model -> {
          try {
            model.close();
          } catch (Exception e) {
            throw new IllegalStateException("A model couldn't be closed.", e);
          }
        });
  }

  /** Closes the models that nobody uses; the others are left to the end of the process. */
  @Override
  public void close() {
    lock.lock();
    try {
      slots
          .values()
          .removeIf(
              slot -> {
                if (slot.users == 0) {
                  close(slot);
                }
                return slot.users == 0;
              });
    } finally {
      lock.unlock();
    }
  }
}
