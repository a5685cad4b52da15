package org.pellucid.weights.attacks;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.weights.OpenOptions;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.ZipBytes;
import org.pellucid.weights.files.MemoryFiles;

/**
 * Files changed at random under the guidance of coverage: each is read or refused with a {@link
 * WeightsException}, and nothing else happens.
 *
 * <p>The first byte chooses the meaning of the rest: a whole file, or a part of one whose checksums
 * are put right around it, since chance would never find them. So one run, which is all that Jazzer
 * allows a JVM, fuzzes every reader.
 *
 * <p>The build fuzzes for twenty seconds, some for each reader, and keeps files that reach new code
 * in {@code .cifuzz-corpus} for the next time. For an hour:
 *
 * <pre>{@code
 * JAZZER_FUZZ=1 JAZZER_MAX_DURATION=1h mvn -B -ntp -pl weights test -Dtest=FuzzTests
 * }</pre>
 *
 * <p>Without {@code JAZZER_FUZZ=1} that command only reads the honest files.
 */
class FuzzTests {
  /** The meaning of the bytes after the first one. */
  private enum Part {
    WHOLE_FILE,
    PICKLE,
    SCRIPT_PICKLE,
    BUNDLE_BLOCK,
    ARRAY,
    COMPRESSED_ARRAY,
    TAR_TENSORS,
    TAR_STORAGES,
    PICKLE_WITH_A_STATE
  }

  static Stream<Arguments> honestFiles() throws IOException {
    var files = new ArrayList<byte[]>();
    for (var name : List.of("types.pth", "types.legacy.pth", "script.pt", "old.tar.pth")) {
      try (var stream = FuzzTests.class.getResourceAsStream("../pytorch/" + name)) {
        files.add(chosen(Part.WHOLE_FILE, stream.readAllBytes()));
      }
    }
    var json = "{\"w\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}  ";
    files.add(chosen(Part.WHOLE_FILE, safetensors(json, 4)));
    var index = "{\"metadata\":{\"total_size\":4},\"weight_map\":{\"w\":\"1.safetensors\"}}";
    files.add(chosen(Part.WHOLE_FILE, index.getBytes(StandardCharsets.UTF_8)));
    files.add(chosen(Part.WHOLE_FILE, onnx()));
    var pickle = new Pickles().raw('}').text("w").tensor("0", 4, 0, 4, 1).raw('s').end();
    files.add(chosen(Part.PICKLE, pickle));
    for (var part : List.of(Part.PICKLE, Part.PICKLE_WITH_A_STATE)) {
      files.add(chosen(part, objects()));
      files.add(chosen(part, module()));
      files.add(chosen(part, otherKinds()));
    }
    var script = new Pickles().global("__torch__.Net", "Net").raw(')', 0x81, '}').text("w");
    files.add(chosen(Part.SCRIPT_PICKLE, script.tensor("0", 4, 0, 4, 1).raw('s', 'b').end()));
    files.add(chosen(Part.BUNDLE_BLOCK, new Bundles().variable("w", new long[] {1}, 1).entries()));
    for (var part : List.of(Part.ARRAY, Part.COMPRESSED_ARRAY)) {
      files.add(chosen(part, array()));
    }
    files.add(chosen(Part.TAR_TENSORS, tarTensors()));
    files.add(chosen(Part.TAR_STORAGES, tarStorages()));
    return files.stream().map(Arguments::of);
  }

  @MethodSource("honestFiles")
  @FuzzTest(maxDuration = "20s")
  void isReadOrRefused(byte[] content) {
    if (content.length == 0) {
      return;
    }
    var parts = Part.values();
    var rest = Arrays.copyOfRange(content, 1, content.length);
    try {
      var part = parts[(content[0] & 0xff) % parts.length];
      var standard = OpenOptions.standard();
      MemoryFiles.readAll(
          file(part, rest), part == Part.PICKLE_WITH_A_STATE ? standard.withState("m") : standard);
    } catch (WeightsException e) {
      if (e.getMessage().lines().count() != 1) {
        throw new IllegalStateException("The message has several lines.", e);
      }
    }
  }

  private static byte[] file(Part part, byte[] bytes) {
    var storage = new byte[16];
    return switch (part) {
      case WHOLE_FILE -> bytes;
      case PICKLE, PICKLE_WITH_A_STATE ->
          ZipBytes.of(Map.of("m/data.pkl", bytes, "m/data/0", storage), ZipEntry.STORED);
      case SCRIPT_PICKLE ->
          ZipBytes.of(
              Map.of("m/data.pkl", bytes, "m/data/0", storage, "m/constants.pkl", new byte[1]),
              ZipEntry.STORED);
      case BUNDLE_BLOCK -> Bundles.table(bytes);
      case ARRAY -> ZipBytes.of(Map.of("a.npy", bytes), ZipEntry.STORED);
      case COMPRESSED_ARRAY -> ZipBytes.of(Map.of("a.npy", bytes), ZipEntry.DEFLATED);
      case TAR_TENSORS -> tar(tarStorages(), bytes);
      case TAR_STORAGES -> tar(bytes, tarTensors());
    };
  }

  /** Objects, keys of all kinds and a number of NumPy's beside the weights and a copy of them. */
  private static byte[] objects() {
    var pickle = new Pickles().raw('}').text("m").raw('}').text("fc.weight");
    pickle.tensor("0", 4, 0, 4, 1).raw('q', 0, 's', 's').text("ema").raw('}').text("fc.weight");
    pickle.raw('h', 0, 's', 's').text("o").global("a", "B").raw(')', 0x81, '}').text("c");
    pickle.raw('K', 1, 's', 'N', 0x86, 'b', 's', 'N', 'K', 1, 's', 'K', 1, 0x85, ']', 's');
    pickle.text("n").global("numpy.core.multiarray", "scalar").global("numpy", "dtype");
    pickle.text("i2").raw(0x89, 0x88, 0x87, 'R', 'K', 3).text("<").raw(0x86, 'b', 'C', 2, 1, 2);
    pickle.raw(0x86, 'R', 's').text("e").global("a", "C").raw(')', '}', 0x92).text("k");
    pickle.raw('N', 's', 's').text("f").raw('(', 'K', 1, 0x91, 's');
    return pickle
        .text("g")
        .global("builtins", "getattr")
        .global("a", "D")
        .text("x")
        .raw(0x86, 'R', 's')
        .end();
  }

  private static byte[] module() {
    var pickle = new Pickles().raw('}').text("m").global("a", "Net").raw(')', 0x81, '}');
    pickle.text("_parameters").raw('}').text("w").global("torch._utils", "_rebuild_parameter");
    pickle.raw('(').tensor("0", 4, 0, 4, 1).raw(0x88, '}', 't', 'R', 's', 's');
    pickle.text("_buffers").raw('}').text("b").tensor("0", 4, 0, 4, 1).raw('s', 's');
    pickle.text("_non_persistent_buffers_set").global("builtins", "set").raw(']').text("b");
    pickle.raw('a', 0x85, 'R', 's').text("_modules").raw('}').text("c").raw('N', 's', 's');
    return pickle.raw('b', 's').end();
  }

  /** A quantised, a sparse and a float8 tensor. */
  private static byte[] otherKinds() {
    var pickle = new Pickles().raw('}').text("m").raw('}').text("a");
    pickle.global("torch._utils", "_rebuild_qtensor").arguments("0", 4, 0, 4, 1).raw('R', 's');
    pickle.text("b").global("torch._utils", "_rebuild_sparse_tensor").raw('N');
    pickle.raw('K', 3, 0x85, 0x85, 0x86, 'R', 's').text("c");
    pickle.global("torch._utils", "_rebuild_tensor_v3").raw('(', '(').text("storage");
    pickle.global("torch", "UntypedStorage").text("0").text("cpu").integer(16).raw('t', 'Q');
    pickle.raw('K', 0, 'K', 4, 0x85, 'K', 1, 0x85, 0x89, '}');
    return pickle.global("torch", "float8_e4m3fn").raw('t', 'R', 's', 's').end();
  }

  private static byte[] chosen(Part part, byte[] bytes) {
    return ByteBuffer.allocate(1 + bytes.length).put((byte) part.ordinal()).put(bytes).array();
  }

  private static byte[] safetensors(String header, int dataBytes) {
    var json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .array();
  }

  private static byte[] onnx() {
    var raw = new Messages().bytes(1, Messages.packed(1)).number(2, 1).text(8, "a");
    var list = new Messages().bytes(1, Messages.packed(2)).number(2, 7).text(8, "b");
    var external = new Messages().bytes(1, Messages.packed(1)).number(2, 1).text(8, "c");
    external.message(13, new Messages().text(1, "location").text(2, "w.bin")).number(14, 1);
    var node = new Messages().text(1, "x").text(1, "a").text(2, "y").text(4, "MatMul");
    var graph = new Messages().message(1, node).message(5, raw.bytes(9, new byte[4]));
    graph.message(5, list.bytes(7, Messages.packed(1, -2))).message(5, external);
    return new Messages().number(1, 8).text(2, "test").message(7, graph).end();
  }

  private static byte[] array() {
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }\n";
    var text = header.getBytes(StandardCharsets.US_ASCII);
    var buffer = ByteBuffer.allocate(10 + text.length + 8).order(ByteOrder.LITTLE_ENDIAN);
    buffer.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    return buffer.putShort((short) text.length).put(text).array();
  }

  private static byte[] tarStorages() {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(new Pickles().raw('K', 1).end());
    var storage = new Pickles().raw('(', 'K', 1).text("cpu").global("torch", "FloatStorage");
    bytes.writeBytes(storage.raw('t').end());
    bytes.writeBytes(littleEndian(4));
    bytes.writeBytes(new byte[16]);
    bytes.writeBytes(new Pickles().raw(']', '(', 'K', 2, 'K', 1, 'K', 1, 'K', 2, 't', 'a').end());
    return bytes.toByteArray();
  }

  private static byte[] tarTensors() {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(new Pickles().raw('K', 1).end());
    var tensor = new Pickles().raw('(', 'K', 3, 'K', 2).global("torch", "FloatTensor");
    bytes.writeBytes(tensor.raw('t').end());
    bytes.writeBytes(littleEndian(1, 2, 1, 0));
    return bytes.toByteArray();
  }

  private static byte[] littleEndian(long... values) {
    var buffer = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asLongBuffer().put(values);
    return buffer.array();
  }

  private static byte[] tar(byte[] storages, byte[] tensors) {
    var members = new LinkedHashMap<String, byte[]>();
    members.put("sys_info", new Pickles().raw('}').end());
    members.put("pickle", new Pickles().raw('}').text("w").raw('K', 3, 'Q', 's').end());
    members.put("storages", storages);
    members.put("tensors", tensors);
    var bytes = new ByteArrayOutputStream();
    members.forEach((name, data) -> bytes.writeBytes(member(name, data)));
    return bytes.toByteArray();
  }

  private static byte[] member(String name, byte[] data) {
    var blocks = 1 + (data.length + 511) / 512;
    var member = ByteBuffer.allocate(blocks * 512);
    member.put(0, name.getBytes(StandardCharsets.US_ASCII));
    member.put(124, "%011o".formatted(data.length).getBytes(StandardCharsets.US_ASCII));
    member.put(148, "        ".getBytes(StandardCharsets.US_ASCII));
    member.put(156, (byte) '0').put(257, "ustar".getBytes(StandardCharsets.US_ASCII));
    var sum = 0;
    for (var i = 0; i < 512; i++) {
      sum += member.get(i) & 0xff;
    }
    member.put(148, "%06o\0".formatted(sum).getBytes(StandardCharsets.US_ASCII));
    return member.put(512, data).array();
  }
}
