package org.pellucid.weights;

import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A SHA-256 sum that grows piece by piece. */
public final class Sha256 {
  private final MessageDigest digest;

  /** The sum of no bytes yet. */
  public Sha256() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }

  /** Adds the next bytes. */
  public void add(MemorySegment chunk) {
    digest.update(chunk.asByteBuffer());
  }

  /** The sum in hexadecimal; nothing can be added after it. */
  public String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
