package org.pellucid.explain.cli;

import java.util.List;

/**
 * The texts that the demo explains: those of the homework, and sentences on a word's two meanings.
 */
final class DemoTexts {
  static final String SENTENCE =
      "The police officer is popular with the residents because she is very generous and kind.";

  static final String WORD = "bank";

  /** Five sentences on the house of money, five on the edge of a river. */
  static final List<String> SENTENCES =
      List.of(
          "The bank lent them money for the house.",
          "She opened an account at the bank last week.",
          "A bank on the main street was robbed at noon.",
          "The bank raised its interest rates again.",
          "He works at a bank and counts cash all day.",
          "They sat on the bank of the river and fished.",
          "Reeds grew along the muddy bank of the stream.",
          "The boat was tied to a tree on the bank.",
          "An otter slid down the bank into the water.",
          "After the flood the bank was covered with sand.");

  /** The meaning that the word has in each of these sentences. */
  static final List<String> MEANINGS =
      List.of(
          "money", "money", "money", "money", "money", "river", "river", "river", "river", "river");

  /** A question on a context, and its answer. */
  record Question(String question, String context, String answer) {}

  static final List<Question> QUESTIONS =
      List.of(
          new Question(
              "In what year was Nikola Tesla born?",
              "Nikola Tesla (Serbian Cyrillic: Никола Тесла; 10 July 1856 – 7 January 1943) was a "
                  + "Serbian American inventor, electrical engineer, mechanical engineer, "
                  + "physicist, and futurist best known for his contributions to the design of "
                  + "the modern alternating current (AC) electricity supply system.",
              "1856"),
          new Question(
              "What is a common punishment in the UK and Ireland?",
              "Currently detention is one of the most common punishments in schools in the United "
                  + "States, the UK, Ireland, Singapore and other countries. It requires the "
                  + "pupil to remain in school at a given time in the school day (such as lunch, "
                  + "recess or after school); or even to attend school on a non-school day, e.g. "
                  + "\"Saturday detention\" held at some schools. During detention, students "
                  + "normally have to sit in a classroom and do work, write lines or a punishment "
                  + "essay, or sit quietly.",
              "detention"),
          new Question(
              "What is Emily afraid of?",
              "Wolves are afraid of cats. Sheep are afraid of wolves. Mice are afraid of sheep. "
                  + "Gertrude is a mouse. Jessica is a mouse. Emily is a wolf. Cats are afraid of "
                  + "sheep. Winona is a wolf.",
              "cats"));

  private DemoTexts() {}
}
