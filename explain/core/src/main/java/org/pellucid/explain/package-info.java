/** Explains neural networks: the entry points and the lists of methods and metrics. */
package org.pellucid.explain;
