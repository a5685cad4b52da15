/** Dense arrays of numbers over ND4J memory, and the pool that memory comes from. */
package org.pellucid.engine.tensor;
