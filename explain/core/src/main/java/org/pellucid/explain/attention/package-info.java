/**
 * What attention maps show, computed on plain arrays: figures of what each head does, rollout and
 * flow through the layers, gradients of a target, and differences.
 *
 * <p>Layers, heads and tokens count from 0.
 */
package org.pellucid.explain.attention;
