package org.pellucid.models.zoo;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.xml.sax.SAXException;

/**
 * The location of this user's Maven and of its local repository.
 *
 * @param environment the environment variables
 * @param properties the system properties {@code maven.repo.local}, {@code user.home} and {@code
 *     os.name}, as far as they are set
 */
record MavenSettings(Map<String, String> environment, Map<String, String> properties) {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]+)}");

  static MavenSettings ofUser() {
    var properties =
        Stream.of("maven.repo.local", "user.home", "os.name")
            .filter(name -> System.getProperty(name) != null)
            .collect(Collectors.toMap(name -> name, System::getProperty));
    return new MavenSettings(System.getenv(), properties);
  }

  /** The Maven command, looked for in PATH, MAVEN_HOME and M2_HOME. */
  Optional<Path> command() {
    boolean windows = properties.getOrDefault("os.name", "").startsWith("Windows");
    var path = environment.getOrDefault("PATH", environment.getOrDefault("Path", ""));
    var onPath =
        Arrays.stream(path.split(Pattern.quote(File.pathSeparator))).filter(d -> !d.isBlank());
    return Stream.concat(onPath.map(Path::of), homes().stream().map(home -> home.resolve("bin")))
        .map(directory -> directory.resolve(windows ? "mvn.cmd" : "mvn"))
        .filter(Files::isExecutable)
        .findFirst()
        .map(Path::toAbsolutePath);
  }

  /**
   * The local repository: the property {@code maven.repo.local}, or what the user's or Maven's own
   * settings say, or {@code ~/.m2/repository}.
   *
   * @throws IOException if a settings file cannot be read
   */
  Path localRepository() throws IOException {
    var property = properties.getOrDefault("maven.repo.local", "");
    if (!property.isBlank()) {
      return Path.of(property).toAbsolutePath();
    }
    var user = Path.of(properties.get("user.home"), ".m2");
    var files =
        Stream.concat(
            Stream.of(user.resolve("settings.xml")),
            homes().stream().map(home -> home.resolve("conf/settings.xml")));
    for (var file : (Iterable<Path>) files::iterator) {
      var repository = repositoryIn(file);
      if (repository.isPresent()) {
        return repository.get();
      }
    }
    return user.resolve("repository");
  }

  private List<Path> homes() {
    return Stream.of("MAVEN_HOME", "M2_HOME")
        .map(name -> environment.getOrDefault(name, ""))
        .filter(home -> !home.isBlank())
        .map(Path::of)
        .toList();
  }

  private Optional<Path> repositoryIn(Path settings) throws IOException {
    if (!Files.isRegularFile(settings)) {
      return Optional.empty();
    }
    try {
      var factory = DocumentBuilderFactory.newInstance();
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      var builder = factory.newDocumentBuilder();
      builder.setErrorHandler(null);
      var children = builder.parse(settings.toFile()).getDocumentElement().getChildNodes();
      for (int i = 0; i < children.getLength(); i++) {
        var child = children.item(i);
        if (child.getNodeName().equals("localRepository") && !child.getTextContent().isBlank()) {
          return Optional.of(Path.of(resolved(child.getTextContent().strip())).toAbsolutePath());
        }
      }
      return Optional.empty();
    } catch (SAXException | ParserConfigurationException e) {
      throw new IOException("Maven's " + settings + " is not valid XML: " + e.getMessage(), e);
    }
  }

  private String resolved(String value) {
    return VARIABLE
        .matcher(value)
        .replaceAll(
            match -> {
              var name = match.group(1);
              var replacement =
                  name.startsWith("env.")
                      ? environment.get(name.substring(4))
                      : properties.get(name);
              return Matcher.quoteReplacement(replacement == null ? match.group() : replacement);
            });
  }
}
