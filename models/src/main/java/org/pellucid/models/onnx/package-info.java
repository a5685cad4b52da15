/**
 * Networks of any structure out of ONNX files: a graph's operations run one after another on the
 * engine, forward and backward.
 */
package org.pellucid.models.onnx;
