package org.pellucid.models.bert.tuning;

/**
 * What a step of a training was like.
 *
 * @param number of the step, from 1
 * @param epoch that it belongs to, from 1
 * @param loss the mean over the step's examples, before the step
 * @param learningRate that the step was taken with
 * @param gradientNorm the gradient's norm before it was clipped
 */
public record TuningStep(
    long number, int epoch, double loss, double learningRate, double gradientNorm) {}
