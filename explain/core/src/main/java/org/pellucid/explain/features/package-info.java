/** What single filters of a network respond to. */
package org.pellucid.explain.features;
