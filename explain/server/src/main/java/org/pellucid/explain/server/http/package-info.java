/**
 * HTTP for {@link org.pellucid.explain.server}: connections, routes, limits, work that can be given
 * up, and figures of what was done. It knows nothing of models.
 *
 * <p>Internal: what is here may change in any release.
 */
package org.pellucid.explain.server.http;
