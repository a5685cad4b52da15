/** The operations, each with its formula forward and backward in one file. */
package org.pellucid.engine.ops;
