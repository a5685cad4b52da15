/** Looking into weight files: what they hold, whether they are sound, how two of them differ. */
package org.pellucid.weights.inspect;
