package org.pellucid.models.nn;

/**
 * A network whose parameters have the names that torchvision gives them, so that its published
 * architecture supplies what parameters don't tell: strides, paddings, poolings and the order of
 * layers. Widths, groups, the number of classes and the image's channels are the parameters' own.
 *
 * @param name such as {@code ResNet-18}; {@code a ResNet} where no published one has so many blocks
 * @param description its layers, called as in torchvision; what its modules compute without
 *     parameters is called after the module
 */
public record PublishedNetwork(String name, NetworkDescription description) {
  /** The shorter side, in pixels, of the images that they were published for. */
  public static final int SIZE = 224;
}
