package org.pellucid.weights.onnx;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.pellucid.weights.DType;
import org.pellucid.weights.Limits;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * Reads {@code NodeProto}, {@code AttributeProto} and {@code ValueInfoProto} messages, and refuses
 * more of them than the limits allow.
 */
final class GraphReader {
  /** What a text takes in memory beside its characters, about. */
  private static final int TEXT_BYTES = 64;

  private final Limits limits;
  private final ExternalFiles external;
  private long items;
  private long texts;
  private long textBytes;

  GraphReader(Limits limits, ExternalFiles external) {
    this.limits = limits;
    this.external = external;
  }

  GraphNode node(WireMessage message) {
    var inputs = new ArrayList<String>();
    var outputs = new ArrayList<String>();
    var attributes = new LinkedHashMap<String, Attribute>();
    var texts = new String[] {"", "", "", "", "", "", "", ""};
    message.forEachField(
        field -> {
          count(message);
          switch (field.number()) {
            case 1 -> inputs.add(text(field));
            case 2 -> outputs.add(text(field));
            case 3, 4, 7 -> texts[field.number()] = text(field);
            case 5 -> new AttributeReader(field.message()).addTo(attributes);
            default -> {}
          }
        });
    var domain = texts[7].equals("ai.onnx") ? "" : texts[7];
    return new GraphNode(texts[3], texts[4], domain, inputs, outputs, attributes);
  }

  /** Everything listed counts, since a file of some megabytes can list millions of nothings. */
  private void count(WireMessage message) {
    if (++items > limits.memo()) {
      throw new WeightsException(
          Cause.LIMIT, message.location(), "the graph lists more values than the limit");
    }
  }

  private String text(WireMessage.Field field) {
    var text = field.text();
    count(field.bytes(), text);
    return text;
  }

  /** Counts a name that is kept as long as the graph is open. */
  void count(WireMessage message, String text) {
    texts++;
    textBytes += TEXT_BYTES + (long) Character.BYTES * text.length();
    if (texts > limits.tensors() || textBytes > limits.headerBytes()) {
      throw new WeightsException(
          Cause.LIMIT, message.location(), "the graph has more names than the limit");
    }
  }

  /** One attribute, whose type the writer may leave out and its only field then tells. */
  private final class AttributeReader {
    private final List<Long> wholes = new ArrayList<>();
    private final List<Float> numbers = new ArrayList<>();
    private final List<String> texts = new ArrayList<>();
    private Optional<Attribute> single = Optional.empty();
    private String name = "";
    private int type;

    AttributeReader(WireMessage message) {
      message.forEachField(
          field -> {
            count(message);
            read(field);
          });
    }

    void addTo(Map<String, Attribute> attributes) {
      attributes.put(name, value());
    }

    private void read(WireMessage.Field field) {
      switch (field.number()) {
        case 1 -> name = text(field);
        case 2 -> single = Optional.of(new Attribute.Number(bitsToFloat(field.value())));
        case 3 -> single = Optional.of(new Attribute.Whole(field.value()));
        case 4 -> single = Optional.of(new Attribute.Text(text(field)));
        case 5 -> single = Optional.of(array(field.message()));
        case 6, 11 -> single = Optional.of(new Attribute.Unread("graph"));
        case 7 -> readNumbers(field);
        case 8 -> readWholes(field);
        case 9 -> texts.add(text(field));
        case 10 -> single = Optional.of(new Attribute.Unread("list of tensors"));
        case 20 -> type = (int) field.value();
        case 22, 23 -> single = Optional.of(new Attribute.Unread("sparse tensor"));
        default -> {}
      }
    }

    private Attribute value() {
      return switch (type) {
        case 6 -> new Attribute.Numbers(numbers);
        case 7 -> new Attribute.Wholes(wholes);
        case 8 -> new Attribute.Texts(texts);
        // A number that is 0 and a text that is empty may be left out of a message.
        case 1 -> single.orElse(new Attribute.Number(0));
        case 2 -> single.orElse(new Attribute.Whole(0));
        case 3 -> single.orElse(new Attribute.Text(""));
        default ->
            single.orElseGet(
                () ->
                    !numbers.isEmpty()
                        ? new Attribute.Numbers(numbers)
                        : !texts.isEmpty()
                            ? new Attribute.Texts(texts)
                            : new Attribute.Wholes(wholes));
      };
    }

    private void readNumbers(WireMessage.Field field) {
      if (!field.isBytes()) {
        numbers.add(bitsToFloat(field.value()));
        return;
      }
      var data = field.bytes().data();
      for (var at = 0L; at + Float.BYTES <= data.byteSize(); at += Float.BYTES) {
        count(field.bytes());
        numbers.add((float) DType.F32.read(data, at));
      }
    }

    private void readWholes(WireMessage.Field field) {
      if (field.isBytes()) {
        field
            .bytes()
            .forEachVarint(
                value -> {
                  count(field.bytes());
                  wholes.add(value);
                });
      } else {
        wholes.add(field.value());
      }
    }

    private Attribute array(WireMessage message) {
      var initialiser = Initialiser.parse(message);
      return initialiser.isRead()
          ? new Attribute.Array(initialiser.tensor(external))
          : new Attribute.Unread("tensor of a type that isn't read");
    }
  }

  private static float bitsToFloat(long bits) {
    return Float.intBitsToFloat((int) bits);
  }

  GraphValue value(WireMessage message) {
    var name = new String[] {""};
    var types = new ArrayList<WireMessage>();
    message.forEachField(
        field -> {
          count(message);
          switch (field.number()) {
            case 1 -> name[0] = text(field);
            case 2 -> types.add(field.message());
            default -> {}
          }
        });
    var tensor = new TensorType();
    types.forEach(
        type ->
            type.forEachField(
                field -> {
                  if (field.number() == 1) {
                    tensor.read(field.message());
                  }
                }));
    return new GraphValue(name[0], DataType.of(tensor.type), tensor.axes);
  }

  /** A {@code TypeProto.Tensor}. */
  private final class TensorType {
    private int type;
    private Optional<List<GraphValue.Axis>> axes = Optional.empty();

    void read(WireMessage message) {
      message.forEachField(
          field -> {
            switch (field.number()) {
              case 1 -> type = (int) field.value();
              case 2 -> axes = Optional.of(axes(field.message()));
              default -> {}
            }
          });
    }

    private List<GraphValue.Axis> axes(WireMessage shape) {
      var all = new ArrayList<GraphValue.Axis>();
      shape.forEachField(
          field -> {
            count(shape);
            if (field.number() == 1) {
              all.add(axis(field.message()));
            }
          });
      return List.copyOf(all);
    }

    private GraphValue.Axis axis(WireMessage message) {
      var size = new OptionalLong[] {OptionalLong.empty()};
      var name = new String[] {""};
      message.forEachField(
          field -> {
            switch (field.number()) {
              case 1 ->
                  // Some writers mean by 0 and −1 that the size is chosen with each input.
                  size[0] =
                      field.value() > 0 ? OptionalLong.of(field.value()) : OptionalLong.empty();
              case 2 -> name[0] = text(field);
              default -> {}
            }
          });
      return new GraphValue.Axis(size[0], name[0]);
    }
  }
}
