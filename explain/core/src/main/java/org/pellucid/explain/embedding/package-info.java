/**
 * Hidden vectors compared: principal components, t-SNE and UMAP, their distances, neighbours and
 * clusters, computed on plain arrays.
 */
package org.pellucid.explain.embedding;
