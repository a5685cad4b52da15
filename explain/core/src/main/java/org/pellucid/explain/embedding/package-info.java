/**
 * What hidden vectors look like: their principal components, and the distances between them.
 * Everything here works on plain arrays.
 */
package org.pellucid.explain.embedding;
