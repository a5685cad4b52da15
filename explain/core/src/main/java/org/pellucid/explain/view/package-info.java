/**
 * Draws images and writes pages: results in, PNG and HTML out.
 *
 * <p>A page is a {@link org.pellucid.explain.view.Page} of its own class, with a script of its own.
 */
package org.pellucid.explain.view;
