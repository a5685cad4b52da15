/** The tensor engine: what tapes compute with. */
package org.pellucid.engine;
