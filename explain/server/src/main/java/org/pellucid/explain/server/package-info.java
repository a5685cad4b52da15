/**
 * The server behind the live pages: {@link org.pellucid.explain.server.PellucidServer} answers a
 * JSON interface and shows the library's pages, with models that are opened once.
 *
 * <p>Everything public is safe to use from several threads. Nothing takes or gives null.
 */
package org.pellucid.explain.server;
