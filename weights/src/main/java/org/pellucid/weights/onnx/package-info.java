/** The weights of ONNX models, and the graph that tells what anonymous ones are for. */
package org.pellucid.weights.onnx;
