/**
 * The tensor engine: what tapes compute with.
 *
 * <p>The rules below hold in all packages of the engine; a class says where it differs.
 *
 * <p><b>Threads.</b> An {@link org.pellucid.engine.Engine} with its kernels, its memory pool and
 * its workers is safe to use from several threads. A {@link org.pellucid.engine.autograd.Tape}, and
 * all that belongs to it, is used by one thread at a time; several threads may each have a tape on
 * one engine, over the same weights. A {@link org.pellucid.engine.tensor.Tensor} may be read by
 * several threads as long as none changes or closes it. The result has the same bits with any
 * number of threads.
 *
 * <p><b>Who closes what.</b> Whoever makes a tensor with a factory of {@code Tensor} or with {@code
 * detached()} closes it; a tape closes what was computed on it, its gradients included; an
 * optimiser closes its moments, and an engine the memory of its pool. Nothing that is passed as an
 * argument is closed, unless the method says that it takes it over. A second {@code close()} does
 * nothing. A tensor that is never closed loses its memory to the garbage collector, later than is
 * good.
 *
 * <p><b>Null.</b> No parameter accepts null and no method returns it; what may be absent is an
 * {@link java.util.Optional}.
 *
 * <p><b>Errors.</b> A caller's mistake, such as shapes that don't fit, is an {@link
 * java.lang.IllegalArgumentException}; the use of something closed, or a Java virtual machine that
 * can't run ND4J, an {@link java.lang.IllegalStateException}.
 *
 * <p><b>The Java virtual machine.</b> The fast kernels need {@code --add-modules
 * jdk.incubator.vector}; ND4J's native libraries need {@code --enable-native-access=ALL-UNNAMED}
 * and {@code --sun-misc-unsafe-memory-access=allow}, without which Java 25 warns. Messages go to
 * SLF4J, without a binding of the engine's own. ND4J logs its start only if the system property
 * {@code org.nd4j.log.initialization} is {@code true}; with a binding to Logback or the like, the
 * level of the logger {@code org.nd4j} rules the rest.
 */
package org.pellucid.engine;
