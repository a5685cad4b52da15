package org.pellucid.weights.convert;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * Adds a low-rank adapter (Hu et al., 2022) to the weights it was trained over: {@code W + scaling
 * · B · A} for each pair {@code <module>.lora_A} of {@code [rank, inputs]} and {@code
 * <module>.lora_B} of {@code [outputs, rank]}; every other tensor of the adapter is taken over as
 * it is. The names that Hugging Face's PEFT gives, {@code base_model.model.<module>.lora_A.weight},
 * are understood too.
 */
public final class LowRankAdapter {
  private static final String A = ".lora_A";
  private static final String B = ".lora_B";

  /** As many as an array holds; a weight of single precision would have eight gigabytes. */
  private static final int LARGEST = Integer.MAX_VALUE - 8;

  private static final Pattern PEFT_PREFIX = Pattern.compile("^base_model\\.model\\.");
  private static final Pattern PEFT_SUFFIX =
      Pattern.compile("(\\.lora_[AB])(?:\\.default)?\\.weight$");

  private LowRankAdapter() {}

  /**
   * The base checkpoint with the adapter merged in, computed tensor by tensor when asked for. Both
   * must stay open meanwhile.
   *
   * @param scaling alpha divided by rank
   * @throws WeightsException if the adapter changes a weight that the base doesn't have, or shapes
   *     don't fit
   */
  public static Checkpoint merge(Checkpoint base, Checkpoint adapter, double scaling) {
    var plain = adapter.withTensors(plainlyNamed(adapter.tensors()));
    return base.withTensors(merged(base, plain, scaling));
  }

  /**
   * Alpha divided by rank, as the adapter's metadata or the {@code adapter_config.json} beside it
   * tell.
   *
   * @throws WeightsException if neither does
   */
  public static double scaling(Checkpoint adapter) {
    var told = adapter.metadata();
    var alpha = told.getOrDefault("lora_alpha", told.getOrDefault("alpha", ""));
    var rank = told.getOrDefault("r", told.getOrDefault("rank", ""));
    var config = adapter.file().resolveSibling("adapter_config.json");
    try {
      if (!alpha.isEmpty() && !rank.isEmpty()) {
        return positive(adapter, Double.parseDouble(alpha) / Double.parseDouble(rank));
      }
      var root = new JsonMapper().readTree(config.toFile());
      return positive(adapter, root.path("lora_alpha").asDouble() / root.path("r").asDouble());
    } catch (IOException | NumberFormatException e) {
      throw new WeightsException(
          Cause.INVALID_HEADER,
          e,
          adapter.file(),
          "the adapter doesn't give its alpha and rank; put its adapter_config.json beside it");
    }
  }

  private static double positive(Checkpoint adapter, double scaling) {
    if (scaling > 0 && Double.isFinite(scaling)) {
      return scaling;
    }
    throw new WeightsException(
        Cause.INVALID_HEADER,
        adapter.file(),
        "the adapter's alpha divided by its rank is %s, which must be above 0",
        scaling);
  }

  private static SequencedMap<String, WeightTensor> plainlyNamed(
      SequencedMap<String, WeightTensor> tensors) {
    var result = new LinkedHashMap<String, WeightTensor>();
    tensors.forEach(
        (name, tensor) -> {
          var plain = PEFT_SUFFIX.matcher(PEFT_PREFIX.matcher(name).replaceFirst(""));
          var renamed = plain.replaceFirst("$1");
          result.put(renamed, tensor.named(renamed));
        });
    return result;
  }

  private static SequencedMap<String, WeightTensor> merged(
      Checkpoint base, Checkpoint adapter, double scaling) {
    var tensors = base.tensors();
    var result = new LinkedHashMap<>(tensors);
    for (var name : adapter.names()) {
      if (name.endsWith(A)) {
        var module = name.substring(0, name.length() - A.length());
        var weight = module + ".weight";
        if (!tensors.containsKey(weight)) {
          throw new WeightsException(
              Cause.MISSING_TENSOR,
              adapter.file(),
              "the adapter changes %s, which %s doesn't have; use it with the model it was "
                  + "trained over",
              weight,
              base.file());
        }
        result.put(
            weight,
            adapted(
                adapter,
                tensors.get(weight),
                adapter.tensor(name),
                adapter.tensor(module + B),
                scaling));
      } else if (!name.endsWith(B)) {
        result.put(name, adapter.tensor(name));
      }
    }
    return result;
  }

  private static WeightTensor adapted(
      Checkpoint adapter, WeightTensor weight, WeightTensor a, WeightTensor b, double scaling) {
    if (weight.info().shape().length != 2
        || a.info().shape().length != 2
        || b.info().shape().length != 2) {
      throw misfit(adapter, weight, a, b);
    }
    var outputs = weight.info().shape()[0];
    var inputs = weight.info().shape()[1];
    var rank = a.info().shape()[0];
    if (Stream.of(weight, a, b).anyMatch(tensor -> tensor.info().elements() > LARGEST)) {
      throw new WeightsException(
          Cause.UNSUPPORTED,
          adapter.file(),
          "%s has more than the %d numbers that an adapter can be merged into",
          weight.info(),
          LARGEST);
    }
    if (a.info().shape()[1] != inputs
        || b.info().shape()[0] != outputs
        || b.info().shape()[1] != rank) {
      throw misfit(adapter, weight, a, b);
    }
    TensorInfo info = weight.info();
    return WeightTensor.of(
        info, () -> sum(weight, a, b, (int) outputs, (int) inputs, (int) rank, scaling));
  }

  private static WeightsException misfit(
      Checkpoint adapter, WeightTensor weight, WeightTensor a, WeightTensor b) {
    return new WeightsException(
        Cause.INVALID_TENSOR,
        adapter.file(),
        "%s and %s don't fit %s; use the adapter with the model it was trained over",
        a.info(),
        b.info(),
        weight.info());
  }

  private static MemorySegment sum(
      WeightTensor weight,
      WeightTensor a,
      WeightTensor b,
      int outputs,
      int inputs,
      int rank,
      double scaling) {
    var result = weight.toDoubles();
    var left = b.toDoubles();
    var right = a.toDoubles();
    for (var o = 0; o < outputs; o++) {
      for (var r = 0; r < rank; r++) {
        var factor = scaling * left[o * rank + r];
        for (var i = 0; i < inputs; i++) {
          result[o * inputs + i] += factor * right[r * inputs + i];
        }
      }
    }
    return WeightTensor.encode(result, weight.info().dtype());
  }
}
