/**
 * Weight files: what all formats share, and the entry point {@link
 * org.pellucid.weights.Checkpoint}.
 */
package org.pellucid.weights;
