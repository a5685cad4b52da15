/** Methods that attribute a target to the values of an input by gradients. */
package org.pellucid.explain.attribution;
