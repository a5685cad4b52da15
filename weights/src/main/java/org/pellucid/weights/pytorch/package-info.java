/** PyTorch checkpoints, read without executing anything. */
package org.pellucid.weights.pytorch;
