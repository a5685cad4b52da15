/** Class activation maps: the channels of a layer, weighed and summed over the places. */
package org.pellucid.explain.attribution.cam;
