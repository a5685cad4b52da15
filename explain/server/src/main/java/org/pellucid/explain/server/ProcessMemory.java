package org.pellucid.explain.server;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalLong;
import org.pellucid.explain.server.http.Metrics;

/** Figures of this process's memory. */
final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");

  private ProcessMemory() {}

  static void addTo(Metrics metrics) {
    var runtime = Runtime.getRuntime();
    metrics.gauge(
        "jvm_heap_used_bytes",
        "Memory of objects, garbage too.",
        () -> runtime.totalMemory() - runtime.freeMemory());
    metrics.gauge(
        "jvm_heap_after_collection_bytes",
        "Memory of objects after each part of the heap was last collected.",
        ProcessMemory::afterCollection);
    metrics.gauge("jvm_heap_max_bytes", "Most memory for objects.", runtime::maxMemory);
    if (resident().isPresent()) {
      metrics.gauge(
          "process_resident_memory_bytes",
          "Memory of the whole process.",
          () -> resident().orElse(0));
    }
  }

  private static long afterCollection() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .map(MemoryPoolMXBean::getCollectionUsage)
        .filter(Objects::nonNull)
        .mapToLong(MemoryUsage::getUsed)
        .sum();
  }

  /** Bytes in memory, where Linux tells them. */
  private static OptionalLong resident() {
    try (var lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst();
    } catch (IOException _) {
      return OptionalLong.empty();
    }
  }
}
