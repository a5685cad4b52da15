/**
 * Explanations by changed inputs: superpixels by SLIC, and LIME's local linear model of a
 * classifier. Apart from the method itself everything works on plain arrays, for any classifier.
 */
package org.pellucid.explain.perturbation;
