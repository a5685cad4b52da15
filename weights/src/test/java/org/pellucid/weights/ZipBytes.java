package org.pellucid.weights;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes ZIP archives as PyTorch and NumPy do, with the sizes before each entry. */
public final class ZipBytes {
  private ZipBytes() {}

  /** An archive whose entries are stored as they are. */
  public static byte[] stored(Map<String, byte[]> entries) {
    return of(entries, ZipEntry.STORED);
  }

  /**
   * An archive.
   *
   * @param entries in the map's order
   * @param method {@link ZipEntry#STORED} or {@link ZipEntry#DEFLATED}
   */
  public static byte[] of(Map<String, byte[]> entries, int method) {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      for (var entry : entries.entrySet()) {
        var crc = new CRC32();
        crc.update(entry.getValue());
        var header = new ZipEntry(entry.getKey());
        header.setMethod(method);
        header.setSize(entry.getValue().length);
        header.setCrc(crc.getValue());
        zip.putNextEntry(header);
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Memory can always be written.", e);
    }
    return bytes.toByteArray();
  }
}
