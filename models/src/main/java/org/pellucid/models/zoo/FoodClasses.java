package org.pellucid.models.zoo;

import java.util.List;

/** The eleven classes of the Food-11 data set, in the order of their numbers. */
final class FoodClasses {
  static final List<String> NAMES =
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
}
