package org.pellucid.weights.pytorch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import org.pellucid.weights.ZipBytes;

/** The two forms in which PyTorch writes a pickle and the storages that it refers to. */
final class CheckpointForms {
  private CheckpointForms() {}

  /**
   * PyTorch's form before 1.6: the pickles of the magic number, the protocol, the system, the
   * object and the keys.
   */
  static byte[] stream(byte[] object, List<float[]> storages) {
    var out = new ByteArrayOutputStream();
    var magic = new int[] {0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19};
    out.writeBytes(new PickleWriter().opcodes(magic).end());
    out.writeBytes(new PickleWriter().number(1001).end());
    out.writeBytes(new PickleWriter().opcodes('}').end());
    out.writeBytes(object);
    var keys = new PickleWriter().opcodes(']');
    for (var key = 0; key < storages.size(); key++) {
      keys.text(Integer.toString(key)).opcodes('a');
    }
    out.writeBytes(keys.end());
    for (var storage : storages) {
      var data = ByteBuffer.allocate(8 + 4 * storage.length).order(ByteOrder.LITTLE_ENDIAN);
      data.putLong(storage.length).asFloatBuffer().put(storage);
      out.writeBytes(data.array());
    }
    return out.toByteArray();
  }

  /** The form of today, an archive. */
  static byte[] archive(byte[] object, List<float[]> storages) {
    var entries = new LinkedHashMap<String, byte[]>();
    entries.put("m/data.pkl", object);
    for (var key = 0; key < storages.size(); key++) {
      var data = ByteBuffer.allocate(4 * storages.get(key).length).order(ByteOrder.LITTLE_ENDIAN);
      data.asFloatBuffer().put(storages.get(key));
      entries.put("m/data/" + key, data.array());
    }
    return ZipBytes.stored(entries);
  }
}
