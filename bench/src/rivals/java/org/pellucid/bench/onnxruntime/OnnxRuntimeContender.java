package org.pellucid.bench.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.pellucid.bench.contender.Contender;
import org.pellucid.bench.contender.Contenders;
import org.pellucid.bench.contender.Task;
import org.pellucid.bench.graph.GraphFile;
import org.pellucid.bench.work.BertWork;
import org.pellucid.bench.work.CnnWork;
import org.pellucid.bench.work.GraphWork;
import org.pellucid.bench.work.Pass;
import org.pellucid.bench.work.Workload;

/**
 * ONNX Runtime with its provider for the CPU. Its threads wait asleep, so that they take no time
 * from ours; inputs are direct buffers, which it reads where they are.
 */
final class OnnxRuntimeContender implements Contender {
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final int threads;

  OnnxRuntimeContender(int threads) {
    this.threads = threads;
  }

  @Override
  public String name() {
    return Contenders.ONNX_RUNTIME;
  }

  @Override
  public Optional<Task> prepare(Workload workload) {
    return switch (workload) {
      case CnnWork work when work.pass() == Pass.FORWARD ->
          Optional.of(
              task(
                  GraphFile.food(),
                  GraphFile.LOGITS,
                  images(work.images(), work.batch(), CnnWork.SIDE)));
      case BertWork work when work.pass() == Pass.FORWARD ->
          Optional.of(
              task(
                  GraphFile.bert(work.config()),
                  GraphFile.HIDDEN,
                  texts(wide(work.ids()), work.batch(), work.tokens())));
      case GraphWork work when work.pass() == Pass.FORWARD -> Optional.of(graph(work));
      default -> Optional.empty();
    };
  }

  private Task graph(GraphWork work) {
    var file = GraphFile.of(work.network());
    return work.network().bert().isPresent()
        ? task(file, GraphFile.HIDDEN, texts(work.ids(), work.batch(), work.tokens()))
        : task(file, GraphFile.LOGITS, images(work.images(), work.batch(), work.network().side()));
  }

  private static long[] wide(int[] values) {
    return Arrays.stream(values).asLongStream().toArray();
  }

  private Map<String, OnnxTensor> images(float[] values, int batch, int side) {
    return Map.of(GraphFile.IMAGES, tensor(direct(values), batch, 3, side, side));
  }

  private Map<String, OnnxTensor> texts(long[] ids, int batch, int tokens) {
    var ones = new long[ids.length];
    Arrays.fill(ones, 1);
    var inputs = new HashMap<String, OnnxTensor>();
    inputs.put(GraphFile.IDS, tensor(direct(ids), batch, tokens));
    inputs.put(GraphFile.SEGMENTS, tensor(direct(new long[ids.length]), batch, tokens));
    inputs.put(GraphFile.MASK, tensor(direct(ones), batch, tokens));
    return inputs;
  }

  private static FloatBuffer direct(float[] values) {
    return buffer(values.length * (long) Float.BYTES).asFloatBuffer().put(values).flip();
  }

  private static LongBuffer direct(long[] values) {
    return buffer(values.length * (long) Long.BYTES).asLongBuffer().put(values).flip();
  }

  private static ByteBuffer buffer(long bytes) {
    return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
  }

  private OnnxTensor tensor(FloatBuffer values, long... shape) {
    try {
      return OnnxTensor.createTensor(environment, values, shape);
    } catch (OrtException e) {
      throw failed(e);
    }
  }

  private OnnxTensor tensor(LongBuffer values, long... shape) {
    try {
      return OnnxTensor.createTensor(environment, values, shape);
    } catch (OrtException e) {
      throw failed(e);
    }
  }

  private Task task(GraphFile file, String output, Map<String, OnnxTensor> inputs) {
    try (file;
        var options = new SessionOptions()) {
      options.setIntraOpNumThreads(threads);
      options.setInterOpNumThreads(1);
      options.setExecutionMode(SessionOptions.ExecutionMode.SEQUENTIAL);
      options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
      options.setCPUArenaAllocator(true);
      options.setMemoryPatternOptimization(true);
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      var session = environment.createSession(file.path().toString(), options);
      return new SessionTask(session, inputs, output);
    } catch (OrtException e) {
      throw failed(e);
    }
  }

  private static IllegalStateException failed(OrtException e) {
    return new IllegalStateException("ONNX Runtime refused: " + e.getMessage(), e);
  }

  /** A session with its inputs. */
  private record SessionTask(OrtSession session, Map<String, OnnxTensor> inputs, String output)
      implements Task {
    @Override
    public void run() {
      try (var result = session.run(inputs)) {
        if (result.size() != 1) {
          throw new IllegalStateException("ONNX Runtime gave no answer.");
        }
      } catch (OrtException e) {
        throw failed(e);
      }
    }

    @Override
    public float[] answer() {
      try (var result = session.run(inputs)) {
        var values = ((OnnxTensor) result.get(output).orElseThrow()).getFloatBuffer();
        var answer = new float[values.remaining()];
        values.get(answer);
        return answer;
      } catch (OrtException e) {
        throw failed(e);
      }
    }

    @Override
    public void close() {
      try {
        session.close();
        inputs.values().forEach(OnnxTensor::close);
      } catch (OrtException e) {
        throw failed(e);
      }
    }
  }

  /** The environment is the process's and ends with it. */
  @Override
  public void close() {}
}
