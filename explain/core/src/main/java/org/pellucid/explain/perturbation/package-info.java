/**
 * Explanations that change an image and watch the answers: superpixels by SLIC and LIME's local
 * linear model of a classifier. Everything here works on plain arrays, so any classifier fits.
 */
package org.pellucid.explain.perturbation;
