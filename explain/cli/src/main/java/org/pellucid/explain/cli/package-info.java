/**
 * The command line.
 *
 * <p>Internal: may change in any release. Programs call {@code org.pellucid.explain} instead.
 */
package org.pellucid.explain.cli;
