/** Attributions of a layer's outputs, and what methods that explain by a layer have in common. */
package org.pellucid.explain.attribution.layer;
