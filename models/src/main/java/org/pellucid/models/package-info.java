/**
 * What explanation methods and other programs see of a model, whatever its kind.
 *
 * <p>These rules hold in this package and all below it:
 *
 * <ul>
 *   <li><b>Threads.</b> Models, tokenizers, vocabularies and descriptions may be used from several
 *       threads at once, as long as no thread trains or closes the model; a tape belongs to one
 *       thread. Results don't depend on the number of threads.
 *   <li><b>Closing.</b> What is {@link AutoCloseable} is closed by the one who opened or built it,
 *       after all passes over it have ended. A model owns its weights; a model built over another,
 *       such as {@link org.pellucid.models.bert.AnswerScores}, leaves that one open. Outputs belong
 *       to the tape of their pass.
 *   <li><b>Null.</b> No parameter or result is null; what may be absent is an {@link
 *       java.util.Optional}. Arrays and lists that are handed over are copied, or the Javadoc says
 *       otherwise.
 *   <li><b>Exceptions.</b> A file that can't be used is an {@link
 *       org.pellucid.weights.UnusableFileException}, a caller's mistake an {@link
 *       IllegalArgumentException}, a failed download a {@link java.io.IOException}.
 *   <li><b>Silence.</b> Nothing is logged; whoever wants to know passes a progress receiver.
 * </ul>
 */
package org.pellucid.models;
