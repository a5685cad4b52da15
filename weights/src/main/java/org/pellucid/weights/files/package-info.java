/**
 * Opening weight files of any format: the list of all formats is in {@link
 * org.pellucid.weights.files.WeightFiles}.
 */
package org.pellucid.weights.files;
