/**
 * Runs a model for explanation methods: outputs, gradients and layer outputs of many inputs in
 * batches that fit the memory budget.
 */
package org.pellucid.explain.evaluation;
