package org.pellucid.explain.server.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashSet;

/**
 * The content security policy of a page: scripts that the page itself holds, told by their hashes,
 * and requests to its own server. Source: W3C, Content Security Policy Level 3, section 8.3.
 */
final class ScriptPolicy {
  private static final String OPEN = "<script";
  private static final String CLOSE = "</script>";
  private static final String DATA = "type=\"application/json\"";

  private ScriptPolicy() {}

  /** The header's value for a page that was written by this program. */
  static String of(String page) {
    var hashes = new LinkedHashSet<String>();
    for (var at = page.indexOf(OPEN); at >= 0; at = page.indexOf(OPEN, at)) {
      var begin = page.indexOf('>', at) + 1;
      var end = page.indexOf(CLOSE, begin);
      if (begin == 0 || end < 0) {
        break;
      }
      if (!page.substring(at, begin).contains(DATA)) {
        hashes.add("'sha256-" + hash(page.substring(begin, end)) + "'");
      }
      at = end;
    }
    return "default-src 'none'; script-src %s; style-src 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        .formatted(hashes.isEmpty() ? "'none'" : String.join(" ", hashes));
  }

  private static String hash(String script) {
    try {
      var digest =
          MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }
}
