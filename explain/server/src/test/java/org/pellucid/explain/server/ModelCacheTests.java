package org.pellucid.explain.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.pellucid.explain.server.ModelCache.Known;
import org.pellucid.explain.server.ModelCache.Lease;

/** Opens models once, and closes those that memory has no room for. */
class ModelCacheTests {
  private final List<String> events = Collections.synchronizedList(new ArrayList<>());
  private final ModelCache cache = new ModelCache(100);

  private record Model(String name, List<String> events) implements AutoCloseable {
    @Override
    public void close() {
      events.add("close " + name);
    }
  }

  private Known<Model> model(String name, long bytes) {
    return new Known<>(
        name,
        () -> {
          events.add("open " + name);
          return new Model(name, events);
        },
        bytes,
        _ -> bytes);
  }

  private void use(Known<Model> model) throws Exception {
    try (var lease = cache.lease(model)) {
      assertThat(lease.model().name()).isEqualTo(model.name());
    }
  }

  private CompletableFuture<Lease<Model>> later(Known<Model> model) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return cache.lease(model);
          } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void opensOnceAndClosesTheLongestIdle() throws Exception {
    var a = model("a", 40);
    var b = model("b", 40);
    var c = model("c", 40);
    use(a);
    use(b);
    use(a);
    use(c);
    assertThat(events).containsExactly("open a", "open b", "close b", "open c");
    assertThat(cache.openBytes()).isEqualTo(80);
    assertThat(cache.isOpen(a)).isTrue();
    assertThat(cache.isOpen(b)).isFalse();
    cache.close();
    assertThat(events).endsWith("close a", "close c");
  }

  @Test
  void waitsForModelsInUse() throws Exception {
    var a = cache.lease(model("a", 80));
    var waiting = later(model("b", 80));
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(() -> waiting.get(50, TimeUnit.MILLISECONDS));
    assertThat(events).containsExactly("open a");
    a.close();
    waiting.get(10, TimeUnit.SECONDS).close();
    assertThat(events).containsExactly("open a", "close a", "open b");
  }

  @Test
  void opensOneThatIsLargerThanAllMemoryAlone() throws Exception {
    use(model("a", 10));
    use(model("large", 1000));
    assertThat(events).containsExactly("open a", "close a", "open large");
  }

  @Test
  void triesAgainWhatCouldNotBeOpened() throws Exception {
    var fails = new ArrayList<>(List.of(true));
    var broken =
        new Known<Model>(
            "broken",
            () -> {
              if (!fails.isEmpty()) {
                fails.removeFirst();
                throw new IOException("damaged");
              }
              return new Model("broken", events);
            },
            10,
            _ -> 10);
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> cache.lease(broken));
    assertThat(cache.open()).isZero();
    use(broken);
    assertThat(cache.open()).isOne();
  }
}
