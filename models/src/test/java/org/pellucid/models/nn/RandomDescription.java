package org.pellucid.models.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.models.nn.ActivationFunction.ExponentialLinear;
import org.pellucid.models.nn.ActivationFunction.LeakyRectifier;
import org.pellucid.models.nn.ActivationFunction.Plain;
import org.pellucid.models.nn.LayerKind.Extent;
import org.pellucid.models.nn.NetworkDescription.LayerDescription;

/** Small networks of all kinds of layers, with residual blocks and branches, drawn by a seed. */
final class RandomDescription {
  private final Random random;
  private final List<LayerDescription> layers = new ArrayList<>();
  private Place place;

  private RandomDescription(long seed) {
    random = new Random(seed);
    place = Place.image(5 + random.nextInt(5), 5 + random.nextInt(5), 1 + random.nextInt(3));
  }

  static NetworkDescription of(long seed) {
    return new RandomDescription(seed).description();
  }

  private NetworkDescription description() {
    var image = place;
    for (var i = 2 + random.nextInt(5); i > 0; i--) {
      switch (random.nextInt(5)) {
        case 0 -> residualBlock();
        case 1 -> branches();
        default -> add(imageLayer());
      }
    }
    end();
    var mean = new ArrayList<Double>();
    var std = new ArrayList<Double>();
    var normalised = random.nextInt(3) == 0 ? image.channels() : 0;
    for (var c = 0; c < normalised; c++) {
      mean.add(random.nextDouble());
      std.add(0.2 + random.nextDouble());
    }
    return new NetworkDescription(
        (int) image.channels(), (int) image.height(), (int) image.width(), mean, std, layers);
  }

  private void add(LayerKind kind, String... inputs) {
    layers.add(new LayerDescription(kindName(kind) + layers.size(), kind, List.of(inputs)));
    if (inputs.length == 0) {
      place = Place.after(kind, List.of(place));
    }
  }

  private static String kindName(LayerKind kind) {
    return kind.getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }

  private String last() {
    return layers.isEmpty() ? "image" : layers.getLast().name();
  }

  private LayerKind imageLayer() {
    return switch (random.nextInt(9)) {
      case 0, 1, 2 -> convolution(place, 1 + random.nextInt(6), true);
      case 3 -> new LayerKind.BatchNorm(1e-3);
      case 4 -> new LayerKind.MaxPool(window());
      case 5 -> new LayerKind.AveragePool(window(), random.nextBoolean());
      case 6 -> new LayerKind.Dropout(0.3);
      case 7 ->
          random.nextInt(3) > 0
              ? new LayerKind.Relu()
              : new LayerKind.AdaptivePool(
                  random.nextBoolean(), new Extent(1 + random.nextInt(5), 1 + random.nextInt(5)));
      default -> new LayerKind.Activation(function());
    };
  }

  private ActivationFunction function() {
    var plain = Plain.values();
    return switch (random.nextInt(plain.length + 2)) {
      case 0 -> new LeakyRectifier(0.2);
      case 1 -> new ExponentialLinear(1.3);
      case 2 -> Plain.TANH;
      case 3 -> Plain.GELU;
      default -> plain[random.nextInt(plain.length)];
    };
  }

  private SlidingWindow window() {
    var tall = (int) Math.min(place.height(), 1 + random.nextInt(3));
    var wide = (int) Math.min(place.width(), 1 + random.nextInt(3));
    var window =
        new SlidingWindow(
            tall,
            wide,
            1 + random.nextInt(2),
            1 + random.nextInt(2),
            random.nextInt(tall / 2 + 1),
            random.nextInt(wide / 2 + 1));
    return random.nextBoolean() ? window : window.roundedUp();
  }

  /** One whose output may be of another size, or of the same. */
  private LayerKind.Convolution convolution(Place in, int outputs, boolean resizes) {
    var groups = in.channels() > 1 && random.nextInt(3) == 0 ? (int) in.channels() : 1;
    var size = new Extent(1 + 2 * random.nextInt(2), 1 + 2 * random.nextInt(2));
    var dilation = new Extent(1 + random.nextInt(2), 1 + random.nextInt(2));
    var same =
        new Extent(size.height() / 2 * dilation.height(), size.width() / 2 * dilation.width());
    var stride = resizes && random.nextInt(3) == 0 ? Extent.square(2) : Extent.ONE;
    return new LayerKind.Convolution(
        outputs * groups,
        Optional.of(size),
        stride,
        same,
        dilation,
        groups == 1 ? 0 : groups,
        random.nextBoolean() ? Optional.empty() : Optional.of(false));
  }

  private void residualBlock() {
    var input = last();
    var channels = (int) place.channels();
    var kept = place;
    var first = convolution(place, channels, false);
    add(first);
    add(new LayerKind.BatchNorm(1e-5));
    add(new LayerKind.Relu());
    add(
        new LayerKind.Convolution(
            channels,
            Optional.of(Extent.ONE),
            Extent.ONE,
            Extent.ZERO,
            Extent.ONE,
            0,
            Optional.empty()));
    add(new LayerKind.Add(), last(), input);
    place = kept;
    if (random.nextBoolean()) {
      add(new LayerKind.Relu());
    }
  }

  /** Two or three ways from one place, joined or added. */
  private void branches() {
    var input = last();
    var from = place;
    var ends = new ArrayList<String>();
    var places = new ArrayList<Place>();
    var adds = random.nextBoolean();
    for (var branch = 0; branch < 2 + random.nextInt(2); branch++) {
      var outputs = adds ? 4 : 1 + random.nextInt(3);
      var kind =
          new LayerKind.Convolution(
              outputs,
              Optional.of(Extent.square(3)),
              Extent.ONE,
              Extent.ONE,
              Extent.ONE,
              0,
              Optional.empty());
      var inputs = last().equals(input) ? List.<String>of() : List.of(input);
      layers.add(new LayerDescription("branch" + layers.size(), kind, inputs));
      place = Place.after(kind, List.of(from));
      if (random.nextBoolean()) {
        add(new LayerKind.Activation(function()));
      }
      ends.add(last());
      places.add(place);
    }
    var joint = adds ? new LayerKind.Add() : new LayerKind.Concatenate();
    add(joint, ends.toArray(String[]::new));
    place = Place.after(joint, places);
  }

  private void end() {
    switch (random.nextInt(4)) {
      case 0 -> {
        add(convolution(place, 4, false));
        add(new LayerKind.AdaptivePool(random.nextBoolean(), Extent.ONE));
      }
      case 1 -> {
        add(new LayerKind.Flatten());
        add(new LayerKind.BatchNorm(1e-5));
        add(new LayerKind.Relu());
        add(new LayerKind.Linear(4, Optional.empty()));
      }
      case 2 -> {
        add(new LayerKind.AdaptivePool(false, Extent.ONE));
        add(new LayerKind.Linear(4, Optional.of(false)));
      }
      default -> {
        add(new LayerKind.Flatten());
        add(new LayerKind.Dropout(0.2));
        add(new LayerKind.Linear(5, Optional.empty()));
        add(new LayerKind.Activation(function()));
        add(new LayerKind.Linear(3, Optional.empty()));
        add(new LayerKind.Softmax());
      }
    }
  }
}
