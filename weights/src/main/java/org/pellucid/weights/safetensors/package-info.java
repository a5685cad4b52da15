/** The safetensors format. */
package org.pellucid.weights.safetensors;
