package org.pellucid.models.bert;

/**
 * How text is normalised before it is split into a BERT vocabulary's pieces.
 *
 * @param lowerCase whether letters become lower case (an "uncased" vocabulary)
 * @param stripAccents whether text is decomposed and its non-spacing marks dropped
 * @param splitChinese whether every Chinese character is a word of its own
 */
public record NormalizerOptions(boolean lowerCase, boolean stripAccents, boolean splitChinese) {
  /** The options of the original cased BERT models: text stays as it is, composed (NFC). */
  public static NormalizerOptions cased() {
    return new NormalizerOptions(false, false, true);
  }

  /** The options of the original uncased BERT models: lower case without accents. */
  public static NormalizerOptions uncased() {
    return new NormalizerOptions(true, true, true);
  }
}
