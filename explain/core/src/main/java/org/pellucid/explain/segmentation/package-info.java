/**
 * Superpixels: the division of an image into connected pieces that are alike, by SLIC, quickshift,
 * Felzenszwalb's graph or a grid. Everything works on plain arrays, for any image.
 */
package org.pellucid.explain.segmentation;
