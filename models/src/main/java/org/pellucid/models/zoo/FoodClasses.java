package org.pellucid.models.zoo;

import java.util.List;

/** The eleven classes of the Food-11 data set, in the order of their numbers. */
public final class FoodClasses {
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

  /** The names of all classes. */
  public static List<String> names() {
    return NAMES;
  }

  /** The name of a class, or its number where the network isn't one of the food classifiers. */
  public static String name(int number, int classes) {
    return classes == NAMES.size() ? NAMES.get(number) : Integer.toString(number);
  }
}
