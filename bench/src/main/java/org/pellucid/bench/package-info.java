/** Benchmarks of the hot kernels, and the tests of the whole house. */
package org.pellucid.bench;
