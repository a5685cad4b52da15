/**
 * Compares explanation methods: measures each on the same inputs by the same metrics, and says
 * which is best and how sure that is.
 */
package org.pellucid.explain.comparison;
