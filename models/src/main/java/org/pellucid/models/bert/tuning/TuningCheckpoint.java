package org.pellucid.models.bert.tuning;

import static org.pellucid.models.ModelFileException.check;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.ModelFileException;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.safetensors.SafetensorsWriter;

/**
 * A training's state in one safetensors file: the trained weights with both moments of each, and
 * beside them the number of steps and what the training is. The order of the examples and the seeds
 * of dropout follow from the settings and the number of steps.
 */
final class TuningCheckpoint {
  private static final String STEP = "step";
  private static final String WEIGHT = "weight/";
  private static final String FIRST_MOMENT = "first_moment/";
  private static final String SECOND_MOMENT = "second_moment/";

  private final TuningRun run;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final Map<String, String> identity = new LinkedHashMap<>();

  TuningCheckpoint(TuningRun run, String model) {
    this.run = run;
    var index = 0;
    for (var parameter : run.parameters().byName().entrySet()) {
      tensors.put(WEIGHT + parameter.getKey(), parameter.getValue());
      tensors.put(FIRST_MOMENT + parameter.getKey(), run.optimiser().firstMoments().get(index));
      tensors.put(SECOND_MOMENT + parameter.getKey(), run.optimiser().secondMoments().get(index));
      index++;
    }
    identity.put("model", model);
    identity.put("examples", digest(run.examples()));
    run.settings().described().forEach((name, value) -> identity.put(name, value.toString()));
  }

  void write(Path file) {
    var metadata = new LinkedHashMap<>(identity);
    metadata.put(STEP, Long.toString(run.stepsTaken()));
    var written = new ArrayList<WeightTensor>();
    tensors.forEach((name, tensor) -> written.add(TensorWeights.of(name, tensor)));
    SafetensorsWriter.write(file, written, metadata);
  }

  void read(Path file) {
    try (var checkpoint = WeightFiles.open(file)) {
      var step = checkpoint.metadata().getOrDefault(STEP, "");
      check(
          step.matches("\\d{1,18}"),
          "%s is no checkpoint of a training; leave --resume out to begin anew",
          file);
      identity.forEach((name, value) -> compare(checkpoint, name, value));
      tensors.forEach((name, tensor) -> fill(checkpoint, name, tensor));
      run.optimiser().resumeAfter(Long.parseLong(step));
    }
  }

  private static void compare(Checkpoint checkpoint, String name, String value) {
    var told = checkpoint.metadata().getOrDefault(name, "none");
    if (told.equals(value)) {
      return;
    }
    throw new ModelFileException(
        name.equals("examples")
            ? "%s was made with other training data; give the same, or another directory to begin anew."
                .formatted(checkpoint.file())
            : "%s was made with %s %s, not %s; give the same, or another directory to begin anew."
                .formatted(checkpoint.file(), name, told, value));
  }

  private static void fill(Checkpoint checkpoint, String name, Tensor tensor) {
    var stored = checkpoint.tensor(name);
    check(
        Arrays.equals(stored.info().shape(), tensor.shape()),
        "%s in %s doesn't fit this model; give the model that the training began with",
        name,
        checkpoint.file());
    TensorWeights.copy(stored, tensor);
    tensor.changed();
  }

  private static String digest(List<TuningExample> examples) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      for (var example : examples) {
        var numbers = ByteBuffer.allocate(Integer.BYTES * (2 * example.size() + 3));
        numbers.putInt(example.size()).putInt(example.start()).putInt(example.end());
        Arrays.stream(example.ids()).forEach(numbers::putInt);
        Arrays.stream(example.segments()).forEach(numbers::putInt);
        digest.update(numbers.array());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256.", e);
    }
  }
}
