package org.pellucid.models.zoo;

import java.util.List;
import org.pellucid.models.nn.ConvolutionalNetwork;

/** The eleven classes of the Food-11 data set, in the order of their numbers. */
final class FoodClasses {
  private static final List<String> NAMES =
      List.of(
          "Bread",
          "Dairy product",
          "Dessert",
          "Egg",
          "Fried food",
          "Meat",
          "Noodles/Pasta",
          "Rice",
          "Seafood",
          "Soup",
          "Vegetable/Fruit");

  private FoodClasses() {}

  /**
   * The names of all classes if the network is one of the homework's food classifiers, whose first
   * layer is {@code cnn.0} or {@code cnn_layers.0}; else an empty list.
   */
  static List<String> of(ConvolutionalNetwork network) {
    var isFood =
        network.outputs() == NAMES.size()
            && network.layerNames().getFirst().matches("cnn(?:_layers)?\\.0");
    return isFood ? NAMES : List.of();
  }
}
