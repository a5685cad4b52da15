package org.pellucid.weights.pytorch;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.Limits;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.pytorch.PickleValue.Global;
import org.pellucid.weights.pytorch.PickleValue.Mark;
import org.pellucid.weights.pytorch.PickleValue.None;
import org.pellucid.weights.pytorch.PickleValue.Tuple;

/**
 * A pickle machine (protocols 0 to 5 of Python's {@code pickletools}) that builds data and executes
 * nothing: a reference to a Python object stays a name, and a call stays a description but for the
 * few that {@link PickleCalls} knows.
 */
final class Unpickler {
  private static final int NEWEST_PROTOCOL = 5;

  /** Of an object's module and name together; each object of that name keeps it. */
  private static final int LONGEST_NAME = 1000;

  /** PyTorch remembers about every third value that it makes. */
  private static final long VALUES_A_MEMO = 8;

  private final PickleInput input;
  private final Limits limits;
  private final Dialect dialect;
  private final PickleCalls calls;
  private final Function<Object, Object> persistent;
  private final ArrayList<Object> stack = new ArrayList<>();
  private final Map<Long, Object> memo = new HashMap<>();
  private long frameEnd = Long.MAX_VALUE;
  private long pushed;

  /**
   * A machine for the pickle at the beginning of {@code data}.
   *
   * @param begin where {@code data} begin in the file
   */
  Unpickler(FileLocation begin, MemorySegment data, Dialect dialect, Limits limits) {
    this.input = new PickleInput(begin, data);
    this.dialect = dialect;
    this.limits = limits;
    this.calls = new PickleCalls(begin, dialect, limits);
    this.persistent = calls.tensors()::persistent;
  }

  /** A machine whose persistent ids mean what {@code persistent} gives for them. */
  Unpickler(
      FileLocation begin, MemorySegment data, Limits limits, Function<Object, Object> persistent) {
    this.input = new PickleInput(begin, data);
    this.dialect = Dialect.TAR;
    this.limits = limits;
    this.calls = new PickleCalls(begin, dialect, limits);
    this.persistent = persistent;
  }

  /** Bytes of an element of each storage that the pickle named. */
  Map<String, Integer> storageWidths() {
    return calls.tensors().widths();
  }

  /** How many bytes were read. */
  long position() {
    return input.position();
  }

  /**
   * The value of the pickle.
   *
   * @throws WeightsException if it isn't well formed, makes a tensor by code, or exceeds a limit
   */
  Object load() {
    while (true) {
      if (input.position() > limits.headerBytes()
          || stack.size() > limits.memo()
          || memo.size() > limits.memo()) {
        throw tooLarge();
      }
      var opcodeAt = input.position();
      var opcode = input.next();
      if (opcode == '.') {
        return pop();
      }
      execute((char) opcode);
      if (opcodeAt < frameEnd && input.position() > frameEnd) {
        throw input.damaged("an opcode reaches beyond its frame");
      }
    }
  }

  /** The value of a pickle that fills its data. */
  Object loadAll() {
    var value = load();
    if (input.remaining() > 0) {
      throw input.damaged("there is data after the pickle's end");
    }
    return value;
  }

  private void execute(char opcode) {
    switch (opcode) {
      case 0x80 -> checkProtocol(input.next());
      case 0x95 -> beginFrame(input.int64());
      case '(' -> push(new Mark());
      case 'N' -> push(new None());
      case 0x88 -> push(true);
      case 0x89 -> push(false);
      case 'K' -> push((long) input.next());
      case 'M' -> push((long) (input.next() | input.next() << 8));
      case 'J' -> push((long) input.int32());
      case 0x8a -> push(input.longOf(input.next()));
      case 'I', 'L' -> push(input.integerLine());
      case 'F' -> push(input.doubleLine());
      case 'S' -> push(input.quotedLine());
      case 'V' -> push(input.line());
      case 'g' -> push(remembered(input.indexLine()));
      case 'p' -> memo.put(input.indexLine(), top());
      case 'G' -> push(input.doubleBigEndian());
      case 'X' -> push(input.text(input.uint32()));
      case 0x8c -> push(input.text(input.next()));
      case 0x8d -> push(input.text(input.int64()));
      case 'U' -> push(input.text(input.next()));
      case 'T' -> push(input.text(input.uint32()));
      case 'C' -> push(input.bytes(input.next()));
      case 'B' -> push(input.bytes(input.uint32()));
      case 0x8e, 0x96 -> push(input.bytes(input.int64()));
      case ')' -> push(new Tuple(List.of()));
      case ']' -> push(new ArrayList<>());
      case '}' -> push(new PickleDictionary());
      case 0x8f -> push(new ArrayList<>());
      case 't', 0x91 -> push(new Tuple(popToMark()));
      case 0x85 -> push(new Tuple(List.of(pop())));
      case 0x86 -> pushPair();
      case 0x87 -> pushTriple();
      case 'l' -> push(popToMark());
      case 'd' -> pushDictionary();
      case 'a' -> appendTo(List.of(pop()));
      case 'e', 0x90 -> appendTo(popToMark());
      case 's' -> setOne();
      case 'u' -> setAll(popToMark());
      case 'q' -> memo.put((long) input.next(), top());
      case 'r' -> memo.put(input.uint32(), top());
      case 0x94 -> memo.put((long) memo.size(), top());
      case 'h' -> push(remembered(input.next()));
      case 'j' -> push(remembered(input.uint32()));
      case '0' -> pop();
      case '1' -> popToMark();
      case 'c' -> push(new Global(input.line(), input.line()));
      case 0x93 -> pushNamedGlobal();
      case 'Q' -> push(persistent.apply(pop()));
      case 'P' -> push(persistent.apply(input.line()));
      case 'R', 0x81 -> reduce();
      case 0x92 -> reduceWithKeywords();
      case 'b' -> build();
      default ->
          throw input.damaged(
              "opcode 0x%02x is not part of any checkpoint".formatted((int) opcode));
    }
  }

  private void checkProtocol(int version) {
    if (input.position() != 2 || version > NEWEST_PROTOCOL) {
      throw input.damaged("the pickle's protocol is unknown or not at its beginning");
    }
  }

  private void beginFrame(long length) {
    if (frameEnd != Long.MAX_VALUE && input.position() - 9 < frameEnd
        || length < 0
        || length > input.remaining()) {
      throw input.damaged("a frame is nested in another or reaches beyond the pickle's end");
    }
    frameEnd = input.position() + length;
  }

  /** Counts values: some opcodes of one byte make objects of dozens. */
  private void push(Object value) {
    if (++pushed > VALUES_A_MEMO * limits.memo()) {
      throw tooLarge();
    }
    stack.add(value);
  }

  private Object pop() {
    if (stack.isEmpty()) {
      throw input.damaged("a value is missing on the stack");
    }
    var value = stack.removeLast();
    if (value instanceof Mark) {
      throw input.damaged("a mark was found where a value is needed");
    }
    return value;
  }

  private Object top() {
    if (stack.isEmpty()) {
      throw input.damaged("there is no value to store in the memo");
    }
    return stack.getLast();
  }

  private List<Object> popToMark() {
    var mark = stack.size() - 1;
    while (mark >= 0 && !(stack.get(mark) instanceof Mark)) {
      mark--;
    }
    if (mark < 0) {
      throw input.damaged("a mark is missing");
    }
    var items = new ArrayList<>(stack.subList(mark + 1, stack.size()));
    stack.subList(mark, stack.size()).clear();
    return items;
  }

  private void pushPair() {
    var second = pop();
    push(new Tuple(List.of(pop(), second)));
  }

  private void pushTriple() {
    var third = pop();
    var second = pop();
    push(new Tuple(List.of(pop(), second, third)));
  }

  private void pushDictionary() {
    var items = popToMark();
    push(new PickleDictionary());
    setAll(items);
  }

  private void setOne() {
    var value = pop();
    setAll(List.of(pop(), value));
  }

  private void setAll(List<Object> items) {
    var target =
        switch (top()) {
          case PickleDictionary dictionary -> dictionary;
          case PickleObject object -> object.entriesToFill();
          default -> throw input.damaged("entries are set on something that is not a dictionary");
        };
    if (items.size() % 2 != 0) {
      throw input.damaged("a dictionary's key has no value");
    }
    for (var i = 0; i < items.size(); i += 2) {
      if (!target.put(items.get(i), items.get(i + 1))) {
        throw input.damaged("a dictionary's key appears twice or is a list or dictionary");
      }
    }
  }

  private void appendTo(List<Object> items) {
    switch (top()) {
      case ArrayList<?> list -> {
        @SuppressWarnings("unchecked")
        var target = (ArrayList<Object>) list;
        target.addAll(items);
      }
      case PickleObject object -> object.addItems(items);
      default -> throw input.damaged("items are appended to something that is not a list");
    }
  }

  private Object remembered(long key) {
    var value = memo.get(key);
    if (value == null) {
      throw input.damaged("entry %d of the memo is missing".formatted(key));
    }
    return value;
  }

  private void pushNamedGlobal() {
    var name = pop();
    var module = pop();
    if (!(module instanceof String m)
        || !(name instanceof String n)
        || m.length() + n.length() > LONGEST_NAME) {
      throw input.damaged("a reference to a Python object has no name or a very long one");
    }
    push(new Global(m, n));
  }

  private void reduce() {
    var arguments = pop();
    var callable = pop();
    push(calls.call(callable, items(arguments)));
  }

  /** Keywords only matter to the object that nobody makes. */
  private void reduceWithKeywords() {
    if (!(pop() instanceof PickleDictionary)) {
      throw input.damaged("keywords of a call are not a dictionary");
    }
    reduce();
  }

  private List<Object> items(Object arguments) {
    if (!(arguments instanceof Tuple(var items))) {
      throw input.damaged("the arguments of a call are not a tuple");
    }
    return items;
  }

  /** State of a script's module holds its parameters, and an object keeps its own. */
  private void build() {
    var state = pop();
    switch (top()) {
      case PickleDictionary dictionary
          when dialect == Dialect.SCRIPT && state instanceof PickleDictionary attributes -> {
        calls.checkCopies(attributes.size());
        dictionary.putAll(attributes);
      }
      case PickleObject object -> {
        if (!object.setState(state)) {
          throw input.damaged("state is set twice on one object");
        }
      }
      case PickleValue _ -> {}
      default -> throw input.damaged("state is set on something that has none");
    }
  }

  private WeightsException tooLarge() {
    return new WeightsException(
        Cause.LIMIT, input.location(), "the pickle is larger than the limit");
  }
}
