/** Optimisers. */
package org.pellucid.engine.optim;
