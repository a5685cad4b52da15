package org.pellucid.explain.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScriptBundleTests {
  private static String bundle(Map<String, String> sources, String... names) {
    return ScriptBundle.of(List.of(names), sources::get);
  }

  @Test
  void callsEachModuleOnceAfterThoseItImports() {
    var script =
        bundle(
            Map.of(
                "a.js", "import {b, d} from './b.js';\nb(d);\n",
                "b.js", "import {c} from './c.js';\nexport function b() {}\nexport const d = c;\n",
                "c.js", "export const c = 1;\n"),
            "a.js",
            "c.js");
    assertThat(script)
        .isEqualTo(
            """
            const modules = {};
            modules['c.js'] = (() => {
            const c = 1;
            return {c};
            })();
            modules['b.js'] = (() => {
            const {c} = modules['c.js'];
            function b() {}
            const d = c;
            return {b, d};
            })();
            modules['a.js'] = (() => {
            const {b, d} = modules['b.js'];
            b(d);
            return {};
            })();
            """);
  }

  @Test
  void exportsFunctionsThatAwait() {
    var source = "export async function ask() { return await 1; }\n";
    assertThat(bundle(Map.of("a.js", source), "a.js"))
        .contains("\nasync function ask() { return await 1; }\nreturn {ask};\n");
  }

  @Test
  void refusesWhatItDoesNotUnderstand() {
    refuses("import * as all from './b.js';\n", "not understood");
    refuses("import {x} from 'https://example.org/x.js';\n", "not understood");
    refuses("export default 1;\n", "not understood");
    refuses("const end = '</script>';\n", "ends its element");
    refuses("import {a} from './a.js';\nexport const a = 1;\n", "imports itself");
  }

  @Test
  void refusesANameThatIsNotExported() {
    var sources = Map.of("a.js", "import {b, c} from './b.js';\n", "b.js", "export const b = 1;\n");
    assertThatIllegalStateException()
        .isThrownBy(() -> bundle(sources, "a.js"))
        .withMessage("The script a.js imports c from b.js, which doesn't export it.");
  }

  private static void refuses(String source, String message) {
    assertThatIllegalStateException()
        .isThrownBy(() -> bundle(Map.of("a.js", source), "a.js"))
        .withMessageContaining(message);
  }
}
