package org.pellucid.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an open checkpoint holds of the machine, and when it lets go. */
class CheckpointTests {

  @ParameterizedTest
  @ValueSource(classes = {StackOverflowError.class, IOException.class, RuntimeException.class})
  void closesItsMemoryWhateverStopsTheOpening(Class<? extends Throwable> kind) throws Exception {
    var arena = Arena.ofShared();
    var thrown = kind.getConstructor().newInstance();
    assertThatThrownBy(() -> Checkpoint.openIn(arena, _ -> sneak(thrown))).isSameAs(thrown);
    assertThat(arena.scope().isAlive()).isFalse();
  }

  @Test
  void keepsItsMemoryUntilItIsClosed() {
    try (var arena = Arena.ofShared()) {
      var segment = Checkpoint.openIn(arena, given -> given.allocate(1));
      assertThat(segment.scope().isAlive()).isTrue();
    }
  }

  /** Throws a checked exception where none is declared, as code in another language may. */
  @SuppressWarnings("unchecked")
  private static <E extends Throwable> Object sneak(Throwable thrown) throws E {
    throw (E) thrown;
  }
}
