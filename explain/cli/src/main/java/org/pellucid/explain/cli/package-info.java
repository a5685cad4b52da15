/** The command line. */
package org.pellucid.explain.cli;
