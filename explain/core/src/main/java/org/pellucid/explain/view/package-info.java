/** Images and pages: plain arrays in, PNG and HTML out. */
package org.pellucid.explain.view;
