package org.pellucid.explain.server;

import org.pellucid.engine.Engine;
import org.pellucid.explain.text.TextExplanations;
import org.pellucid.models.zoo.BertModels;

/**
 * A model of texts while a request uses it.
 *
 * @param name as the server calls it, which tells no path of this machine
 */
record TextSession(Engine engine, BertModels.Loaded loaded, String name) {
  TextExplanations explanations() {
    return new TextExplanations(engine, loaded);
  }
}
