package org.pellucid.explain.run;

import java.util.List;
import java.util.OptionalInt;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;

/**
 * An input with its explanations.
 *
 * @param label the class that it is known to be of, if any
 * @param outputs of the model for it
 * @param explanations one for each method, in their order
 */
public record ExplainedInput(
    String name,
    OptionalInt label,
    Values input,
    Values outputs,
    Target target,
    List<Explanation> explanations) {}
