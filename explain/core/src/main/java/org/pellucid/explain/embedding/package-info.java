/**
 * Hidden vectors compared: their principal components and their distances, computed on plain
 * arrays.
 */
package org.pellucid.explain.embedding;
