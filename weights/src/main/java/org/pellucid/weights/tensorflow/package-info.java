/** The variables of a TensorFlow SavedModel. */
package org.pellucid.weights.tensorflow;
