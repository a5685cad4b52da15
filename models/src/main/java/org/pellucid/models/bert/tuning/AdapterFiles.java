package org.pellucid.models.bert.tuning;

import static org.pellucid.engine.tensor.Shapes.check;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.pellucid.models.bert.AdaptedProjection;
import org.pellucid.models.bert.LowRankMatrices;
import org.pellucid.weights.AtomicFile;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.safetensors.SafetensorsWriter;

/**
 * The files of a low-rank adapter as Hugging Face's PEFT writes them, {@code
 * adapter_model.safetensors} and {@code adapter_config.json}. PEFT reads them, and so does {@link
 * org.pellucid.weights.convert.LowRankAdapter}.
 */
public final class AdapterFiles {
  private static final String PREFIX = "base_model.model.";

  private AdapterFiles() {}

  /**
   * Writes a training's adapter and question-answering head.
   *
   * @param base the model that the adapter is for, which its readers open
   * @throws IllegalArgumentException if the training has no adapter
   * @throws org.pellucid.weights.WeightsException if the weights can't be written
   */
  public static void write(TuningRun run, String base, Path directory) {
    var adapter = run.training().adapter();
    check(adapter.isPresent(), "This training has no adapter");
    var tensors = new ArrayList<WeightTensor>();
    run.parameters()
        .byName()
        .forEach((name, tensor) -> tensors.add(TensorWeights.of(PREFIX + name, tensor)));
    SafetensorsWriter.write(
        directory.resolve("adapter_model.safetensors"), tensors, Map.of("format", "pt"));
    var layers = run.training().model().config().layers();
    writeJson(
        directory.resolve("adapter_config.json"),
        configuration(adapter.get().settings(), layers, base));
  }

  private static Map<String, Object> configuration(
      LowRankMatrices.Settings settings, int layers, String base) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("base_model_name_or_path", base);
    fields.put("bias", "none");
    fields.put("fan_in_fan_out", false);
    fields.put("inference_mode", true);
    fields.put("init_lora_weights", true);
    fields.put("lora_alpha", settings.alpha());
    fields.put("lora_dropout", 0.0);
    fields.put("modules_to_save", List.of("qa_outputs"));
    fields.put("peft_type", "LORA");
    fields.put("r", settings.rank());
    fields.put("target_modules", modules(settings, layers));
    fields.put("task_type", "QUESTION_ANS");
    return fields;
  }

  /** PEFT compares the ends of names, and one projection's name is the end of another's. */
  private static List<String> modules(LowRankMatrices.Settings settings, int layers) {
    return settings.projections().stream()
        .sorted()
        .flatMap(
            projection ->
                projection == AdaptedProjection.OUTPUT
                    ? IntStream.range(0, layers)
                        .mapToObj(layer -> "layer." + layer + "." + projection.suffix())
                    : Stream.of(projection.suffix()))
        .toList();
  }

  static void writeJson(Path file, Object content) {
    try {
      var text = new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(content);
      AtomicFile.write(file, temporary -> Files.writeString(temporary, text + "\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
