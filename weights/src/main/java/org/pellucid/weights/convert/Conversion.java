package org.pellucid.weights.convert;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.pellucid.weights.AtomicFile;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.DType;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.Progress;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.UnreadableTensor;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightWriter;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.files.WeightFiles;

/**
 * Rewrites a checkpoint in another format, optionally under other names or in another type, and
 * checks the written file.
 */
public final class Conversion {
  private static final int LONGEST_LIST = 1000;

  /** How the tensors are named. */
  public sealed interface Names {
    /** By the recognised network's names of today, whose parameters must all be there. */
    record Automatic() implements Names {}

    /** As they are. */
    record Kept() implements Names {}

    /** By a JSON file from old names to new ones, or to null for tensors to leave out. */
    record Mapped(Path file) implements Names {}
  }

  /**
   * What is wanted.
   *
   * @param dtype the type of all floating-point tensors in the file; empty to keep each one's
   * @param adapter a low-rank adapter to merge in; it must stay open meanwhile
   * @param metadata to write beside the tensors, where the format has a place for it; {@code
   *     format} and what a safetensors file says of itself are written anyway
   */
  public record Request(
      Names names,
      Optional<DType> dtype,
      Optional<Checkpoint> adapter,
      Map<String, String> metadata) {
    /** Everything as it is. */
    public static Request copy() {
      return new Request(new Names.Kept(), Optional.empty(), Optional.empty(), Map.of());
    }

    /** The same with other names. */
    public Request withNames(Names wanted) {
      return new Request(wanted, dtype, adapter, metadata);
    }

    /** The same in another type. */
    public Request withType(DType wanted) {
      return new Request(names, Optional.of(wanted), adapter, metadata);
    }

    /** The same with an adapter merged in. */
    public Request withAdapter(Checkpoint wanted) {
      return new Request(names, dtype, Optional.of(wanted), metadata);
    }
  }

  /**
   * One converted tensor.
   *
   * @param isTransposed whether rows and columns were exchanged
   * @param crc32c of the bytes written
   */
  public record Line(TensorInfo from, TensorInfo to, boolean isTransposed, String crc32c) {}

  /**
   * The result of a conversion.
   *
   * @param recognised the network it was taken for
   * @param notes sentences on what was kept or left out without a request
   */
  public record Report(Optional<String> recognised, List<Line> lines, List<String> notes) {}

  private Conversion() {}

  /**
   * Converts without progress updates; see {@link #convert(Checkpoint, Path, Request, Progress)}.
   */
  public static Report convert(Checkpoint checkpoint, Path out, Request request) {
    return convert(checkpoint, out, request, Progress.NONE);
  }

  /**
   * Writes the weights, reads them back and compares; only then they appear under the file's name.
   *
   * @param progress receives the bytes written and read back, of twice the size of all tensors
   * @throws WeightsException if parameters of the recognised network are missing or have another
   *     shape (all of them are named), a number is too large for the type, the target has no such
   *     type, or the file can't be written
   * @throws IllegalArgumentException if the file's ending is not that of a format that is written
   * @throws java.util.concurrent.CancellationException if the thread is interrupted; its flag stays
   *     set, and the file is as it was before
   */
  public static Report convert(
      Checkpoint checkpoint, Path out, Request request, Progress progress) {
    var writer =
        WeightFiles.writerFor(out)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "%s has an unknown ending; give one of %s"
                            .formatted(out, String.join(", ", WeightFiles.writtenEndings()))));
    var renamed =
        switch (request.names()) {
          case Names.Automatic _ -> BertNames.renamed(checkpoint);
          case Names.Kept _ -> kept(checkpoint);
          case Names.Mapped(var file) -> NameMap.read(file).apply(checkpoint);
        };
    renamed.forEach((_, tensor) -> checkIsRead(checkpoint.file(), tensor.tensor()));
    var notes = new ArrayList<>(checkpoint.notes());
    var recognised = Optional.<Architecture>empty();
    if (request.names() instanceof Names.Automatic) {
      notes.addAll(BertNames.notes(checkpoint));
      recognised = check(checkpoint, renamed, notes);
    }
    var merged =
        request
            .adapter()
            .map(adapter -> merged(checkpoint, renamed, adapter, notes))
            .orElse(renamed);
    if (!checkpoint.auxiliary().isEmpty()) {
      notes.add("%d auxiliary tensors were left out".formatted(checkpoint.auxiliary().size()));
    }
    var lines =
        MappedFile.reading(
            checkpoint.file(), () -> write(checkpoint, out, writer, request, merged, progress));
    return new Report(recognised.map(Architecture::title), lines, List.copyOf(notes));
  }

  private static void checkIsRead(Path file, WeightTensor tensor) {
    if (tensor instanceof UnreadableTensor unread) {
      throw new WeightsException(
          Cause.UNSUPPORTED,
          FileLocation.in(file).of(unread.info().name()),
          "%s is %s, which can't be converted; leave it out with --names and a JSON file"
              + " {\"%s\": null}",
          unread.info().name(),
          unread.kind(),
          unread.info().name());
    }
  }

  private static SequencedMap<String, Renamed> kept(Checkpoint checkpoint) {
    var kept = new LinkedHashMap<String, Renamed>();
    checkpoint
        .tensors()
        .forEach((name, tensor) -> kept.put(name, new Renamed(tensor.info(), tensor, false)));
    return kept;
  }

  private static Optional<Architecture> check(
      Checkpoint checkpoint, Map<String, Renamed> renamed, List<String> notes) {
    var infos = new LinkedHashMap<String, TensorInfo>();
    renamed.forEach((name, tensor) -> infos.put(name, tensor.tensor().info()));
    var architecture = Architecture.of(infos);
    architecture.ifPresent(
        network -> {
          var mismatches = network.mismatches(infos);
          if (mismatches.areFatal()) {
            throw new WeightsException(
                Cause.MISSING_TENSOR,
                checkpoint.file(),
                "this looks like a %s, but its parameters don't fit; %s; convert it as it is with "
                    + "--names keep",
                network.title(),
                mismatches.sentence());
          }
          mismatches.unexpected().stream()
              .limit(LONGEST_LIST)
              .forEach(
                  name -> notes.add("%s is not a parameter of it and was kept".formatted(name)));
        });
    return architecture;
  }

  private static SequencedMap<String, Renamed> merged(
      Checkpoint checkpoint,
      SequencedMap<String, Renamed> renamed,
      Checkpoint adapter,
      List<String> notes) {
    var base = checkpoint.withTensors(Renamed.tensors(renamed)).withNotes(List.of());
    var whole = LowRankAdapter.merge(base, adapter);
    notes.addAll(whole.notes());
    var result = new LinkedHashMap<String, Renamed>();
    whole
        .tensors()
        .forEach(
            (name, tensor) -> {
              var before = renamed.get(name);
              result.put(
                  name,
                  before == null
                      ? new Renamed(tensor.info(), tensor, false)
                      : new Renamed(before.from(), tensor, before.isTransposed()));
            });
    return result;
  }

  private static List<Line> write(
      Checkpoint checkpoint,
      Path out,
      WeightWriter writer,
      Request request,
      SequencedMap<String, Renamed> renamed,
      Progress listener) {
    var typed = new LinkedHashMap<String, WeightTensor>();
    renamed.forEach(
        (name, tensor) ->
            typed.put(name, typed(checkpoint.file(), tensor.tensor(), request.dtype())));
    var bytes = typed.values().stream().mapToLong(tensor -> tensor.info().bytes()).sum();
    var progress = new ByteProgress(listener, 2 * bytes);
    var tensors = new LinkedHashMap<String, ChecksummedTensor>();
    typed.forEach((name, tensor) -> tensors.put(name, new ChecksummedTensor(tensor, progress)));
    var content = writer.content(out, List.copyOf(tensors.values()), metadata(checkpoint, request));
    AtomicFile.writeWeights(
        out,
        temporary -> {
          content.writeTo(temporary);
          compare(out, temporary, tensors, progress);
        });
    return renamed.entrySet().stream()
        .map(entry -> line(entry.getValue(), tensors.get(entry.getKey())))
        .toList();
  }

  /**
   * Hugging Face's readers refuse a safetensors file that doesn't name its format, {@code pt} for
   * weights in PyTorch's layout. What a file of the same kind says of itself is kept.
   */
  private static Map<String, String> metadata(Checkpoint checkpoint, Request request) {
    var metadata = new LinkedHashMap<>(Map.of("format", "pt"));
    if (checkpoint.format().equals("safetensors")) {
      metadata.putAll(checkpoint.metadata());
    }
    metadata.putAll(request.metadata());
    return metadata;
  }

  private static Line line(Renamed before, ChecksummedTensor written) {
    var sum = "%08x".formatted(written.sum());
    return new Line(before.from(), written.info(), before.isTransposed(), sum);
  }

  /** Reads back what was written before it replaces what may be there. */
  private static void compare(
      Path out, Path temporary, Map<String, ChecksummedTensor> tensors, ByteProgress progress) {
    try (var written = WeightFiles.open(temporary)) {
      if (!written.names().equals(tensors.keySet())) {
        throw new WeightsException(
            Cause.INVALID_LAYOUT, out, "the names read back differ from those that were written");
      }
      tensors.entrySet().parallelStream()
          .forEach(
              tensor -> compare(out, written.tensor(tensor.getKey()), tensor.getValue(), progress));
      progress.checkCancelled();
    } catch (WeightsException e) {
      if (e.location().file().equals(temporary)) {
        throw new WeightsException(
            e.kind(), e, out, "the written file can't be read back: %s", e.reason());
      }
      throw e;
    }
  }

  private static void compare(
      Path out, WeightTensor read, ChecksummedTensor written, ByteProgress progress) {
    if (!read.info().equals(written.info())
        || ChecksummedTensor.of(read, progress) != written.sum()) {
      throw new WeightsException(
          Cause.CHECKSUM,
          out,
          "%s reads back differently from what was written",
          written.info().name());
    }
  }

  private static WeightTensor typed(Path file, WeightTensor tensor, Optional<DType> dtype) {
    var isOther =
        dtype.isPresent()
            && tensor.info().dtype().isFloatingPoint()
            && tensor.info().dtype() != dtype.get();
    return isOther ? RoundedTensor.of(file, tensor, dtype.get()) : tensor;
  }
}
