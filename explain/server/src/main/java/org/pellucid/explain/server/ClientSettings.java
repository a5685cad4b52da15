package org.pellucid.explain.server;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.pellucid.explain.Methods;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.server.http.Refusal;

/**
 * Settings of methods from a client, who must not learn which files are on this machine, let alone
 * have them read: where the command line takes a file, only the words beside it are allowed.
 */
final class ClientSettings {
  private static final Pattern FORM = Pattern.compile("([\\w-]+)\\.([\\w-]+)=(.*)");
  private static final Pattern NO_FILE =
      Pattern.compile(
          "(black|white|mean|superpixel|noise|pad|mask|zero|(blurred|gaussian)(:[0-9.]+)?|-?[0-9]+(\\.[0-9]+)?)");

  private ClientSettings() {}

  /**
   * Checks settings of the form {@code METHOD.PARAMETER=VALUE}; whether methods and parameters of
   * these names exist is left to the library.
   *
   * @throws Refusal 422 if one is of another form or may name a file
   */
  static void check(List<String> settings) {
    for (var setting : settings) {
      var parts = FORM.matcher(setting);
      if (!parts.matches()) {
        throw new Refusal(422, "A setting must be METHOD.PARAMETER=VALUE.");
      }
      if (takesFile(parts.group(1), parts.group(2)) && !isNoFile(parts.group(3))) {
        throw new Refusal(
            422,
            "%s.%s must be black, white, mean, blurred, noise, gaussian, pad, mask, zero or a number; the server reads no files for clients."
                .formatted(parts.group(1), parts.group(2)));
      }
    }
  }

  private static boolean takesFile(String method, String parameter) {
    return Stream.concat(Methods.builtIn().stream(), Methods.ofTexts().stream())
        .filter(descriptor -> descriptor.name().equals(method))
        .flatMap(descriptor -> descriptor.parameters().stream())
        .filter(declared -> declared.name().equals(parameter))
        .map(Parameter::type)
        .anyMatch(type -> type.allowed().contains("file"));
  }

  private static boolean isNoFile(String value) {
    return Arrays.stream(value.split(","))
        .allMatch(part -> NO_FILE.matcher(part.strip()).matches());
  }
}
