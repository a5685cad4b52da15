/** Renaming, merging and rewriting weights. */
package org.pellucid.weights.convert;
