/**
 * Images as a network's input: decoding files, turning photographs upright, resizing as Pillow
 * does, and conversion to numbers. Nothing outside this package knows how many channels an image
 * has. Images are immutable; the rules of {@link org.pellucid.models} hold.
 */
package org.pellucid.models.vision;
