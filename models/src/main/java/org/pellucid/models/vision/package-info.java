/**
 * Images on their way into a network: decoding files, turning photographs upright, resizing as
 * Pillow does, and conversion to the floats that a network takes.
 */
package org.pellucid.models.vision;
