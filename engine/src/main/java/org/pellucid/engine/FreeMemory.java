package org.pellucid.engine;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** The memory that the machine or container still has to give. */
final class FreeMemory {
  private static final Path LINUX = Path.of("/proc/meminfo");

  private FreeMemory() {}

  /**
   * Bytes that can be used without pushing others out. Where Linux tells, file caches count as
   * free, which the JVM doesn't know; a container's limit, which Linux doesn't tell, holds too.
   */
  static long bytes() {
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    if (!Files.isReadable(LINUX)) {
      return system.getFreeMemorySize();
    }
    try (var lines = Files.lines(LINUX)) {
      var available =
          lines
              .filter(line -> line.startsWith("MemAvailable:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
              .findFirst()
              .orElseGet(system::getFreeMemorySize);
      return Math.min(available, system.getTotalMemorySize());
    } catch (IOException e) {
      return system.getFreeMemorySize();
    }
  }
}
