/** Where models come from: known names, Maven artifacts, and directories of one's own. */
package org.pellucid.models.zoo;
