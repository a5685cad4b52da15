package org.pellucid.engine.kernels;

import org.pellucid.engine.tensor.Tensor;

/**
 * One convolution of several that run one after the other.
 *
 * @param weight {@code [window height, window width, channels of a group, output channels]}
 * @param bias {@code [output channels]}
 * @param rectifier what is done to the results
 */
public record ConvolutionLayer(
    Tensor weight, Tensor bias, SlidingWindow window, Rectifier rectifier) {}
