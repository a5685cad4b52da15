/** Figures that say how far to trust an explanation, for any method. */
package org.pellucid.explain.metrics;
