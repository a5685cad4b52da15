/** Networks put together from the engine's operations: layers, and what explainers see of them. */
package org.pellucid.models.nn;
