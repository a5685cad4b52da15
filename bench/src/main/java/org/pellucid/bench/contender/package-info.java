/** The contenders: this project's kernels, ND4J's operations, and what a profile adds. */
package org.pellucid.bench.contender;
