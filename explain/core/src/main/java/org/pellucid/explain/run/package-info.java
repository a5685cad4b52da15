/**
 * Explains a stream of inputs by several methods and hands the results to sinks: files, a manifest,
 * a report, or a caller's own. One input at a time is in memory.
 */
package org.pellucid.explain.run;
