/** Explanations of neural networks: what all methods share. */
package org.pellucid.explain;
