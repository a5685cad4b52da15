/** NumPy's NPY and NPZ files. */
package org.pellucid.weights.numpy;
