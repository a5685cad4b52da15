/**
 * ONNX Runtime, what a Java user picks for inference: forward passes of graphs, with all of its
 * optimisations and its own memory arena.
 */
package org.pellucid.bench.onnxruntime;
