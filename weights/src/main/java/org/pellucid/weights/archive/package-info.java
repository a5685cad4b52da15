/** ZIP and TAR archives that weight files are kept in. */
package org.pellucid.weights.archive;
