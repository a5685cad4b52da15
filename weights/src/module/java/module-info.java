/** Reads, checks, writes and converts weight files. */
module org.pellucid.weights {
  requires com.fasterxml.jackson.databind;
  requires com.google.protobuf;

  exports org.pellucid.weights;
  exports org.pellucid.weights.archive;
  exports org.pellucid.weights.convert;
  exports org.pellucid.weights.files;
  exports org.pellucid.weights.inspect;
  exports org.pellucid.weights.numpy;
  exports org.pellucid.weights.onnx;
  exports org.pellucid.weights.pytorch;
  exports org.pellucid.weights.safetensors;
  exports org.pellucid.weights.tensorflow;
}
