/** Methods that attribute a score to the pixels of the input by its gradients. */
package org.pellucid.explain.attribution;
