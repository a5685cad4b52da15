/**
 * DJL with PyTorch, what a Java user would pick instead. Networks are written with DJL's operations
 * as a good Java user would write them; memory is given back by a sub-manager after each run.
 */
package org.pellucid.bench.djl;
