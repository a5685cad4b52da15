/**
 * ONNX files of networks with random weights, so that this project and a rival run the same graph.
 * The nodes are those that PyTorch's exporter writes, whose groups other runtimes recognise.
 */
package org.pellucid.bench.graph;
