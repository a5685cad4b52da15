/**
 * Explanations by changed images: LIME's local linear model, Shapley values by regression and by
 * sampling, occlusion, ablation and random masks. LIME's parts work on plain arrays, for any
 * classifier.
 */
package org.pellucid.explain.perturbation;
