/**
 * What an explanation method is: its descriptor with typed parameters, the method itself, and the
 * explanation that it gives. Programs add methods of their own by these types alone.
 */
package org.pellucid.explain.method;
