package org.pellucid.weights.convert;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * Adds a low-rank adapter (Hu et al., 2022) to the weights it was trained over: {@code W + scaling
 * · B · A} for each pair {@code <module>.lora_A} of {@code [rank, inputs]} and {@code
 * <module>.lora_B} of {@code [outputs, rank]}; every other tensor of the adapter, such as a head or
 * a bias, takes the place of the base's or is added to them. The names that Hugging Face's PEFT
 * gives, {@code base_model.model.<module>.lora_A.weight}, are understood too.
 *
 * <p>The scaling is alpha divided by the rank, or by its square root ({@code use_rslora},
 * Kalajdzievski, 2023), by module where patterns say so. They are told by the {@code
 * adapter_config.json} beside the adapter; without one by the adapter's metadata {@code lora_alpha}
 * or {@code alpha} and {@code r} or {@code rank}; without either an adapter isn't merged. With
 * vectors of magnitudes {@code m} (DoRA, Liu et al., 2024) each row {@code V} of the sum becomes
 * {@code m · V / ‖V‖}.
 */
public final class LowRankAdapter {
  private final Checkpoint base;
  private final Checkpoint adapter;
  private final AdapterSettings settings;
  private final AdapterTensors parts;
  private final SequencedMap<String, WeightTensor> result;

  private LowRankAdapter(Checkpoint base, Checkpoint adapter) {
    this.base = base;
    this.adapter = adapter;
    settings = AdapterSettings.of(adapter);
    parts = AdapterTensors.of(adapter);
    result = new LinkedHashMap<>(base.tensors());
  }

  /**
   * The base checkpoint with the adapter merged in, computed tensor by tensor when asked for. Both
   * must stay open meanwhile. Its notes tell which adapter it was.
   *
   * @throws WeightsException if the adapter doesn't tell its scaling, is of a kind that can't be
   *     merged, changes a weight that the base doesn't have, or shapes don't fit
   */
  public static Checkpoint merge(Checkpoint base, Checkpoint adapter) {
    return new LowRankAdapter(base, adapter).merged();
  }

  private Checkpoint merged() {
    if (parts.modules().isEmpty()) {
      throw new WeightsException(
          Cause.MISSING_TENSOR,
          adapter.file(),
          "the file holds no matrices lora_A and lora_B, so it is no low-rank adapter; give the "
              + "file of one");
    }
    parts.others().forEach(this::take);
    parts.modules().forEach(this::adapt);
    var notes = new ArrayList<>(base.notes());
    notes.add(
        "The adapter %s%s was merged into %s."
            .formatted(
                adapter.file(),
                settings.base().map(name -> ", trained over " + name + ",").orElse(""),
                base.file()));
    return base.withTensors(result).withNotes(notes);
  }

  private void take(String name, WeightTensor tensor) {
    var own = inBase(name).orElse(name);
    result.put(own, tensor.named(own));
  }

  private void adapt(String module, AdapterTensors.Module tensors) {
    if (tensors.a().isEmpty() || tensors.b().isEmpty()) {
      throw new WeightsException(
          Cause.MISSING_TENSOR,
          adapter.file(),
          "the adapter has only one of the matrices lora_A and lora_B of %s; download it again",
          module);
    }
    if (settings.hasMagnitudes() && tensors.magnitudes().isEmpty()) {
      throw new WeightsException(
          Cause.MISSING_TENSOR,
          adapter.file(),
          "the adapter has no lora_magnitude_vector of %s, which its use_dora needs; download it "
              + "again",
          module);
    }
    var name = module + ".weight";
    var own = inBase(name).orElseThrow(() -> missing(name));
    var weight = base.tensors().get(own);
    var a = tensors.a().get();
    var b = tensors.b().get();
    var isTransposed = tensors.isEmbedding() || settings.isTransposed() && !isOfBert();
    if (isTransposed && tensors.magnitudes().isPresent()) {
      throw new WeightsException(
          Cause.UNSUPPORTED,
          adapter.file(),
          "%s has magnitudes over a weight that is stored the other way round, which can't be "
              + "merged; merge it with the library that trained it",
          module);
    }
    var scaling = settings.scaling(module, a.info().shape().length == 0 ? 0 : a.info().shape()[0]);
    var sum = new LowRankSum(weight, a, b, tensors.magnitudes(), scaling, isTransposed);
    sum.check(adapter.file(), settings.advice());
    result.put(own, sum);
    tensors.bias().ifPresent(bias -> shift(module, bias, scaling));
  }

  /** PEFT turns its option off for linear layers, which all of BERT's are. */
  private boolean isOfBert() {
    return base.names().stream()
        .anyMatch(name -> name.endsWith("embeddings.word_embeddings.weight"));
  }

  /** Adds the bias that {@code lora_B} itself has ({@code lora_bias}). */
  private void shift(String module, WeightTensor bias, double scaling) {
    var name = module + ".bias";
    var own = inBase(name).orElseThrow(() -> missing(name));
    var before = result.get(own);
    if (before.info().elements() != bias.info().elements()) {
      throw new WeightsException(
          Cause.INVALID_TENSOR,
          adapter.file(),
          "%s doesn't fit %s; %s",
          bias.info(),
          before.info(),
          settings.advice());
    }
    result.put(
        own,
        WeightTensor.of(
            before.info(),
            () -> {
              var sum = before.toDoubles();
              var added = bias.toDoubles();
              for (var i = 0; i < sum.length; i++) {
                sum[i] += scaling * added[i];
              }
              return WeightTensor.encode(sum, before.info().dtype());
            }));
  }

  private WeightsException missing(String name) {
    return new WeightsException(
        Cause.MISSING_TENSOR,
        adapter.file(),
        "the adapter changes %s, which %s doesn't have; %s",
        name,
        base.file(),
        settings.advice());
  }

  /** The base's name of a parameter, which may lie under another prefix there. */
  private Optional<String> inBase(String name) {
    if (base.tensors().containsKey(name)) {
      return Optional.of(name);
    }
    var alike =
        base.names().stream()
            .filter(other -> other.endsWith("." + name) || name.endsWith("." + other))
            .toList();
    return alike.size() == 1 ? Optional.of(alike.getFirst()) : Optional.empty();
  }

  /**
   * The model that an adapter was trained over, such as {@code bert-base-cased}, if its {@code
   * adapter_config.json} tells.
   *
   * @throws WeightsException if that can't be read or describes an adapter that can't be merged
   */
  public static Optional<String> baseOf(Path configuration) {
    return AdapterSettings.read(configuration).base();
  }
}
