package org.pellucid.engine.kernels.vector;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Loads and stores of single-precision numbers at absolute native addresses, as wide as the
 * processor's vectors.
 *
 * <p>One segment spans the whole address space, so an address is its own offset. That keeps kernels
 * free of branches at the borders: a pixel outside an image is simply another address, that of a
 * row of zeros. Nothing here checks bounds; the addresses come from tensors whose shapes the
 * operations have checked.
 */
final class Lanes {
  /** The processor's preferred vector. */
  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  /** As many integers. */
  static final VectorSpecies<Integer> INTEGERS = VectorSpecies.of(int.class, SPECIES.vectorShape());

  /** Numbers in a vector. */
  static final int COUNT = SPECIES.length();

  /** Bytes in a vector. */
  static final int BYTES = COUNT * Float.BYTES;

  /** Shuffles that move the second half of so many lanes onto the first. */
  private static final VectorShuffle<Float> SIXTEEN = fold(16);

  private static final VectorShuffle<Float> EIGHT = fold(8);
  private static final VectorShuffle<Float> FOUR = fold(4);
  private static final VectorShuffle<Float> TWO = fold(2);

  private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  /** Zeros in place of numbers that aren't there. */
  private static final MemorySegment ZEROS = Arena.global().allocate(BYTES, BYTES);

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  private Lanes() {}

  static FloatVector load(long address) {
    return FloatVector.fromMemorySegment(SPECIES, MEMORY, address, ORDER);
  }

  /** The numbers that {@code mask} selects, and zeros; no other memory is read. */
  static FloatVector load(long address, VectorMask<Float> mask) {
    return FloatVector.fromMemorySegment(SPECIES, MEMORY, address, ORDER, mask);
  }

  /**
   * The numbers {@code shift} bytes behind an address, or zeros where the address is 0. This
   * chooses between addresses: of a choice between vectors the compiler sometimes puts all of a
   * loop's vectors on the heap, where a process has met both.
   */
  static FloatVector loadOrZeros(long address, long shift) {
    return load(address == 0 ? ZEROS.address() : address + shift);
  }

  /** The same of the numbers that {@code mask} selects, and zeros. */
  static FloatVector loadOrZeros(long address, long shift, VectorMask<Float> mask) {
    return load(address == 0 ? ZEROS.address() : address + shift, mask);
  }

  /**
   * The first {@code count} numbers, or all if there are more. Without a mask where none is needed:
   * before they are compiled, operations with masks take several times as long.
   */
  static FloatVector load(long address, long count) {
    return count >= COUNT ? load(address) : load(address, first(count));
  }

  static void store(FloatVector values, long address) {
    values.intoMemorySegment(MEMORY, address, ORDER);
  }

  static void store(FloatVector values, long address, VectorMask<Float> mask) {
    values.intoMemorySegment(MEMORY, address, ORDER, mask);
  }

  /** Stores the first {@code count} numbers, or all if there are more. */
  static void store(FloatVector values, long address, long count) {
    if (count >= COUNT) {
      store(values, address);
    } else {
      store(values, address, first(count));
    }
  }

  static IntVector loadIntegers(long address) {
    return IntVector.fromMemorySegment(INTEGERS, MEMORY, address, ORDER);
  }

  /** The first {@code count} integers, or all if there are more. */
  static IntVector loadIntegers(long address, long count) {
    return count >= COUNT
        ? loadIntegers(address)
        : loadIntegers(address, INTEGERS.indexInRange(0, count));
  }

  /** Stores the first {@code count} integers, or all if there are more. */
  static void store(IntVector values, long address, long count) {
    if (count >= COUNT) {
      values.intoMemorySegment(MEMORY, address, ORDER);
    } else {
      store(values, address, INTEGERS.indexInRange(0, count));
    }
  }

  /** The integers that {@code mask} selects, and zeros; no other memory is read. */
  static IntVector loadIntegers(long address, VectorMask<Integer> mask) {
    return IntVector.fromMemorySegment(INTEGERS, MEMORY, address, ORDER, mask);
  }

  static void store(IntVector values, long address, VectorMask<Integer> mask) {
    values.intoMemorySegment(MEMORY, address, ORDER, mask);
  }

  /** The numbers between two bounds; what is not a number stays. */
  static FloatVector clamp(FloatVector values, FloatVector least, FloatVector most) {
    return values
        .blend(least, values.compare(VectorOperators.LT, least))
        .blend(most, values.compare(VectorOperators.GT, most));
  }

  static FloatVector broadcast(double value) {
    return FloatVector.broadcast(SPECIES, (float) value);
  }

  static FloatVector zero() {
    return FloatVector.zero(SPECIES);
  }

  /** Selects the first {@code count} numbers of a vector. */
  static VectorMask<Float> first(long count) {
    return SPECIES.indexInRange(0, count);
  }

  /** The largest multiple of the vector's length that is at most {@code elements}. */
  static long whole(long elements) {
    return elements & -COUNT;
  }

  /** The number of whole or begun vectors in {@code elements}, in numbers. */
  static int roundedUp(int elements) {
    return (elements + COUNT - 1) & -COUNT;
  }

  private static VectorShuffle<Float> fold(int lanes) {
    return VectorShuffle.fromOp(SPECIES, lane -> (lane + lanes / 2) % COUNT);
  }

  /**
   * The sum over the lanes, halves added to halves. The Vector API's own reduction leaves the order
   * open, and gives other bits before it is compiled than after. The steps are written out because
   * in a loop the compiler sometimes puts the vectors on the heap.
   */
  static float sum(FloatVector values) {
    var sum = values;
    for (var lanes = COUNT; lanes > 16; lanes /= 2) {
      sum = sum.add(sum.rearrange(fold(lanes)));
    }
    if (COUNT >= 16) {
      sum = sum.add(sum.rearrange(SIXTEEN));
    }
    if (COUNT >= 8) {
      sum = sum.add(sum.rearrange(EIGHT));
    }
    sum = sum.add(sum.rearrange(FOUR));
    return sum.add(sum.rearrange(TWO)).lane(0);
  }

  static float get(long address) {
    return MEMORY.get(ValueLayout.JAVA_FLOAT_UNALIGNED, address);
  }

  static void set(long address, float value) {
    MEMORY.set(ValueLayout.JAVA_FLOAT_UNALIGNED, address, value);
  }

  static int getInt(long address) {
    return MEMORY.get(ValueLayout.JAVA_INT_UNALIGNED, address);
  }

  /** Stores a mask as a bit for each lane, in whole bytes. */
  static void setMask(long address, VectorMask<Float> mask) {
    if (COUNT > Byte.SIZE) {
      MEMORY.set(ValueLayout.JAVA_SHORT_UNALIGNED, address, (short) mask.toLong());
    } else {
      MEMORY.set(ValueLayout.JAVA_BYTE, address, (byte) mask.toLong());
    }
  }

  /** A mask that {@link #setMask} stored. */
  static VectorMask<Float> mask(long address) {
    var bits =
        COUNT > Byte.SIZE
            ? Short.toUnsignedLong(MEMORY.get(ValueLayout.JAVA_SHORT_UNALIGNED, address))
            : Byte.toUnsignedLong(MEMORY.get(ValueLayout.JAVA_BYTE, address));
    return VectorMask.fromLong(SPECIES, bits);
  }

  /** Copies {@code bytes} bytes between places that don't overlap. */
  static void copy(long from, long to, long bytes) {
    MemorySegment.copy(MEMORY, from, MEMORY, to, bytes);
  }

  /** Writes zeros. */
  static void clear(long address, long bytes) {
    MEMORY.asSlice(address, bytes).fill((byte) 0);
  }

  /** Copies from an array on the heap to native memory. */
  static void copy(float[] from, int index, long to, int count) {
    MemorySegment.copy(from, index, MEMORY, ValueLayout.JAVA_FLOAT, to, count);
  }

  /** Copies from native memory to an array on the heap. */
  static void copy(long from, float[] to, int index, int count) {
    MemorySegment.copy(MEMORY, ValueLayout.JAVA_FLOAT, from, to, index, count);
  }

  /** Copies integers from an array on the heap to native memory. */
  static void copy(int[] from, int index, long to, int count) {
    MemorySegment.copy(from, index, MEMORY, ValueLayout.JAVA_INT, to, count);
  }
}
