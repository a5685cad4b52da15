package org.pellucid.models.nn;

import static org.pellucid.models.ModelFileException.check;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.nn.NetworkDescription.LayerDescription;

/**
 * The parameters of one network without what wrapping modules put before their names, such as
 * {@code module.} (parallel training), {@code _orig_mod.} (compiled models), {@code model.} or
 * {@code net.} (classes of trainers and of one's own), in any order.
 *
 * @param all the parameters under their own names
 * @param ownNames for each name that the network has, that which the source has
 * @param notes what was left out, a sentence each
 */
record NamedParameters(
    ParameterSource all, SequencedMap<String, String> ownNames, List<String> notes)
    implements ParameterSource {

  /** Modules that wrap others anywhere in a network and have no parameters themselves. */
  private static final Set<String> WRAPPERS =
      Set.of("module", "_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module");

  /** Each is tried; a network in more than these isn't one whose names tell its architecture. */
  private static final int MOST_PREFIXES = 100;

  /** The parameters with a description that they fit. */
  record Described(NetworkDescription description, NamedParameters parameters) {}

  /** The parameters of a published network. */
  record Published(PublishedNetwork network, NamedParameters parameters) {}

  private static NamedParameters unchanged(ParameterSource all) {
    var names = new LinkedHashMap<String, String>();
    all.names().forEach(name -> names.put(name, name));
    return new NamedParameters(all, names, List.of());
  }

  /** Without the modules that wrap others anywhere; empty if there are none or names collide. */
  private static Optional<NamedParameters> withoutWrappers(ParameterSource all) {
    var names = new LinkedHashMap<String, String>();
    var removed = new TreeSet<String>();
    for (var name : all.names()) {
      var parts = new ArrayList<>(List.of(name.split("\\.", -1)));
      parts.stream().filter(WRAPPERS::contains).forEach(removed::add);
      parts.removeAll(WRAPPERS);
      if (names.put(String.join(".", parts), name) != null) {
        return Optional.empty();
      }
    }
    var note =
        "The names of the parameters in %s have the wrapper %s in them, which was left out."
            .formatted(all.origin(), String.join(" and ", removed));
    return removed.isEmpty()
        ? Optional.empty()
        : Optional.of(new NamedParameters(all, names, List.of(note)));
  }

  /** With the names that DenseNets have today; empty if all are. */
  private Optional<NamedParameters> withPresentNames() {
    var names = new LinkedHashMap<String, String>();
    ownNames.forEach((name, own) -> names.put(DenseNetworks.presentName(name), own));
    return names.size() < ownNames.size() || names.keySet().equals(ownNames.keySet())
        ? Optional.empty()
        : Optional.of(new NamedParameters(all, names, notes));
  }

  private NamedParameters below(String prefix) {
    if (prefix.isEmpty()) {
      return this;
    }
    var below = new LinkedHashMap<String, String>();
    var others = new ArrayList<String>();
    ownNames.forEach(
        (name, own) -> {
          if (name.startsWith(prefix)) {
            below.put(name.substring(prefix.length()), own);
          } else {
            others.add(own);
          }
        });
    var said = new ArrayList<>(notes);
    said.add(
        "The names of the parameters in %s begin with %s, which was left out."
            .formatted(all.origin(), prefix));
    if (!others.isEmpty()) {
      said.add(
          "%s also holds %d parameters that don't begin with %s and were left out, such as %s."
              .formatted(all.origin(), others.size(), prefix, others.getFirst()));
    }
    return new NamedParameters(all, below, said);
  }

  /**
   * The parameters of a described network: those whose names are the layers' behind one prefix, or
   * all as they are where there is no such prefix.
   *
   * @throws ModelFileException if there are several
   */
  static NamedParameters of(ParameterSource all, NetworkDescription description) {
    var plain = unchanged(all);
    for (var named : candidates(all)) {
      var prefixes = named.prefixes(description);
      if (prefixes.contains("")) {
        return named;
      }
      check(
          prefixes.size() <= 1,
          "%s holds the described network several times, under the prefixes %s; put one of them"
              + " before the layers' names",
          all.origin(),
          String.join(" and ", prefixes));
      if (!prefixes.isEmpty()) {
        return named.below(prefixes.getFirst());
      }
    }
    return plain;
  }

  private static List<NamedParameters> candidates(ParameterSource all) {
    var candidates = new ArrayList<>(List.of(unchanged(all)));
    withoutWrappers(all).ifPresent(candidates::add);
    List.copyOf(candidates).forEach(named -> named.withPresentNames().ifPresent(candidates::add));
    return candidates;
  }

  /**
   * The one published network whose names these are; empty if there is none.
   *
   * @throws ModelFileException if there are several
   */
  static Optional<Published> published(ParameterSource all) {
    for (var named : candidates(all)) {
      var found = new TreeMap<String, Published>();
      for (var prefix : PublishedNetworks.prefixes(named.names())) {
        var below = named.below(prefix);
        PublishedNetworks.recognise(below)
            .ifPresent(network -> found.put(prefix, new Published(network, below)));
      }
      checkOne(all, found.keySet());
      if (!found.isEmpty()) {
        return Optional.of(found.firstEntry().getValue());
      }
    }
    return Optional.empty();
  }

  private static void checkOne(ParameterSource all, Set<String> prefixes) {
    check(
        prefixes.size() <= 1,
        "%s holds several networks, under the prefixes %s; describe one of them with its prefix"
            + " in the layers' names and give that as --network (see docs/networks.md)",
        all.origin(),
        String.join(" and ", prefixes));
  }

  /** What all layers with parameters have before their names. */
  private List<String> prefixes(NetworkDescription description) {
    var expected = description.layers().stream().flatMap(layer -> telling(layer).stream()).toList();
    if (expected.isEmpty()) {
      return List.of("");
    }
    return ownNames.keySet().stream()
        .filter(name -> name.endsWith(expected.getFirst()))
        .map(name -> name.substring(0, name.length() - expected.getFirst().length()))
        .filter(prefix -> prefix.isEmpty() || prefix.endsWith("."))
        .filter(prefix -> expected.stream().allMatch(name -> ownNames.containsKey(prefix + name)))
        .toList();
  }

  /** A parameter that a layer can't do without. */
  private static Optional<String> telling(LayerDescription layer) {
    return switch (layer.kind()) {
      case LayerKind.Convolution _, LayerKind.Linear _ -> Optional.of(layer.name() + ".weight");
      case LayerKind.BatchNorm _ -> Optional.of(layer.name() + ".running_mean");
      default -> Optional.empty();
    };
  }

  /**
   * The parameters of the one network whose architecture the names tell.
   *
   * @throws ModelFileException if they tell none or several
   */
  static Described infer(ParameterSource all) {
    var published = published(all);
    if (published.isPresent()) {
      return new Described(published.get().network().description(), published.get().parameters());
    }
    var failures = new ArrayList<ModelFileException>();
    var plain = unchanged(all).only(failures);
    if (plain.isPresent() && !plain.get().parameters().hasWrappers()) {
      return plain.get();
    }
    return withoutWrappers(all)
        .flatMap(named -> named.only(failures))
        .or(() -> plain)
        .orElseThrow(() -> UnknownArchitecture.of(all, failures.getFirst()));
  }

  private boolean hasWrappers() {
    return ownNames.keySet().stream()
        .anyMatch(name -> WRAPPERS.stream().anyMatch(List.of(name.split("\\."))::contains));
  }

  /** The one network that the names tell; empty if they tell none. */
  private Optional<Described> only(List<ModelFileException> failures) {
    var found = inferred(failures);
    checkOne(all, found.keySet());
    return found.values().stream().findFirst();
  }

  /** Networks by prefix, each under its longest. */
  private TreeMap<String, Described> inferred(List<ModelFileException> failures) {
    var found = new TreeMap<String, Described>();
    for (var prefix : modulePrefixes()) {
      var below = below(prefix);
      try {
        var described = new Described(ArchitectureInference.infer(below), below);
        found.entrySet().removeIf(shorter -> holdsTheSame(shorter.getValue().parameters(), below));
        found.put(prefix, described);
      } catch (ModelFileException e) {
        failures.add(e);
      } catch (IllegalArgumentException e) {
        failures.add(
            new ModelFileException(
                "The architecture can't be inferred from the names in %s; %s."
                    .formatted(all.origin(), UnknownArchitecture.REMEDY),
                e));
      }
    }
    return found;
  }

  private static boolean holdsTheSame(NamedParameters one, NamedParameters other) {
    return Set.copyOf(one.ownNames.values()).equals(Set.copyOf(other.ownNames.values()));
  }

  /** No prefix, and all those of modules that hold numbered ones, the shorter ones first. */
  private SequencedSet<String> modulePrefixes() {
    var prefixes = new TreeSet<String>(List.of(""));
    for (var name : ownNames.keySet()) {
      var parameter = ArchitectureInference.PARAMETER.matcher(name);
      var container = parameter.matches() ? parameter.group(1) : "";
      for (var dot = container.indexOf('.'); dot >= 0; dot = container.indexOf('.', dot + 1)) {
        prefixes.add(container.substring(0, dot + 1));
      }
    }
    return prefixes.size() <= MOST_PREFIXES ? prefixes : new TreeSet<>(List.of(""));
  }

  @Override
  public SequencedSet<String> names() {
    return Collections.unmodifiableSequencedSet(ownNames.sequencedKeySet());
  }

  private String own(String name) {
    return Optional.ofNullable(ownNames.get(name))
        .orElseThrow(
            () -> new IllegalArgumentException("There is no parameter %s.".formatted(name)));
  }

  @Override
  public long[] shape(String name) {
    return all.shape(own(name));
  }

  @Override
  public float[] floats(String name) {
    return all.floats(own(name));
  }

  @Override
  public String origin() {
    return all.origin();
  }
}
