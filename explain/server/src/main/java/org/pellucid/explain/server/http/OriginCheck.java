package org.pellucid.explain.server.http;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Keeps other websites away from a server on one's own machine. A site's script can make a browser
 * send requests to any address; the browser tells where they come from ({@code Origin}, {@code
 * Sec-Fetch-Site}), and under which name the server was looked for ({@code Host}), which is the
 * site's own name if its DNS entry was changed to this machine.
 *
 * @param names by which the server may be called besides {@code localhost} and addresses in
 *     numbers, which no DNS entry can stand for; lower case
 */
record OriginCheck(Set<String> names) {
  private static final Pattern AUTHORITY =
      Pattern.compile("(\\[[0-9a-f:.]+]|[a-z0-9._-]+)(:\\d{1,5})?");
  private static final Pattern ADDRESS = Pattern.compile("\\[.*]|\\d{1,3}(\\.\\d{1,3}){3}");

  /**
   * Checks a request's headers.
   *
   * @throws Refusal if it may be another website's
   */
  void check(
      Optional<String> host,
      Optional<String> origin,
      Optional<String> site,
      Optional<String> mode) {
    var authority = host.map(h -> h.toLowerCase(Locale.ROOT)).orElse("");
    var parts = AUTHORITY.matcher(authority);
    if (!parts.matches()) {
      throw new Refusal(400, "The header Host is missing or malformed.");
    }
    var name = parts.group(1);
    if (!name.equals("localhost") && !ADDRESS.matcher(name).matches() && !names.contains(name)) {
      throw new Refusal(
          403,
          "This server isn't called %s; whoever runs it may allow the name with --allow-host."
              .formatted(name));
    }
    var own = Set.of("http://" + authority, "https://" + authority);
    if (origin.isPresent() && !own.contains(origin.get().toLowerCase(Locale.ROOT))
        || isForeign(site.orElse(""), mode.orElse(""))) {
      throw new Refusal(403, "Pages of other websites may not use this server.");
    }
  }

  /** A link on another site may lead here; a script, form or picture there may not. */
  private static boolean isForeign(String site, String mode) {
    return (site.equals("cross-site") || site.equals("same-site")) && !mode.equals("navigate");
  }
}
