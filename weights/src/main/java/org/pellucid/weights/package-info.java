/**
 * The data model of weight files: an open file is a {@link org.pellucid.weights.Checkpoint} of
 * {@link org.pellucid.weights.WeightTensor tensors}, a format is a {@link
 * org.pellucid.weights.WeightFormat} to read or a {@link org.pellucid.weights.WeightWriter} to
 * write. Files are opened by {@link org.pellucid.weights.files.WeightFiles}. These rules hold for
 * all packages of weights:
 *
 * <ul>
 *   <li><b>Threads.</b> A checkpoint and its tensors never change and may be read by several
 *       threads at a time. It must not be closed while another thread reads it; the reader gets an
 *       {@link java.lang.IllegalStateException} then, or the close does. Objects that write a file
 *       belong to one thread.
 *   <li><b>Closing.</b> The caller of {@code open} closes what it gets. A checkpoint owns the
 *       memory of all files that it was read from, and its tensors don't need to be closed. Views
 *       ({@code with…}, {@link org.pellucid.weights.convert.BertNames}) share that memory: closing
 *       one closes all. Merging an adapter gives a view of two checkpoints, and both must stay
 *       open.
 *   <li><b>Null.</b> No method takes or returns null; what may be absent is an {@link
 *       java.util.Optional} or an empty collection.
 *   <li><b>Limits.</b> A file is read within {@link org.pellucid.weights.Limits}, so that a hostile
 *       one costs little; those of the caller hold for all files that belong to it. Nothing in a
 *       file is executed.
 *   <li><b>Errors.</b> A bad file raises a {@link org.pellucid.weights.WeightsException}, which
 *       names the file and where possible the byte and the tensor. An {@link
 *       java.lang.IllegalArgumentException} is a mistake of the caller.
 *   <li><b>Writing.</b> A file appears under its name only when it is complete; if writing fails or
 *       is cancelled, the name keeps what it had.
 *   <li><b>Cancelling.</b> Interrupting a thread that opens or converts a file ends that with a
 *       {@link java.util.concurrent.CancellationException}; the thread's flag stays set.
 *   <li><b>Changing files.</b> An open file must not be changed. A file that another process
 *       shortens meanwhile raises a {@code WeightsException} or an {@link java.lang.InternalError}.
 * </ul>
 */
package org.pellucid.weights;
